//! The figures of each peer that is not removed.

use std::collections::HashMap;

use hotline_protocol::id::NodeId;

use super::metric_family::Family;
use crate::exchange::Hub;
use crate::exchange::log::{LogDay, days_of_all};
use crate::trust::peer::peers;

/// Names and help texts, in the order of the results of [`peer_figures`].
const NAMES: [(&str, &str); 6] = [
    ("hotline_peer_behind_entries", "Entries of this node's log that the peer has not confirmed."),
    ("hotline_peer_silent_seconds", "Time since the peer was last heard from, or was added where it never was."),
    ("hotline_peer_failures", "Failed tries in a row."),
    ("hotline_peer_day_entries", "Entries of the peer's log that were taken today (UTC)."),
    ("hotline_peer_day_bytes", "Bytes of the peer's log that were taken today (UTC), with the bodies that were kept."),
    (
        "hotline_peer_certificate_remaining_seconds",
        "Seconds until the peer's certificate ends, of several the one that ends last; 0 where none counts.",
    ),
];

/// Of every peer that is not removed, as they are now.
pub(super) async fn peer_figures(hub: &Hub) -> Vec<Family> {
    let now = hub.context.now_micros();
    let head = *hub.sealer.head().borrow();
    // Where the database is away, one that was never heard from is as silent as this start is old.
    let known = peers(hub.context.database.read()).await.unwrap_or_default();
    let added: HashMap<NodeId, i64> = known.into_iter().map(|peer| (peer.id, peer.added_at)).collect();
    let days = days_of_all(hub.context.database.read()).await.unwrap_or_default();
    let days: HashMap<NodeId, LogDay> = days.into_iter().collect();
    let mut all: Vec<(NodeId, [i64; NAMES.len()])> = Vec::new();
    for (peer, last_end) in hub.directory.last_ends() {
        let link = hub.links.of(&peer);
        let heard = link.last_contact.or_else(|| added.get(&peer).copied()).unwrap_or(now);
        let today = days.get(&peer).copied().unwrap_or_default().on_day_of(now / 1_000_000).taken;
        let figures = [
            i64::try_from(head.entries_beyond(&link.acknowledged)).unwrap_or(i64::MAX),
            ((now - heard) / 1_000_000).max(0),
            i64::from(link.failures),
            i64::try_from(today.entries).unwrap_or(i64::MAX),
            i64::try_from(today.bytes).unwrap_or(i64::MAX),
            last_end.map_or(0, |end| end - now / 1_000_000),
        ];
        all.push((peer, figures));
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    let family = |(place, (name, help)): (usize, &(&'static str, &'static str))| {
        // A node id needs no escaping: lower-case letters, digits and hyphens.
        let row = |(peer, figures): &(NodeId, [i64; NAMES.len()])| (format!("peer=\"{peer}\""), figures[place]);
        Family { name, help, rows: all.iter().map(row).collect() }
    };
    NAMES.iter().enumerate().map(family).collect()
}
