//! The figures: meaning of each, the median of several runs, and how they are shown.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::Store;
use crate::exchange::{Exchange, Pair};
use crate::transactions::Transactions;

/// One measurement, or the median of several, figure by figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figures {
    /// Reports that were exchanged.
    pub(crate) reports: u32,
    /// From the first row read to the last report verified, applied and durable at B.
    pub(crate) end_to_end_per_s: f64,
    /// Rows read, located, routed and durable at A.
    pub(crate) ingest_per_s: f64,
    /// From the first row read to the last of B's accepts applied and durable at A.
    pub(crate) accepted_at_a_per_s: f64,
    /// One report at a time, from before its import to being applied at B: the middle one.
    pub(crate) latency_p50_ms: f64,
    /// The one that 99 of 100 do not exceed.
    pub(crate) latency_p99_ms: f64,
    /// Most memory of each node's process.
    pub(crate) rss_peak_mib: Pair<f64>,
    /// Processor time of each node's process for the many reports and their accepts.
    pub(crate) cpu_s: Pair<f64>,
    /// Processor time of the process that imported.
    pub(crate) ingest_cpu_s: f64,
    /// Each node's data on disk at the end.
    pub(crate) disk_bytes: Pair<u64>,
    /// The same bytes, hashed, sent over the same TLS and made durable at both ends, by a bare loop.
    pub(crate) floor_per_s: f64,
    /// `end_to_end_per_s` over `floor_per_s`.
    pub(crate) ratio_to_floor: f64,
}

/// The printed result.
#[derive(Serialize)]
pub(crate) struct Outcome {
    database: Store,
    #[serde(flatten)]
    median: Figures,
    runs: Vec<Run>,
}

/// One run.
#[derive(Serialize)]
pub(crate) struct Run {
    #[serde(flatten)]
    figures: Figures,
    transactions: Transactions,
}

impl Run {
    /// The figures of a measurement.
    pub(crate) fn new(reports: u32, exchange: Exchange, floor_per_s: f64) -> Self {
        let per_second = |time: Duration| f64::from(reports) / time.as_secs_f64();
        let end_to_end_per_s = per_second(exchange.end_to_end);
        let figures = Figures {
            reports,
            end_to_end_per_s,
            ingest_per_s: per_second(exchange.ingest),
            accepted_at_a_per_s: per_second(exchange.accepted_at_a),
            latency_p50_ms: percentile_ms(&exchange.latencies, 50),
            latency_p99_ms: percentile_ms(&exchange.latencies, 99),
            rss_peak_mib: exchange.rss_peak_mib,
            cpu_s: exchange.cpu_s,
            ingest_cpu_s: exchange.ingest_cpu_s,
            disk_bytes: exchange.disk_bytes,
            floor_per_s,
            ratio_to_floor: end_to_end_per_s / floor_per_s,
        };
        Self { figures, transactions: exchange.transactions }
    }
}

/// The time that so many in a hundred do not exceed; `times` are in order and not empty.
fn percentile_ms(times: &[Duration], percent: usize) -> f64 {
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times[place].as_secs_f64() * 1_000.0
}

impl Outcome {
    /// The median of the runs, figure by figure; there must be one.
    pub(crate) fn of(database: Store, runs: Vec<Run>) -> Self {
        let median = |figure: fn(&Figures) -> f64| {
            let mut values: Vec<f64> = runs.iter().map(|run| figure(&run.figures)).collect();
            values.sort_unstable_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let median_bytes = |figure: fn(&Figures) -> u64| {
            let mut values: Vec<u64> = runs.iter().map(|run| figure(&run.figures)).collect();
            values.sort_unstable();
            values[values.len() / 2]
        };
        let median = Figures {
            reports: runs[0].figures.reports,
            end_to_end_per_s: median(|run| run.end_to_end_per_s),
            ingest_per_s: median(|run| run.ingest_per_s),
            accepted_at_a_per_s: median(|run| run.accepted_at_a_per_s),
            latency_p50_ms: median(|run| run.latency_p50_ms),
            latency_p99_ms: median(|run| run.latency_p99_ms),
            rss_peak_mib: Pair { a: median(|run| run.rss_peak_mib.a), b: median(|run| run.rss_peak_mib.b) },
            cpu_s: Pair { a: median(|run| run.cpu_s.a), b: median(|run| run.cpu_s.b) },
            ingest_cpu_s: median(|run| run.ingest_cpu_s),
            disk_bytes: Pair { a: median_bytes(|run| run.disk_bytes.a), b: median_bytes(|run| run.disk_bytes.b) },
            floor_per_s: median(|run| run.floor_per_s),
            ratio_to_floor: median(|run| run.ratio_to_floor),
        };
        Self { database, median, runs }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let it = &self.median;
        writeln!(out, "{} reports, {:?}, median of {}", it.reports, self.database, self.runs.len())?;
        writeln!(out, "  end to end        {:>10.0} /s", it.end_to_end_per_s)?;
        writeln!(out, "  taken in at A     {:>10.0} /s", it.ingest_per_s)?;
        writeln!(out, "  accepted, at A    {:>10.0} /s", it.accepted_at_a_per_s)?;
        writeln!(out, "  bare loop         {:>10.0} /s", it.floor_per_s)?;
        writeln!(out, "  ratio to it       {:>10.3}", it.ratio_to_floor)?;
        writeln!(out, "  one report        {:>10.1} ms (p50) {:.1} ms (p99)", it.latency_p50_ms, it.latency_p99_ms)?;
        writeln!(out, "  memory            {:>10.0} MiB (A) {:.0} MiB (B)", it.rss_peak_mib.a, it.rss_peak_mib.b)?;
        let cpu = it.cpu_s;
        writeln!(
            out,
            "  processor         {:>10.1} s (A) {:.1} s (B) {:.1} s (import)",
            cpu.a, cpu.b, it.ingest_cpu_s
        )?;
        writeln!(out, "  disk              {:>10} bytes (A) {} bytes (B)", it.disk_bytes.a, it.disk_bytes.b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_times_in_order() {
        let times: Vec<Duration> = (1..=500).map(Duration::from_millis).collect();
        assert!((percentile_ms(&times, 50) - 250.0).abs() < 1e-9);
        assert!((percentile_ms(&times, 99) - 495.0).abs() < 1e-9);
        assert!((percentile_ms(&times[..1], 99) - 1.0).abs() < 1e-9);
    }
}
