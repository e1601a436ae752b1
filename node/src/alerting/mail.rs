//! Giving mail to a server: one mail for all alerts together.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use super::message::{subject, text};
use super::not_taken::{NotTaken, is_tls};
use super::sender::Outcome;
use crate::access::alert::Alert;
use crate::config::{AlertsSection, MailAddress, MailSecurity, MailServer};
use crate::context::Context;

/// A server must take a mail within this time; some make those wait who are not known to them.
const MAIL_TIMEOUT: Duration = Duration::from_secs(30);

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Who gives mail to a server.
pub(super) struct Mailer {
    server: MailServer,
    login: Option<(String, SecretString)>,
    from: MailAddress,
    to: Vec<MailAddress>,
    repeat_hours: u64,
}

impl Mailer {
    pub(super) fn configured(alerts: &AlertsSection) -> Option<Self> {
        Some(Self {
            server: alerts.mail_server.clone()?,
            login: alerts.mail_user.clone().zip(alerts.mail_password.clone()),
            from: alerts.mail_from.clone()?,
            to: alerts.mail_to.clone(),
            repeat_hours: u64::from(alerts.repeat_hours),
        })
    }

    /// Each person is a delivery of its own: an address that is refused must not keep the mail from the others.
    pub(super) async fn send(&self, context: &Context, alerts: &[Alert]) -> Outcome {
        let ids: Vec<i64> = alerts.iter().map(|alert| alert.id).collect();
        let mut outcome = Outcome { taken: Vec::new(), failed: ids.clone(), fault: None };
        let (transport, mail) = match (self.transport(), self.mail(context, alerts)) {
            (Ok(transport), Ok(mail)) => (transport, mail),
            (Err(fault), _) | (_, Err(fault)) => return Outcome { fault: Some(fault), ..outcome },
        };
        for to in &self.to {
            match self.deliver(&transport, to, &mail).await {
                Ok(()) => (outcome.taken, outcome.failed) = (ids.clone(), Vec::new()),
                Err(fault) => {
                    outcome.fault = Some(fault);
                    if !matches!(fault, NotTaken::Answer(_)) {
                        break;
                    }
                }
            }
        }
        outcome
    }

    async fn deliver(&self, transport: &Transport, to: &MailAddress, mail: &[u8]) -> Result<(), NotTaken> {
        let from = self.from.as_address().clone();
        let envelope = Envelope::new(Some(from), vec![to.as_address().clone()]).map_err(|_| NotTaken::Speech)?;
        match tokio::time::timeout(MAIL_TIMEOUT, transport.send_raw(&envelope, mail)).await {
            Ok(sent) => sent.map(drop).map_err(|error| fault(&error)),
            Err(_) => Err(NotTaken::Late),
        }
    }

    fn transport(&self) -> Result<Transport, NotTaken> {
        let MailServer { security, host, port } = &self.server;
        let parameters = || TlsParameters::new(host.clone()).map_err(|_| NotTaken::Tls);
        let tls = match security {
            MailSecurity::Plain => Tls::None,
            MailSecurity::Tls => Tls::Wrapper(parameters()?),
            MailSecurity::StartTls => Tls::Required(parameters()?),
        };
        let mut builder = Transport::builder_dangerous(host).port(*port).tls(tls).timeout(Some(MAIL_TIMEOUT));
        if let Some((user, password)) = &self.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(builder.build())
    }

    fn mail(&self, context: &Context, alerts: &[Alert]) -> Result<Vec<u8>, NotTaken> {
        let now = context.clock.now();
        let from = self.from.as_address();
        let id = format!("<{}@{}>", context.randomness.uuid_v7(now), from.domain());
        let mailbox = |address: &MailAddress| Mailbox::new(None, address.as_address().clone());
        let builder = Message::builder().from(mailbox(&self.from)).date(now.into()).message_id(Some(id));
        let mut mail = self
            .to
            .iter()
            .fold(builder, |builder, to| builder.to(mailbox(to)))
            .subject(subject(&context.own, alerts))
            .header(ContentType::TEXT_PLAIN)
            .body(text(&context.own, alerts, self.repeat_hours))
            .map_err(|_| NotTaken::Speech)?;
        // So that nobody's "I am on holiday" comes back (RFC 3834).
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        mail.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".into()));
        Ok(mail.formatted())
    }
}

/// What a server says may repeat addresses: only the number of its answer is kept.
fn fault(error: &Error) -> NotTaken {
    match error.status().map(u16::from) {
        Some(code @ (454 | 530 | 534 | 535 | 538)) => NotTaken::Login(code),
        Some(code) => NotTaken::Answer(code),
        None if is_tls(error) => NotTaken::Tls,
        None if error.is_timeout() => NotTaken::Late,
        None if error.is_response() || error.is_client() => NotTaken::Speech,
        None => NotTaken::Unreachable,
    }
}
