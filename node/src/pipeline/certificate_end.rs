//! Calling a person before a certificate ends, our own or one of a peer with whom we exchange.
//!
//! Each certificate is told of once at each threshold: in the log at every start, as an alert once and for all.

use std::collections::BTreeMap;

use hotline_protocol::id::NodeId;

use crate::access::alert;
use crate::context::Context;
use crate::storage::StorageError;
use crate::trust::{Ending, PeerStanding, certificates, days_left, ending_certificates, peers, says_days_left};

/// The alert's kind.
const KIND: &str = "certificate_ends";

/// What this start of the node has told.
#[derive(Debug, Default)]
pub struct ToldEnds(BTreeMap<String, Ending>);

/// A certificate whose end is near.
struct NearEnd {
    node: NodeId,
    not_after: i64,
    ending: Ending,
    text: String,
}

impl NearEnd {
    /// The certificate, by its node and its end: of ours nothing else is known here.
    fn key(&self) -> String {
        let until = chrono::DateTime::from_timestamp(self.not_after, 0).map(|time| time.format("%FT%TZ").to_string());
        format!("{}, certificate until {}", self.node, until.unwrap_or_default())
    }
}

/// Tells what is new, in the log and as alerts. `own_not_after` is the end of our own certificate (seconds since 1970).
/// Gives the number of alerts that were written.
pub async fn tell_certificate_ends(
    context: &Context,
    own_not_after: i64,
    told: &mut ToldEnds,
) -> Result<usize, StorageError> {
    let mut near: Vec<NearEnd> = own_end(context, own_not_after).into_iter().collect();
    near.extend(peer_ends(context).await?);
    let new: Vec<&NearEnd> = near.iter().filter(|end| told.0.get(&end.key()) != Some(&end.ending)).collect();
    let mut raised = 0;
    if !new.is_empty() {
        let write = context.database.write("tell_certificate_ends").await?;
        for end in &new {
            let subject = format!("{}: {}", end.key(), end.ending);
            raised += usize::from(alert::raise_once(&write, &context.clock, KIND, &subject, &end.text).await?);
        }
        write.commit().await?;
    }
    for end in new {
        if end.ending.is_urgent() {
            tracing::error!(node = %end.node, "{}", end.text);
        } else {
            tracing::warn!(node = %end.node, "{}", end.text);
        }
    }
    told.0 = near.into_iter().map(|end| (end.key(), end.ending)).collect();
    Ok(raised)
}

fn own_end(context: &Context, not_after: i64) -> Option<NearEnd> {
    let days = days_left(not_after, context.clock.unix_seconds());
    let ending = Ending::of(days)?;
    let says = says_days_left(days);
    let text = format!("this node's certificate {says}; make a new one: hotline-node identity rotate-certificate");
    Some(NearEnd { node: context.own.clone(), not_after, ending, text })
}

