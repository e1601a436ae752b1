//! A channel that is configured, ready to send.

use hotline_protocol::id::NodeId;

use super::mail::Mailer;
use super::message::test_alert;
use super::not_taken::NotTaken;
use super::webhook::Webhook;
use crate::access::alert::Alert;
use crate::access::telling::Channel;
use crate::config::Config;
use crate::context::Context;

/// What became of alerts on a channel.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The numbers of those that were taken, for one person at least.
    pub taken: Vec<i64>,
    /// The numbers of the others.
    pub failed: Vec<i64>,
    /// What went wrong last: with the others, or with some of the people.
    pub fault: Option<NotTaken>,
}

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

    /// Sends alerts, of which there is at least one. Ends by itself, also where the other side says nothing.
    pub(super) async fn send(&self, context: &Context, alerts: &[Alert]) -> Outcome {
        match &self.0 {
            Way::Mail(mailer) => mailer.send(context, alerts).await,
            Way::Webhook(webhook) => webhook.send(&context.own, alerts).await,
        }
    }

    /// Sends a message that says it is a test.
    pub async fn test(&self, context: &Context) -> Result<(), NotTaken> {
        let own: &NodeId = &context.own;
        let outcome = self.send(context, &[test_alert(own, context.now_micros())]).await;
        outcome.fault.map_or(Ok(()), Err)
    }
}
