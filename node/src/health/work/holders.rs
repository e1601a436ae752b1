//! Reports of ours that other hotlines have accepted and say nothing of.

use hotline_protocol::id::NodeId;

use crate::access::alert::{AlertKind, Cause};
use crate::context::Context;
use crate::exchange::Link;
use crate::health::check::{Check, CheckName};
use crate::health::examine::House;
use crate::plural::counted;
use crate::report::query::{SilentAbout, silent_about};
use crate::storage::StorageError;
use crate::trust::peer::Peer;

/// One check a hotline that is silent for `exchange.holder_silence_days` about a report that it accepted.
pub(in crate::health) async fn check(
    house: &House<'_>,
    context: &Context,
    links: &[(Peer, Link)],
) -> Result<Vec<Check>, StorageError> {
    let days = house.config.exchange.holder_silence_days;
    let before = context.now_micros() - i64::from(days) * 24 * 3_600 * 1_000_000;
    let mut checks = Vec::new();
    for (peer, _) in links {
        let silent = silent_about(context.database.read(), (&context.own, &peer.id), before).await?;
        checks.extend(silent.map(|silent| judge(&peer.id, &silent, days)));
    }
    Ok(checks)
}

fn judge(holder: &NodeId, silent: &SilentAbout, days: u32) -> Check {
    let SilentAbout { count, oldest } = silent;
    let text = format!("{} accepted, and nothing said of them for {days} days", counted(*count, "report"));
    let advice = "ask that hotline, or take one back: hotline-node report reclaim ID --reason R";
    let called = format!("{holder}: {text} (longest: {oldest}); {advice}");
    let cause = Cause::new(AlertKind::HolderSilent, holder.as_str(), called)
        .with("peer", holder)
        .with("count", count)
        .with("days", days)
        .with("report", oldest);
    Check::warning(CheckName::Holders, text, advice).about(holder.as_str()).calling([cause])
}
