//! Offers of ours that other hotlines leave without an answer.

use std::time::Duration;

use hotline_protocol::id::NodeId;

use crate::access::alert::{AlertKind, Cause};
use crate::config::section::ExchangeSection;
use crate::context::Context;
use crate::exchange::Link;
use crate::health::check::{Check, CheckName};
use crate::health::examine::House;
use crate::pipeline::{Overdue, Patience, overdue};
use crate::storage::StorageError;
use crate::trust::peer::Peer;

/// How long an offer may wait, as it is configured.
#[must_use]
pub fn patience(exchange: &ExchangeSection) -> Patience {
    Patience {
        machine: Duration::from_secs(exchange.delivery_alarm_seconds.into()),
        person: Duration::from_secs(u64::from(exchange.answer_alarm_hours).saturating_mul(3_600)),
    }
}

/// One check a hotline that is late; offers may wait for one that was suspended or removed since, too.
pub(in crate::health) async fn check(
    house: &House<'_>,
    context: &Context,
    links: &[(Peer, Link)],
) -> Result<Vec<Check>, StorageError> {
    let targets: Vec<(NodeId, Link)> = links.iter().map(|(peer, link)| (peer.id.clone(), link.clone())).collect();
    let late = overdue(context, patience(&house.config.exchange), &targets).await?;
    Ok(late.iter().map(judge).collect())
}

fn judge(late: &Overdue) -> Check {
    let Overdue { target, patience, count, oldest, .. } = late;
    let waited = match patience / 60_000_000 {
        minutes if minutes < 120 => format!("{minutes} minutes"),
        minutes => format!("{} hours", minutes / 60),
    };
    let text = format!(
        "{target} has left offers without an answer for {waited} (in number: {count}; longest: {oldest}); ask that \
         hotline, or take one back at once: hotline-node report resume ID; after exchange.answer_alarm_hours each is \
         taken back by itself and offered elsewhere, or held for you"
    );
    let cause = Cause::new(AlertKind::OfferUnanswered, target.as_str(), text)
        .with("peer", target)
        .with("minutes", patience / 60_000_000)
        .with("count", count)
        .with("report", oldest);
    let text = format!("{count} are without an answer for {waited} or longer");
    let advice = "ask that hotline, or take one back: hotline-node report resume ID";
    Check::warning(CheckName::Offers, text, advice).about(target.as_str()).calling([cause])
}
