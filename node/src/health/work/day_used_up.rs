//! As much of a member's log as is taken in a day was taken: a flood, or an old log that comes for the first time. Only
//! a person can tell, and is given advice for either case.

use super::facts::Facts;
use super::peer_trouble::Trouble;
use crate::access::alert::{AlertKind, Cause};
use crate::config::section::DayBudget;
use crate::exchange::log::{GRANT_DAYS_LIMIT, LogDay};
use crate::health::check::Status;
use crate::plural::counted;

const MEBIBYTE: u64 = 1_024 * 1_024;

/// It is taken again with the next day or when more is granted, and the alert ends then.
pub(super) fn day_used_up(facts: &Facts<'_>, budget: &DayBudget, now: i64) -> Option<Trouble> {
    let id = &facts.peer.id;
    let day = facts.day.on_day_of(now / 1_000_000);
    if !day.is_met(budget) && !day.is_met_by_epochs(budget) {
        return None;
    }
    let taken = day.taken;
    let mebibytes = taken.bytes / MEBIBYTE;
    let more = match facts.lacking {
        0 => String::new(),
        lacking => format!("; its signed head says that {} more wait there", counted(lacking, "entry")),
    };
    let text = format!(
        "as much of its log as is taken in a day was taken: {}, {mebibytes} MiB, {}{more}",
        counted(taken.entries, "entry"),
        counted(taken.epochs, "epoch")
    );
    let advice = format!(
        "the rest is taken from the next day (UTC) on, and nothing is lost; call that hotline; where it is an old log that \
         comes for the first time, or after months, take it at once: hotline-node peer grant {id} --days {}",
        days_needed(&day, facts.lacking, budget)
    );
    let cause = Cause::new(AlertKind::DayUsedUp, id.as_str(), format!("of {id}, {text}; {advice}"))
        .with("peer", id)
        .with("entries", taken.entries)
        .with("mebibytes", mebibytes)
        .with("epochs", taken.epochs);
    Some(Trouble { status: Status::Warning, text, advice, cause: Some(cause) })
}

/// Returns the number of days' budgets for the lacking entries: by their number, and by their bytes where they go on as
/// they came today.
fn days_needed(day: &LogDay, lacking: u64, budget: &DayBudget) -> u64 {
    let bytes = u128::from(lacking) * u128::from(day.taken.bytes) / u128::from(day.taken.entries.max(1));
    let by_bytes = u64::try_from(bytes.div_ceil(u128::from(budget.bytes.max(1)))).unwrap_or(u64::MAX);
    lacking.div_ceil(budget.entries.max(1)).max(by_bytes).clamp(1, GRANT_DAYS_LIMIT.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::log::DayTaken;

    #[test]
    fn as_many_days_are_named_as_the_rest_takes_by_entries_or_by_bytes() {
        let budget = DayBudget::default();
        let of = |bytes| {
            let taken = DayTaken { day: 20_000, entries: 2_000_000, bytes, epochs: 1 };
            LogDay { taken, ..LogDay::default() }
        };
        for (bytes, lacking, days) in [
            (2_000_000_000, 10_500_000, 6),
            (budget.bytes, 10_500_000, 6),
            (2 * budget.bytes, 10_500_000, 11),
            (budget.bytes, 0, 1),
            (budget.bytes, u64::MAX, 1_000),
        ] {
            assert_eq!(days_needed(&of(bytes), lacking, &budget), days, "{bytes} {lacking}");
        }
    }
}
