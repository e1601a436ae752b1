//! Limits for a peer: their answers to the peer, and their counts for the operator.

use hotline_protocol::id::NodeId;
use hotline_protocol::problem::Problem;

use crate::problem::ExchangeProblem;
use crate::server::http::budget::Full;

/// The count of requests that were sent away.
const REFUSED: &str = "hotline_requests_refused_total";

/// The limit that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It has as many calls of this kind under way as it may.
    Calls,
    /// It has as many bytes under way as it may.
    Bytes,
    /// All peers together have.
    Room,
}

impl From<Full> for Refused {
    fn from(full: Full) -> Self {
        match full {
            Full::Own => Self::Bytes,
            Full::All => Self::Room,
        }
    }
}

impl Refused {
    const ALL: [Self; 3] = [Self::Calls, Self::Bytes, Self::Room];

    const fn code(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Bytes => "bytes",
            Self::Room => "room",
        }
    }

    /// Counts it, and makes the answer: the peer keeps the refused data, and comes again.
    pub(super) fn of(self, peer: &NodeId) -> ExchangeProblem {
        metrics::counter!(REFUSED, "listener" => "exchange", "reason" => self.code()).increment(1);
        tracing::debug!(%peer, reason = self.code(), "a request of a peer was sent away");
        let problem = match self {
            Self::Calls | Self::Bytes => Problem::RateLimited,
            Self::Room => Problem::Busy,
        };
        ExchangeProblem::from(problem).retry_after(1)
    }
}

/// Shows the counters before their first event.
pub(in crate::server) fn show_counters() {
    for refused in Refused::ALL {
        metrics::counter!(REFUSED, "listener" => "exchange", "reason" => refused.code()).increment(0);
    }
}
