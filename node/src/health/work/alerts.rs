//! Alerts: whether any waits for a person, and whether people are told.

use crate::access::alert::delivery_log::{Channel, Ledger};
use crate::access::alert::list_open;
use crate::alerting::Sender;
use crate::config::Config;
use crate::context::Context;
use crate::health::check::{Check, CheckName};
use crate::plural::{counted, verb};
use crate::storage::StorageError;

pub(in crate::health) async fn check(config: &Config, context: &Context) -> Result<Vec<Check>, StorageError> {
    let mut checks = vec![waiting(list_open(&context.database).await?.len())];
    let channels: Vec<Channel> = Sender::configured(config).iter().map(Sender::channel).collect();
    for channel in &channels {
        checks.push(judge(*channel, Ledger::read(&context.database, *channel).await?.not_taken()));
    }
    if channels.is_empty() {
        let advice = "set alerts.mail_server or alerts.webhook_url, then run: hotline-node alert test";
        checks.push(Check::warning(CheckName::AlertChannel, "nobody is told of alerts", advice));
    }
    Ok(checks)
}

fn waiting(open: usize) -> Check {
    match open {
        0 => Check::ok(CheckName::Alerts, "none waits for a person"),
        open => {
            let text = format!("{} {} for a person", counted(open, "alert"), verb(open, "waits", "wait"));
            Check::warning(CheckName::Alerts, text, "run: hotline-node alert list")
        }
    }
}

/// Judges the last notes of `serve` about the channel.
fn judge(channel: Channel, not_taken: usize) -> Check {
    let check = match not_taken {
        0 => Check::ok(CheckName::AlertChannel, "no alert was refused"),
        failed => {
            let text = format!(
                "{} {} not taken by everybody; the node tries again",
                counted(failed, "alert"),
                verb(failed, "was", "were")
            );
            Check::warning(CheckName::AlertChannel, text, "run: hotline-node alert test")
        }
    };
    check.about(channel.name())
}
