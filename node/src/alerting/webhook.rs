//! Posting each alert to a program.

use std::time::Duration;

use hotline_protocol::id::NodeId;
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};

use super::message::Document;
use super::not_taken::{NotTaken, is_tls};
use super::outcome::Outcome;
use crate::access::alert::Alert;
use crate::config::section::AlertsSection;
use crate::config::value::{ProxyUrl, WebhookUrl};

/// A call must be over within this time.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Where documents are posted.
pub(super) struct Webhook {
    url: WebhookUrl,
    token: Option<SecretString>,
    proxy: Option<ProxyUrl>,
}

impl Webhook {
    pub(super) fn configured(alerts: &AlertsSection) -> Option<Self> {
        let (token, proxy) = (alerts.webhook_token.clone(), alerts.proxy.clone());
        Some(Self { url: alerts.webhook_url.clone()?, token, proxy })
    }

    /// Posts one after the other. Where the fault is not the one document's, the rest is not tried.
    pub(super) async fn send(&self, own: &NodeId, alerts: &[Alert]) -> Outcome {
        let mut outcome = Outcome::default();
        let Ok(client) = self.client() else {
            outcome.add("", alerts, Err(NotTaken::Tls));
            return outcome;
        };
        for (place, alert) in alerts.iter().enumerate() {
            match self.post(&client, &Document::new(own, alert)).await {
                result @ (Ok(()) | Err(NotTaken::Answer(_))) => {
                    outcome.add("", std::slice::from_ref(alert), result);
                }
                Err(fault) => {
                    outcome.add("", &alerts[place..], Err(fault));
                    break;
                }
            }
        }
        outcome
    }

    /// Follows no redirects: the server at the configured address could else have the token sent elsewhere.
    fn client(&self) -> reqwest::Result<Client> {
        let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().timeout(CALL_TIMEOUT);
        match &self.proxy {
            Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.as_url().clone())?).build(),
            None => builder.build(),
        }
    }

    /// The answer's status says everything; its body is not read.
    async fn post(&self, client: &Client, document: &Document<'_>) -> Result<(), NotTaken> {
        let mut request = client.post(self.url.as_url().clone()).json(document);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        let answer = request.send().await.map_err(|error| fault(&error))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(NotTaken::Login(status.as_u16())),
            status => Err(NotTaken::Answer(status.as_u16())),
        }
    }
}

fn fault(error: &reqwest::Error) -> NotTaken {
    match error {
        error if is_tls(error) => NotTaken::Tls,
        error if error.is_timeout() => NotTaken::Late,
        _ => NotTaken::Unreachable,
    }
}
