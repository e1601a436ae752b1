//! Calling a person before a certificate ends, at each threshold once: 60, 30, 14, 7 and 1 days before, and when it is
//! over.

use hotline_protocol::id::NodeId;

use crate::access::alert::{AlertKind, Cause};
use crate::clock::time_of_seconds;
use crate::trust::certificate::Expiry;

/// A certificate of `node` that ends at `not_after` (seconds since 1970); of ours nothing else is known here.
pub(in crate::health) fn end_of(node: &NodeId, not_after: i64, ending: Expiry, text: &str) -> Cause {
    let until = time_of_seconds(not_after).unwrap_or_default();
    Cause::new(AlertKind::CertificateEnds, format!("{node}, certificate until {until}"), text)
        .at(ending.to_string())
        .with("node", node)
        .with("until", until)
}
