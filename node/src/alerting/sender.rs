//! A channel that is configured, ready to send.

use super::mail::Mailer;
use super::message::test_alert;
use super::not_taken::NotTaken;
use super::outcome::Outcome;
use super::webhook::Webhook;
use crate::access::alert::Alert;
use crate::access::alert::delivery_log::Channel;
use crate::config::Config;
use crate::context::Context;

/// A channel that is configured.
pub struct Sender(Way);

enum Way {
    Mail(Mailer),
    Webhook(Webhook),
}

impl Sender {
    /// One for each channel that the configuration names.
    #[must_use]
    pub fn configured(config: &Config) -> Vec<Self> {
        let mail = Mailer::configured(&config.alerts).map(Way::Mail);
        let webhook = Webhook::configured(&config.alerts).map(Way::Webhook);
        mail.into_iter().chain(webhook).map(Self).collect()
    }

    /// Its channel.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self.0 {
            Way::Mail(_) => Channel::Mail,
            Way::Webhook(_) => Channel::Webhook,
        }
    }

    /// Each person that is told by itself; one without a name where there is one program.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        match &self.0 {
            Way::Mail(mailer) => mailer.recipients(),
            Way::Webhook(_) => vec![String::new()],
        }
    }

    /// Sends one or more alerts to some of the recipients. Ends by itself, also where the other side says nothing.
    pub(super) async fn send(&self, context: &Context, to: &[String], alerts: &[Alert]) -> Outcome {
        match &self.0 {
            Way::Mail(mailer) => mailer.send(context, to, alerts).await,
            Way::Webhook(webhook) => webhook.send(&context.own, alerts).await,
        }
    }

    /// Sends a message that says it is a test.
    pub async fn test(&self, context: &Context) -> Result<(), NotTaken> {
        let test = [test_alert(&context.own, context.now_micros())];
        let outcome = self.send(context, &self.recipients(), &test).await;
        outcome.fault.map_or(Ok(()), Err)
    }
}
