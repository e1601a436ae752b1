//! When reports in doubt are looked at again.

use std::time::Duration;

use crate::geolocation::Geolocator;

/// When doubtful reports are looked at again: where a file of the location data changed, and every hour, since answers
/// of name servers change without notice.
#[derive(Default)]
pub(super) struct DoubtsDue {
    looked: Option<(u64, tokio::time::Instant)>,
}

/// Name servers are asked no more often than this about an answer they did not agree upon.
const DOUBTS_ROUND: Duration = Duration::from_hours(1);

impl DoubtsDue {
    /// Whether they are to be looked at now; then they count as looked at.
    pub(super) fn are_due(&mut self, geolocator: &Geolocator) -> bool {
        let version = geolocator.version();
        let due = self.looked.is_none_or(|(seen, at)| seen != version || at.elapsed() >= DOUBTS_ROUND);
        if due {
            self.looked = Some((version, tokio::time::Instant::now()));
        }
        due
    }
}
