//! Alerts: whether any waits for a person, and whether people are told.

use crate::access::telling::{Channel, Tries, list_open_with_tries};
use crate::alerting::Sender;
use crate::config::Config;
use crate::context::Context;
use crate::health::check::{Check, CheckName};
use crate::storage::StorageError;

pub(in crate::health) async fn check(config: &Config, context: &Context) -> Result<Vec<Check>, StorageError> {
    let channels: Vec<Channel> = Sender::configured(config).iter().map(Sender::channel).collect();
    let mut open = 0;
    let mut checks = Vec::new();
    for channel in [Channel::Mail, Channel::Webhook] {
        let alerts = list_open_with_tries(&context.database, channel).await?;
        open = alerts.len();
        if channels.contains(&channel) {
            checks.push(judge(channel, alerts.iter().map(|(_, tries)| *tries)));
        }
    }
    if channels.is_empty() {
        let advice = "set alerts.mail_server or alerts.webhook_url, then run: hotline-node alert test";
        checks.push(Check::warning(CheckName::AlertChannel, "nobody is told of alerts", advice));
    }
    checks.insert(0, waiting(open));
    Ok(checks)
}

fn waiting(open: usize) -> Check {
    match open {
        0 => Check::ok(CheckName::Alerts, "none waits for a person"),
        open => {
            let text = format!("{open} alerts wait for a person");
            Check::warning(CheckName::Alerts, text, "run: hotline-node alert list")
        }
    }
}

/// What the last `serve` noted of the channel.
fn judge(channel: Channel, open: impl Iterator<Item = Tries>) -> Check {
    let check = match open.filter(|tries| tries.failures > 0).count() {
        0 => Check::ok(CheckName::AlertChannel, "no alert was refused"),
        failed => {
            let text = format!("{failed} alerts were not taken; they are tried again");
            Check::warning(CheckName::AlertChannel, text, "run: hotline-node alert test")
        }
    };
    check.about(channel.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::check::Status;

    #[test]
    fn alerts_that_were_not_taken_are_warned_of() {
        let tries = |failures| Tries { tried_at: Some(1), failures };
        for (open, status) in [
            (&[][..], Status::Ok),
            (&[Tries::default(), tries(0)], Status::Ok),
            (&[tries(0), tries(1)], Status::Warning),
        ] {
            assert_eq!(judge(Channel::Mail, open.iter().copied()).status, status, "{open:?}");
        }
    }
}
