//! Times of certificates and lists as seconds since 1970.

use std::time::Duration;

use rustls_pki_types::UnixTime;

pub(super) fn unix_time(seconds: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}
