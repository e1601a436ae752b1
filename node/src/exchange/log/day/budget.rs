//! A log's day at work: counts arriving entries, or refuses them.

use hotline_protocol::id::NodeId;
use hotline_protocol::log::VerifiedRun;

use super::DAY;
use super::repository::{day_of, keep_day};
use super::taken::{Coming, LogDay};
use crate::context::Context;
use crate::exchange::log::error::LogError;
use crate::report::head;
use crate::report::replay::Applied;
use crate::storage::{StorageError, Write};

/// A longer `Retry-After` is obeyed by nobody (protocol, section 8).
const PAUSE_LIMIT: i64 = 600;

/// After how many seconds from `now` on it is worth a try again: with the next day, and at the latest in ten minutes.
fn until_next_try(now: i64) -> u32 {
    u32::try_from((DAY - now.rem_euclid(DAY)).min(PAUSE_LIMIT)).unwrap_or(1)
}

/// A log's present day.
pub async fn today(context: &Context, log: &NodeId) -> Result<LogDay, StorageError> {
    Ok(day_of(context.database.read(), log).await?.on_day_of(context.clock.unix_seconds()))
}

/// Whether anything of a log is taken today still, before it is asked for.
pub async fn has_room_today(context: &Context, log: &NodeId) -> Result<bool, StorageError> {
    Ok(!today(context, log).await?.is_met(&context.day_budget))
}

/// Refuses a run with something new where its author's day is used up, before anybody waits for it to be applied.
pub async fn check_day(context: &Context, run: &VerifiedRun) -> Result<(), LogError> {
    let log = &run.checkpoint().checkpoint().log;
    let day = today(context, log).await?;
    match check(context, run, day) {
        Err(refused) if run.head().position() > head(context.database.read(), log).await?.position() => Err(refused),
        _ => Ok(()),
    }
}

fn check(context: &Context, run: &VerifiedRun, day: LogDay) -> Result<(), LogError> {
    let budget = &context.day_budget;
    if day.is_met(budget) || (run.opens_epoch().is_some() && day.is_met_by_epochs(budget)) {
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
    let mut day = day_of(&**write, log).await?.on_day_of(context.clock.unix_seconds());
    check(context, run, day)?;
    let bytes = |(entry, kept): &Applied<'_>| entry.line.len() + kept.map_or(0, |kept| kept.sealed().len());
    let coming = Coming {
        entries: new.len() as u64,
        bytes: new.iter().map(bytes).sum::<usize>() as u64,
        epochs: run.opens_epoch().is_some().into(),
    };
    day.take(&context.day_budget, coming);
    Ok(keep_day(write, log, day).await?)
}

/// Counts bodies that came later than their entries; gives whether there is room for them today.
pub(in crate::exchange::log) async fn take_bodies_of_day(
    context: &Context,
    write: &Write<'_>,
    log: &NodeId,
    bytes: usize,
) -> Result<bool, StorageError> {
    let mut day = day_of(&**write, log).await?.on_day_of(context.clock.unix_seconds());
    if day.is_met(&context.day_budget) {
        return Ok(false);
    }
    day.take(&context.day_budget, Coming { bytes: bytes as u64, ..Coming::default() });
    keep_day(write, log, day).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::section::DayBudget;

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
