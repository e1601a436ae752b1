//! Giving mail to a server: one mail for all alerts together.

use std::net::IpAddr;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use super::message::{subject, text};
use super::not_taken::{NotTaken, is_tls};
use super::outcome::Outcome;
use super::proxied::ProxiedWay;
use crate::access::alert::Alert;
use crate::config::section::AlertsSection;
use crate::config::value::{MailAddress, MailSecurity, MailServer, ProxyUrl, machine_name};
use crate::context::Context;

/// A server must take a mail within this time; some servers make unknown senders wait.
const MAIL_TIMEOUT: Duration = Duration::from_secs(30);

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// A client that gives mail to a server.
pub(super) struct Mailer {
    server: MailServer,
    login: Option<(String, SecretString)>,
    from: MailAddress,
    to: Vec<MailAddress>,
    hello: String,
    proxy: Option<ProxyUrl>,
    repeat_hours: u64,
}

impl Mailer {
    pub(super) fn configured(alerts: &AlertsSection) -> Option<Self> {
        Some(Self {
            server: alerts.mail_server.clone()?,
            login: alerts.mail_user.clone().zip(alerts.mail_password.clone()),
            from: alerts.mail_from.clone()?,
            to: alerts.mail_to.clone(),
            hello: alerts.mail_hello.clone().map_or_else(machine_name, |name| name.to_string()),
            proxy: alerts.proxy.clone(),
            repeat_hours: u64::from(alerts.repeat_hours),
        })
    }

    pub(super) fn recipients(&self) -> Vec<String> {
        self.to.iter().map(|to| to.as_address().to_string()).collect()
    }

    /// Each person is a delivery of its own: an address that is refused must not keep the mail from the others.
    pub(super) async fn send(&self, context: &Context, to: &[String], alerts: &[Alert]) -> Outcome {
        let to: Vec<&MailAddress> = self.to.iter().filter(|it| to.contains(&it.as_address().to_string())).collect();
        // Mail in plain text goes to this machine, where no proxy leads.
        let Some(proxy) = self.proxy.as_ref().filter(|_| self.server.security != MailSecurity::Plain) else {
            return self.send_to(context, (&self.server.host, self.server.port), &to, alerts).await;
        };
        let way = match ProxiedWay::open(proxy, &self.server.host, self.server.port).await {
            Ok(way) => way,
            Err(fault) => {
                let mut outcome = Outcome::default();
                for to in to {
                    outcome.add(to.as_address().as_ref(), alerts, Err(fault));
                }
                return outcome;
            }
        };
        let address = way.address();
        let host = address.ip().to_string();
        let mut outcome = tokio::select! {
            outcome = self.send_to(context, (&host, address.port()), &to, alerts) => outcome,
            () = way.serve() => Outcome::default(),
        };
        outcome.fault = outcome.fault.map(|fault| way.fault().unwrap_or(fault));
        outcome
    }

    async fn send_to(&self, context: &Context, at: (&str, u16), to: &[&MailAddress], alerts: &[Alert]) -> Outcome {
        let mut outcome = Outcome::default();
        let prepared = self.transport(at).and_then(|transport| Ok((transport, self.mail(context, to, alerts)?)));
        // A fault of the server as a whole concerns every recipient: no other is tried.
        let mut for_all = prepared.as_ref().err().copied();
        for to in to {
            let result = match (&prepared, for_all) {
                (Ok((transport, mail)), None) => self.deliver(transport, to, mail).await,
                (_, fault) => Err(fault.unwrap_or(NotTaken::Unreachable)),
            };
            for_all = for_all.or(result.err().filter(|fault| !matches!(fault, NotTaken::Answer(_))));
            outcome.add(to.as_address().as_ref(), alerts, result);
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

    /// Makes the transport to the server, reached at an address of its own or at one that leads to it.
    fn transport(&self, (at, port): (&str, u16)) -> Result<Transport, NotTaken> {
        let MailServer { security, host, .. } = &self.server;
        let parameters = || TlsParameters::new(host.clone()).map_err(|_| NotTaken::Tls);
        let tls = match security {
            MailSecurity::Plain => Tls::None,
            MailSecurity::Tls => Tls::Wrapper(parameters()?),
            MailSecurity::StartTls => Tls::Required(parameters()?),
        };
        let mut builder = Transport::builder_dangerous(at).port(port).tls(tls).timeout(Some(MAIL_TIMEOUT));
        builder = builder.hello_name(self.hello_name());
        if let Some((user, password)) = &self.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(builder.build())
    }

    /// Returns the caller's name for the server's greeting (RFC 5321, 4.1.1.1).
    fn hello_name(&self) -> ClientId {
        match self.hello.parse() {
            Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
            Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
            Err(_) => ClientId::Domain(self.hello.clone()),
        }
    }

    fn mail(&self, context: &Context, to: &[&MailAddress], alerts: &[Alert]) -> Result<Vec<u8>, NotTaken> {
        let now = context.clock.now();
        let from = self.from.as_address();
        let id = format!("<{}@{}>", context.randomness.uuid_v7(now), from.domain());
        let mailbox = |address: &MailAddress| Mailbox::new(None, address.as_address().clone());
        let builder =
            Message::builder().from(mailbox(&self.from)).date(now.into()).message_id(Some(id)).header(MIME_VERSION_1_0);
        let mut mail = to
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

/// Keeps only the number of a server's answer: its text may repeat addresses.
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
