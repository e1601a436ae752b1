//! Counts the connections that came to nothing, and writes few lines about many: anybody may knock, as often as he likes.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::refusal::Refusal;

/// The count of handshakes of the exchange that did not come to their end.
const REFUSED: &str = "hotline_handshakes_refused_total";
/// The same of every listener, by the reason.
const BY_REASON: &str = "hotline_connections_refused_total";

/// Shows the counters before their first event: an absent counter looks to its viewer like a wrong name.
pub(in crate::server) fn show_counters() {
    metrics::counter!(REFUSED).increment(0);
    metrics::gauge!("hotline_handshakes_waiting").set(0.0);
    for kind in Refusal::KINDS {
        metrics::counter!(BY_REASON, "listener" => "exchange", "reason" => kind).increment(0);
    }
    for listener in ["office", "public", "operations"] {
        metrics::counter!(BY_REASON, "listener" => listener, "reason" => "no_place").increment(0);
    }
}

/// The refused connections of one listener.
#[derive(Debug)]
pub(super) struct Refusals {
    listener: &'static str,
    /// Peers are not reporting persons: their addresses may be named. So may a proxy's.
    names_addresses: bool,
    untold: Mutex<Untold>,
}

/// Refusals not logged yet.
#[derive(Debug, Default)]
struct Untold {
    /// A line was written since [`Refusals::tell`] was called last.
    was_told: bool,
    /// By the kind; with the last address of each.
    counts: BTreeMap<&'static str, (u64, IpAddr)>,
}

impl Refusals {
    pub(super) const fn naming_addresses(listener: &'static str) -> Self {
        Self::new(listener, true)
    }

    pub(super) const fn without_addresses(listener: &'static str) -> Self {
        Self::new(listener, false)
    }

    const fn new(listener: &'static str, names_addresses: bool) -> Self {
        let untold = Mutex::new(Untold { was_told: false, counts: BTreeMap::new() });
        Self { listener, names_addresses, untold }
    }

    /// Counts one. The first after a quiet time is written at once, the others in the next summary.
    pub(super) fn note(&self, source: IpAddr, refusal: &Refusal) {
        let (listener, kind) = (self.listener, refusal.kind());
        metrics::counter!(BY_REASON, "listener" => listener, "reason" => kind).increment(1);
        if self.names_addresses {
            metrics::counter!(REFUSED).increment(1);
            tracing::debug!(listener, %source, reason = %refusal, "a connection was refused");
        }
        // Browsers begin handshakes and leave them at their pleasure.
        if !self.names_addresses && !refusal.is_warning() {
            return;
        }
        let mut untold = self.lock();
        if untold.was_told {
            untold
                .counts
                .entry(kind)
                .and_modify(|(count, last)| (*count, *last) = (*count + 1, source))
                .or_insert((1, source));
            return;
        }
        untold.was_told = true;
        drop(untold);
        let source = self.names_addresses.then(|| tracing::field::display(source));
        if refusal.is_warning() {
            tracing::warn!(listener, source, reason = %refusal, "a connection was refused");
        } else {
            tracing::info!(listener, source, reason = %refusal, "a connection was refused");
        }
    }

    /// Writes one line for each kind that was counted since the last call.
    pub(super) fn tell(&self) {
        let counts = {
            let mut untold = self.lock();
            untold.was_told = !untold.counts.is_empty();
            std::mem::take(&mut untold.counts)
        };
        let listener = self.listener;
        for (kind, (count, last)) in counts {
            let last = self.names_addresses.then(|| tracing::field::display(last));
            tracing::info!(listener, reason = kind, count, last_source = last, "more connections were refused");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Untold> {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::section::{LogFormat, LogSection};
    use crate::telemetry;
    use crate::telemetry::kept_lines::KeptLines;

    /// Lines logged while `act` runs.
    fn lines_of(act: impl FnOnce()) -> Vec<String> {
        let lines = KeptLines::default();
        let kept = lines.clone();
        let log = LogSection { level: "info".to_owned(), format: LogFormat::Text };
        let subscriber = telemetry::subscriber(&log, move || kept.clone()).expect("a filter");
        tracing::subscriber::with_default(subscriber, act);
        lines.take().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_flood_is_a_line_at_once_and_one_for_each_kind_later() {
        let refusals = Refusals::naming_addresses("exchange");
        let source: IpAddr = "192.0.2.7".parse().expect("an address");
        let flood = || (0..1_000).for_each(|_| refusals.note(source, &Refusal::TooMany));
        let first = lines_of(flood);
        assert!(first.len() == 1 && first[0].contains("WARN") && first[0].contains("192.0.2.7"), "{first:?}");
        refusals.note(source, &Refusal::Late);
        let summary = lines_of(|| refusals.tell());
        assert_eq!(summary.len(), 2, "{summary:?}");
        let has = |words: [&str; 2]| summary.iter().any(|line| words.iter().all(|word| line.contains(word)));
        assert!(has(["too_many", "count=999"]) && has(["late", "count=1"]), "{summary:?}");
        assert_eq!(lines_of(|| refusals.tell()), Vec::<String>::new());
        assert_eq!(lines_of(|| refusals.note(source, &Refusal::Closed)).len(), 1, "after a quiet time at once");
    }

    #[test]
    fn who_comes_to_a_page_is_not_named() {
        let refusals = Refusals::without_addresses("public");
        let source: IpAddr = "192.0.2.7".parse().expect("an address");
        let written = lines_of(|| {
            for refusal in [Refusal::Closed, Refusal::HeaderOfStranger, Refusal::HeaderOfStranger] {
                refusals.note(source, &refusal);
            }
            refusals.tell();
        });
        assert!(written.len() == 2 && written.iter().all(|line| !line.contains("192.0.2.7")), "{written:?}");
    }
}
