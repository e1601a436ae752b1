//! Granting an author more than its days allow.

use hotline_protocol::id::NodeId;

use super::grant::DayGrant;
use super::repository::{day_of, keep_day};
use crate::context::Context;
use crate::storage::{StorageError, Write};

/// Grants so many days' budgets of a log beside its days. They replace the rest of an earlier grant: granted twice is
/// granted once. None of them ends it.
pub async fn grant_days(
    context: &Context,
    write: &Write<'_>,
    log: &NodeId,
    days: u32,
) -> Result<DayGrant, StorageError> {
    let mut day = day_of(&**write, log).await?;
    day.grant = match days {
        0 => DayGrant::default(),
        days => DayGrant::of(days, &context.day_budget, context.clock.unix_seconds()),
    };
    keep_day(write, log, day).await?;
    Ok(day.grant)
}
