//! Where the time of the writing transactions went, by their names: read from a node's metrics.

use std::collections::BTreeMap;

use serde::Serialize;

/// The transactions of one name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Spent {
    /// How many were committed.
    pub(crate) count: f64,
    /// How long they took together, from their turn to the end of their commit.
    pub(crate) seconds: f64,
}

/// By the transaction's name.
pub(crate) type ByName = BTreeMap<String, Spent>;

/// The transactions of both nodes, and of the import.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Transactions {
    pub(crate) a: ByName,
    pub(crate) b: ByName,
    pub(crate) ingest: ByName,
}

/// Reads `hotline_transaction_seconds` from Prometheus' text form.
pub(crate) fn transactions(metrics: &str) -> ByName {
    let mut found = ByName::new();
    for line in metrics.lines() {
        let Some((kind, rest)) = line.strip_prefix("hotline_transaction_seconds_").and_then(|it| it.split_once('{'))
        else {
            continue;
        };
        let value = rest.rsplit_once(' ').and_then(|(_, value)| value.parse().ok());
        let name = rest.strip_prefix("name=\"").and_then(|rest| rest.split_once('"'));
        let (Some(value), Some((name, _))) = (value, name) else { continue };
        let spent = found.entry(name.to_owned()).or_default();
        match kind {
            "sum" => spent.seconds = value,
            "count" => spent.count = value,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_counts_are_read_by_name() {
        let text = "# TYPE hotline_transaction_seconds summary\n\
                    hotline_transaction_seconds{name=\"seal_run\",quantile=\"0.5\"} 0.01\n\
                    hotline_transaction_seconds_sum{name=\"seal_run\"} 1.5\n\
                    hotline_transaction_seconds_count{name=\"seal_run\"} 30\n";
        let found = transactions(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found["seal_run"], Spent { count: 30.0, seconds: 1.5 });
    }
}
