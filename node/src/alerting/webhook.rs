//! Posting each alert to a program.

use std::time::Duration;

use hotline_protocol::id::NodeId;
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};

use super::message::Document;
use super::not_taken::{NotTaken, is_tls};
use super::sender::Outcome;
use crate::access::alert::Alert;
use crate::config::{AlertsSection, WebhookUrl};

/// A call must be over within this time.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Where documents are posted.
pub(super) struct Webhook {
    url: WebhookUrl,
    token: Option<SecretString>,
}

impl Webhook {
    pub(super) fn configured(alerts: &AlertsSection) -> Option<Self> {
        Some(Self { url: alerts.webhook_url.clone()?, token: alerts.webhook_token.clone() })
    }

    /// Posts one after the other. Where the fault is not the one document's, the rest is not tried.
    pub(super) async fn send(&self, own: &NodeId, alerts: &[Alert]) -> Outcome {
        let mut outcome = Outcome { taken: Vec::new(), failed: Vec::new(), fault: None };
        let Ok(client) = client() else {
            return Outcome { failed: ids(alerts), fault: Some(NotTaken::Tls), ..outcome };
        };
        for (place, alert) in alerts.iter().enumerate() {
            match self.post(&client, &Document::new(own, alert)).await {
                Ok(()) => outcome.taken.push(alert.id),
                Err(fault @ NotTaken::Answer(400..=499)) => {
                    outcome.failed.push(alert.id);
                    outcome.fault = Some(fault);
                }
                Err(fault) => {
                    outcome.failed.extend(ids(&alerts[place..]));
                    outcome.fault = Some(fault);
                    break;
                }
            }
        }
        outcome
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

/// No redirects: whoever answers at the configured address could else have the token sent elsewhere.
fn client() -> reqwest::Result<Client> {
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().timeout(CALL_TIMEOUT).build()
}

fn fault(error: &reqwest::Error) -> NotTaken {
    match error {
        error if is_tls(error) => NotTaken::Tls,
        error if error.is_timeout() => NotTaken::Late,
        _ => NotTaken::Unreachable,
    }
}

fn ids(alerts: &[Alert]) -> Vec<i64> {
    alerts.iter().map(|alert| alert.id).collect()
}
