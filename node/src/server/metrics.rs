//! The text of `/metrics`: the recorder's figures, and figures written anew at every request. So a peer or an alert
//! that is gone has no line any more.
//!
//! Names and units keep to Prometheus' own rules (<https://prometheus.io/docs/practices/naming/>): base units, a help
//! text for each, `_total` for a count that only rises. No label ever holds a URL, a host or a person's name.

use std::sync::PoisonError;
use std::time::Duration;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use tokio::time::Instant;

use super::metric_family::Family;
use super::peer_metrics::peer_figures;
use super::shared::Shared;
use crate::access::alert::{AlertKind, AlertState, list_open};
use crate::health::{in_text_form, rooms};
use crate::report::query::{Stuck, by_state};
use crate::storage::StorageError;
use crate::telemetry;

/// The program's version.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Reports are counted so often at most: it reads a row of each.
const REPORTS_AGE: Duration = Duration::from_mins(1);

/// Describes each figure of the recorder, and shows counters from the start: an absent counter looks to its viewer like
/// a wrong name.
pub(super) fn describe() {
    // Install the recorder first: descriptions and counts made before it are lost.
    telemetry::metrics();
    describe_gauge!("hotline_log_entries", "Entries of this node's log in its present epoch.");
    describe_gauge!(
        "hotline_certificate_remaining_seconds",
        Unit::Seconds,
        "Seconds until this node's certificate ends; negative when it is over."
    );
    describe_counter!(
        "hotline_handshakes_refused_total",
        "Connections of others to the exchange that came to nothing: failed, late, or too many."
    );
    describe_gauge!("hotline_handshakes_waiting", "Connections to the exchange that are not through their handshake.");
    describe_counter!("hotline_connections_refused_total", "Connections that came to nothing, by listener and reason.");
    describe_counter!("hotline_connections_cut_total", "Connections that this node ended, by listener and reason.");
    describe_counter!(
        "hotline_requests_refused_total",
        "Requests that were sent away for a limit, by listener and reason."
    );
    describe_counter!("hotline_sign_ins_total", "Sign-ins to the office, by how they ended.");
    describe_histogram!(
        "hotline_transaction_seconds",
        Unit::Seconds,
        "Time that each kind of write takes, by the name of the use case."
    );
}

/// Everything in Prometheus' text form.
pub(super) async fn all(shared: &Shared) -> String {
    let context = &shared.hub.context;
    let end = shared.hub.shown.not_after();
    metrics::gauge!("hotline_log_entries").set(exact(shared.hub.sealer.head().borrow().seq));
    metrics::gauge!("hotline_certificate_remaining_seconds").set(exact_signed(end - context.clock.unix_seconds()));
    let handle = telemetry::metrics();
    handle.run_upkeep();
    let mut text = handle.render();
    text += &Family {
        name: "hotline_build_info",
        help: "The program's version; the value is always 1.",
        rows: vec![(format!("version=\"{VERSION}\""), 1)],
    }
    .text();
    text += &web_certificates(shared).text();
    for family in disks(shared).into_iter().chain(peer_figures(&shared.hub).await) {
        text += &family.text();
    }
    // While the database is away, the rest is told all the same.
    if let Ok(families) = stored(shared).await {
        for family in &families {
            text += &family.text();
        }
    }
    text + &in_text_form(&shared.examine().await.checks)
}

fn web_certificates(shared: &Shared) -> Family {
    let now = shared.hub.context.clock.unix_seconds();
    let row = |shown: &std::sync::Arc<crate::trust::own::WebCertificate>| {
        (format!("listener=\"{}\"", shown.listener()), shown.not_after() - now)
    };
    Family {
        name: "hotline_web_certificate_remaining_seconds",
        help: "Seconds until the certificate of a listener for people ends; negative when it is over.",
        rows: shared.web.iter().map(row).collect(),
    }
}

