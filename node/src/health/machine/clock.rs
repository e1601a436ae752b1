//! The clock: whether it can be right. Peers tell more: their clocks are compared in every hello.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::access::audit::list_acts;
use crate::clock::Clock;
use crate::health::check::{Check, CheckName};
use crate::storage::{Database, StorageError};

/// No node was made before this (2026-01-01T00:00:00Z).
const EARLIEST: i64 = 1_767_225_600;

pub(in crate::health) async fn check(clock: &Clock, database: &Database) -> Result<Check, StorageError> {
    let newest = list_acts(database, 1).await?.first().and_then(|act| DateTime::from_timestamp_micros(act.at));
    Ok(judge(clock.now(), newest))
}

fn judge(now: DateTime<Utc>, newest_act: Option<DateTime<Utc>>) -> Check {
    let advice = "set the clock, and keep it right with NTP: timedatectl set-ntp true";
    let shown = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    match newest_act {
        _ if now.timestamp() < EARLIEST => {
            Check::fault(CheckName::Clock, format!("it says {shown}, which is past"), advice)
        }
        Some(act) if now < act => {
            Check::fault(CheckName::Clock, format!("it says {shown}, but something was done later than that"), advice)
        }
        _ => Check::ok(CheckName::Clock, format!("it says {shown}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::check::Status;

    #[test]
    fn a_clock_that_cannot_be_right_is_a_fault() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        assert_eq!(judge(at(0), None).status, Status::Fault);
        assert_eq!(judge(at(EARLIEST), None).status, Status::Ok);
        assert_eq!(judge(at(EARLIEST + 9), Some(at(EARLIEST))).status, Status::Ok);
        assert_eq!(judge(at(EARLIEST), Some(at(EARLIEST + 9))).status, Status::Fault);
    }
}