async fn peer_ends(context: &Context) -> Result<Vec<NearEnd>, StorageError> {
    let connection = context.database.read();
    let pinned = certificates(connection).await?;
    let now = context.clock.unix_seconds();
    let active = peers(connection).await?.into_iter().filter(|peer| peer.standing == PeerStanding::Active);
    let ends = active.flat_map(|peer| {
        let near = ending_certificates(pinned.iter().filter(|certificate| certificate.node == peer.id), now);
        near.into_iter()
            .map(|(certificate, ending)| {
                let (node, not_after) = (certificate.node.clone(), certificate.not_after);
                let says = says_days_left(days_left(not_after, now));
                let text = format!(
                    "the certificate {} of {node} {says}; ask that hotline for a card with a new one: \
                 hotline-node peer add CARD_FILE",
                    certificate.pin
                );
                NearEnd { node, not_after, ending, text }
            })
            .collect::<Vec<_>>()
    });
    Ok(ends.collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::test_house::new_context;
    use super::*;
    use crate::access::alert::{acknowledge, list_open};
    use crate::access::audit::ActOrigin;
    use crate::config::{LogFormat, LogSection};
    use crate::telemetry;
    use crate::telemetry::kept_lines::KeptLines;
    use crate::trust::test_certificate::{TestCertificate, peer};
    use crate::trust::{save_certificate, save_peer};

    /// A certificate of the tests ends so many days after their clock's beginning.
    const LIFETIME: u64 = 365;
    const DAY: Duration = Duration::from_hours(24);

    async fn with_peer(folder: &std::path::Path, standing: PeerStanding, state: &str) -> Context {
        let context = new_context(folder).await;
        let write = context.database.write("add_peer").await.expect("a turn");
        save_peer(&*write, &peer("de-example", standing)).await.expect("saved");
        let certificate = TestCertificate::of("de-example").stored("de-example", state);
        save_certificate(&*write, &certificate).await.expect("saved");
        write.commit().await.expect("committed");
        context
    }

    async fn texts(context: &Context) -> Vec<String> {
        let open = list_open(&context.database).await.expect("readable");
        let said = |alert: alert::Alert| format!("{} {} {}", alert.kind, alert.subject, alert.text);
        open.into_iter().map(said).collect()
    }

    async fn tell(context: &Context, own_not_after: i64, told: &mut ToldEnds) -> usize {
        tell_certificate_ends(context, own_not_after, told).await.expect("told")
    }

    #[tokio::test]
    async fn a_peer_s_certificate_is_told_of_once_at_each_threshold() {
        let folder = tempfile::tempdir().expect("a folder");
        let context = with_peer(folder.path(), PeerStanding::Active, "active").await;
        let mut told = ToldEnds::default();
        let far = i64::MAX / 2;
        let mut days_of_alerts = Vec::new();
        for day in 0..LIFETIME + 5 {
            for _ in 0..2 {
                for _ in 0..tell(&context, far, &mut told).await {
                    days_of_alerts.push(LIFETIME.cast_signed() - day.cast_signed());
                }
            }
            context.clock.advance(DAY);
        }
        assert_eq!(days_of_alerts, [60, 30, 14, 7, 1, -1]);
        let texts = texts(&context).await;
        assert!(texts[0].starts_with("certificate_ends de-example, certificate until "), "{}", texts[0]);
        assert!(
            texts[0].contains(": 60 days the certificate ") && texts[0].contains("ends in 60 days"),
            "{}",
            texts[0]
        );
        assert!(texts[5].contains("over the certificate"), "{}", texts[5]);
    }

    #[tokio::test]
    async fn a_line_of_the_log_says_it_at_each_threshold_for_our_own_and_for_a_peer_s() {
        let folder = tempfile::tempdir().expect("a folder");
        let context = with_peer(folder.path(), PeerStanding::Active, "active").await;
        let lines = KeptLines::default();
        let kept = lines.clone();
        let log = LogSection { level: "warn".to_owned(), format: LogFormat::Text };
        let subscriber = telemetry::subscriber(&log, move || kept.clone()).expect("a filter");
        let _guard = tracing::subscriber::set_default(subscriber);
        // Both end at the same time.
        let own = context.clock.unix_seconds() + (DAY * 365).as_secs().cast_signed();
        let mut told = ToldEnds::default();
        let mut said = Vec::new();
        for day in 0..LIFETIME + 5 {
            tell(&context, own, &mut told).await;
            let text = lines.take();
            let days_left = LIFETIME.cast_signed() - day.cast_signed();
            for (node, words) in [("fr-example", "this node's certificate"), ("de-example", "of de-example")] {
                let is_said = |line: &&str| line.contains(words) && line.contains(&format!("node={node}"));
                said.extend(text.lines().filter(is_said).map(|line| {
                    let level = if line.contains(" ERROR ") { "error" } else { "warn" };
                    (days_left, node, level)
                }));
            }
            context.clock.advance(DAY);
        }
        let expected = [(60, "warn"), (30, "warn"), (14, "warn"), (7, "warn"), (1, "error"), (-1, "error")];
        let both =
            expected.iter().flat_map(|(days, level)| ["fr-example", "de-example"].map(|node| (*days, node, *level)));
        assert_eq!(said, both.collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn what_was_acknowledged_is_not_told_again_after_a_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let context = with_peer(folder.path(), PeerStanding::Active, "retiring").await;
        let far = i64::MAX / 2;
        context.clock.advance(DAY * 340);
        assert_eq!(tell(&context, far, &mut ToldEnds::default()).await, 1);
        assert_eq!(tell(&context, far, &mut ToldEnds::default()).await, 0);
        let open = list_open(&context.database).await.expect("readable").remove(0);
        acknowledge(&context.database, &context.clock, open.id, ("ada", ActOrigin::Cli)).await.expect("written");
        assert_eq!(tell(&context, far, &mut ToldEnds::default()).await, 0);
    }

    #[tokio::test]
    async fn our_own_certificate_is_told_of_and_those_that_do_not_count_are_not() {
        for (standing, state) in [
            (PeerStanding::Suspended, "active"),
            (PeerStanding::Removed, "active"),
            (PeerStanding::Active, "retired"),
            (PeerStanding::Active, "revoked"),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let context = with_peer(folder.path(), standing, state).await;
            context.clock.advance(DAY * 360);
            let own = context.clock.unix_seconds() + 40 * 86_400;
            assert_eq!(tell(&context, own, &mut ToldEnds::default()).await, 1);
            let texts = texts(&context).await;
            assert!(texts[0].contains("fr-example") && texts[0].contains("ends in 40 days"), "{}", texts[0]);
        }
    }
}