fn disks(shared: &Shared) -> Vec<Family> {
    let rooms: Vec<_> = rooms(&shared.config).into_iter().filter_map(|(name, room)| Some((name, room.ok()?))).collect();
    let rows = |value: fn(&crate::health::Room) -> u64| {
        rooms.iter().map(|(name, room)| (format!("disk=\"{name}\""), signed(value(room)))).collect()
    };
    vec![
        Family {
            name: "hotline_disk_free_bytes",
            help: "Room on the disk of the node's folder, and of its database where that is another.",
            rows: rows(|room| room.free),
        },
        Family {
            name: "hotline_disk_size_bytes",
            help: "Size of the disk of the node's folder, and of its database where that is another.",
            rows: rows(|room| room.size),
        },
    ]
}

async fn stored(shared: &Shared) -> Result<Vec<Family>, StorageError> {
    let context = &shared.hub.context;
    let mut open = list_open(&context.database).await?;
    // Those too that a full disk keeps out of the database.
    open.extend(shared.observer.held().alerts().into_iter().filter(|alert| alert.state() == AlertState::Open));
    let of_kind = |kind: &AlertKind| {
        let count = open.iter().filter(|alert| alert.kind == kind.code()).count();
        (format!("kind=\"{kind}\""), i64::try_from(count).unwrap_or(i64::MAX))
    };
    let (now, reports) = (context.now_micros(), reports(shared).await?);
    let by_state = |value: &dyn Fn(u64, i64) -> i64| {
        let row = |(state, count, since): &(String, u64, i64)| (format!("state=\"{state}\""), value(*count, *since));
        reports.iter().map(row).collect()
    };
    Ok(vec![
        Family {
            name: "hotline_alerts_open",
            help: "Alerts that wait for a person.",
            rows: AlertKind::ALL.iter().map(of_kind).collect(),
        },
        Family::one(
            "hotline_database_size_bytes",
            "Bytes that the database takes.",
            signed(context.database.size_bytes().await?),
        ),
        Family {
            name: "hotline_reports",
            help: "Reports that this node knows, by their state.",
            rows: by_state(&|count, _| signed(count)),
        },
        Family {
            name: "hotline_reports_oldest_seconds",
            help: "Time since the report of each state that was touched first was touched.",
            rows: by_state(&|_, since| ((now - since) / 1_000_000).max(0)),
        },
    ])
}

async fn reports(shared: &Shared) -> Result<Vec<(String, u64, i64)>, StorageError> {
    let remembered = shared.counted.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((_, found)) = remembered.filter(|(at, _)| at.elapsed() < REPORTS_AGE) {
        return Ok(found);
    }
    let counted = by_state(shared.hub.context.database.read()).await?;
    let found: Vec<_> =
        counted.into_iter().map(|Stuck { why, count, since }| (why.code().to_owned(), count, since)).collect();
    *shared.counted.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), found.clone()));
    Ok(found)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Counts are far below 2^53, and floats are exact up to there.
#[expect(clippy::cast_precision_loss, reason = "counts and seconds are far below 2^53")]
const fn exact(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds are far below 2^53")]
const fn exact_signed(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_its_help_its_type_and_a_line_for_each_set_of_labels() {
        let rows = vec![("peer=\"de-example\"".to_owned(), 1), ("peer=\"nl-example\"".to_owned(), -2)];
        let family = Family { name: "hotline_peer_failures", help: "Failed tries in a row.", rows };
        let expected = "# HELP hotline_peer_failures Failed tries in a row.\n# TYPE hotline_peer_failures gauge\n\
            hotline_peer_failures{peer=\"de-example\"} 1\nhotline_peer_failures{peer=\"nl-example\"} -2\n\n";
        assert_eq!(family.text(), expected);
        assert_eq!(Family { rows: Vec::new(), ..family }.text(), "");
        assert!(Family::one("hotline_ready", "Ready.", 1).text().ends_with("hotline_ready 1\n\n"));
    }
}
