//! What is taken of one author's log in a day: so much, whoever brings it. What is beyond stays with its author, and is
//! taken on another day: nothing is lost, and no author fills everybody's disk.
//!
//! What is applied at once is taken while anything is left of the day, so that no budget, however small, holds a log up
//! for ever.

use hotline_protocol::id::NodeId;
use hotline_protocol::log::VerifiedRun;

use super::day_budget_repository::{keep_taken, taken_of};
use super::error::LogError;
use crate::config::DayBudget;
use crate::context::Context;
use crate::report::{Applied, head};
use crate::storage::{StorageError, Write};

/// Seconds of a day; nobody counts leap seconds here.
const DAY: i64 = 86_400;

/// What was taken of a log on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayTaken {
    /// The day (UTC), in days since 1970.
    pub day: i64,
    /// Entries.
    pub entries: u64,
    /// Bytes of their header lines, and of the bodies that were kept.
    pub bytes: u64,
    /// New epochs.
    pub epochs: u64,
}

impl DayTaken {
    /// What was taken at `now` (seconds since 1970) of that day; of another day, nothing. A clock that was put back must
    /// not leave a log standing.
    #[must_use]
    pub fn on_day_of(self, now: i64) -> Self {
        let day = now.div_euclid(DAY);
        if self.day == day { self } else { Self { day, ..Self::default() } }
    }

    /// Whether no entry more is taken on that day.
    #[must_use]
    pub const fn is_met(&self, budget: &DayBudget) -> bool {
        self.entries >= budget.entries || self.bytes >= budget.bytes
    }

    /// Whether no epoch more is taken on that day.
    #[must_use]
    pub const fn is_met_by_epochs(&self, budget: &DayBudget) -> bool {
        self.epochs >= budget.epochs
    }
}

/// A longer `Retry-After` is obeyed by nobody (protocol, section 8).
const PAUSE_LIMIT: i64 = 600;

/// After how many seconds from `now` on it is worth a try again: with the next day, and at the latest in ten minutes.
fn until_next_try(now: i64) -> u32 {
    u32::try_from((DAY - now.rem_euclid(DAY)).min(PAUSE_LIMIT)).unwrap_or(1)
}

/// What was taken of a log today.
pub async fn taken_today(context: &Context, log: &NodeId) -> Result<DayTaken, StorageError> {
    Ok(taken_of(context.database.read(), log).await?.on_day_of(context.clock.unix_seconds()))
}

/// Whether anything of a log is taken today still, before it is asked for.
pub async fn has_room_today(context: &Context, log: &NodeId) -> Result<bool, StorageError> {
    Ok(!taken_today(context, log).await?.is_met(&context.day_budget))
}

/// Refuses a run with something new where its author's day is used up, before anybody waits for it to be applied.
pub async fn check_day(context: &Context, run: &VerifiedRun) -> Result<(), LogError> {
    let log = &run.checkpoint().checkpoint().log;
    let taken = taken_today(context, log).await?;
    match check(context, run, taken) {
        Err(refused) if run.head().position() > head(context.database.read(), log).await?.position() => Err(refused),
        _ => Ok(()),
    }
}

fn check(context: &Context, run: &VerifiedRun, taken: DayTaken) -> Result<(), LogError> {
    let budget = &context.day_budget;
    if taken.is_met(budget) || (run.opens_epoch().is_some() && taken.is_met_by_epochs(budget)) {
        return Err(LogError::DayUsedUp { seconds: until_next_try(context.clock.unix_seconds()) });
    }
    Ok(())
}

/// Counts the new entries of a run, or refuses it.
pub async fn take_of_day(
    context: &Context,
    write: &Write<'_>,
    run: &VerifiedRun,
    new: &[Applied<'_>],
) -> Result<(), LogError> {
    let log = &run.checkpoint().checkpoint().log;
    let mut taken = taken_of(&**write, log).await?.on_day_of(context.clock.unix_seconds());
    check(context, run, taken)?;
    let bytes = |(entry, kept): &Applied<'_>| entry.line.len() + kept.map_or(0, |kept| kept.sealed().len());
    taken.entries = taken.entries.saturating_add(new.len() as u64);
    taken.bytes = taken.bytes.saturating_add(new.iter().map(bytes).sum::<usize>() as u64);
    taken.epochs += u64::from(run.opens_epoch().is_some());
    Ok(keep_taken(write, log, taken).await?)
}

/// Counts bodies that came later than their entries; gives whether there is room for them today.
pub(super) async fn take_bodies_of_day(
    context: &Context,
    write: &Write<'_>,
    log: &NodeId,
    bytes: usize,
) -> Result<bool, StorageError> {
    let mut taken = taken_of(&**write, log).await?.on_day_of(context.clock.unix_seconds());
    if taken.is_met(&context.day_budget) {
        return Ok(false);
    }
    taken.bytes = taken.bytes.saturating_add(bytes as u64);
    keep_taken(write, log, taken).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: DayBudget = DayBudget { entries: 10, bytes: 1_000, epochs: 2 };

    #[test]
    fn a_day_is_used_up_by_entries_or_by_bytes_and_its_epochs_by_themselves() {
        let day = DayTaken { day: 20_000, ..DayTaken::default() };
        for (taken, met, met_by_epochs) in [
            (DayTaken { entries: 9, bytes: 999, epochs: 1, ..day }, false, false),
            (DayTaken { entries: 10, ..day }, true, false),
            (DayTaken { bytes: 1_000, ..day }, true, false),
            (DayTaken { epochs: 2, ..day }, false, true),
        ] {
            assert_eq!((taken.is_met(&BUDGET), taken.is_met_by_epochs(&BUDGET)), (met, met_by_epochs), "{taken:?}");
        }
    }

    #[test]
    fn another_day_begins_with_nothing_whichever_way_the_clock_went() {
        let taken = DayTaken { day: 20_000, entries: 9, bytes: 9, epochs: 1 };
        assert_eq!(taken.on_day_of(20_000 * DAY), taken);
        assert_eq!(taken.on_day_of(20_001 * DAY - 1), taken);
        for day in [19_999, 20_001] {
            assert_eq!(taken.on_day_of(day * DAY), DayTaken { day, ..DayTaken::default() });
        }
    }

    #[test]
    fn who_has_used_a_day_up_comes_back_with_the_next_and_not_later_than_anybody_waits() {
        assert_eq!(until_next_try(20_000 * DAY), 600);
        assert_eq!(until_next_try(20_001 * DAY - 1), 1);
    }

    #[test]
    fn a_hundred_thousand_reports_in_a_day_are_less_than_half_of_what_is_taken() {
        let (reports, entries, header, body) = (100_000, 8, 1_000, 4_000);
        let budget = DayBudget::default();
        assert!(reports * entries * 2 < budget.entries);
        assert!(reports * entries * (header + body) * 2 < budget.bytes);
    }
}
