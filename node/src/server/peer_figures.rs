//! The figures of each peer in Prometheus' text form, written anew at every question: one that was removed has none any
//! more, where a recorder would go on telling its last ones.

use std::fmt::Write as _;

use hotline_protocol::id::NodeId;

use crate::exchange::Hub;
use crate::trust::days_left;

/// One peer's, in the order of [`NAMES`].
type Figures = [u64; NAMES.len()];

const NAMES: [&str; 4] = [
    "hotline_peer_behind_entries",
    "hotline_peer_silent_seconds",
    "hotline_peer_failures",
    "hotline_peer_certificate_days_left",
];

/// Of every peer that is not removed, as they are now.
pub(super) fn peer_figures(hub: &Hub) -> String {
    let now = hub.context.now_micros();
    let head = *hub.sealer.head().borrow();
    let positive = |number: i64| u64::try_from(number).unwrap_or(0);
    let mut all: Vec<(NodeId, Figures)> = Vec::new();
    for (peer, last_end) in hub.directory.last_ends() {
        let link = hub.links.of(&peer);
        let figures = [
            head.entries_beyond(&link.acknowledged),
            link.last_contact.map_or(0, |at| positive((now - at) / 1_000_000)),
            u64::from(link.failures),
            last_end.map_or(0, |end| positive(days_left(end, now / 1_000_000))),
        ];
        all.push((peer, figures));
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    in_text_form(&all)
}

/// A node id needs no escaping: lower-case letters, digits and hyphens.
fn in_text_form(all: &[(NodeId, Figures)]) -> String {
    let mut text = String::new();
    for (place, name) in NAMES.iter().enumerate().filter(|_| !all.is_empty()) {
        let _ = writeln!(text, "# TYPE {name} gauge");
        for (peer, figures) in all {
            let _ = writeln!(text, "{name}{{peer=\"{peer}\"}} {}", figures[place]);
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_has_its_type_and_a_line_for_each_peer() {
        let id = |id: &str| id.parse().expect("a node id");
        let text = in_text_form(&[(id("de-example"), [1, 2, 3, 4]), (id("nl-example"), [5, 6, 7, 8])]);
        let failures = "# TYPE hotline_peer_failures gauge\nhotline_peer_failures{peer=\"de-example\"} 3\n\
                        hotline_peer_failures{peer=\"nl-example\"} 7\n\n";
        assert!(text.contains(failures), "{text}");
        assert_eq!(text.lines().count(), NAMES.len() * 4);
        assert_eq!(in_text_form(&[]), "");
    }
}
