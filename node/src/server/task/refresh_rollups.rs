//! The loops that count ahead: days within moments after they have changed, years when there is time.
//!
//! Taking in comes first: they wait until nothing is committed any more, for a while, rest for a multiple of the time
//! that they took, and for a larger one as long as more comes in. So an import does not have one day counted over and
//! over.

use std::sync::Arc;
use std::time::Duration;

use super::pace::{PAUSE, SLOW_TICK, committed, quiet};
use crate::context::Context;
use crate::server::shared::Shared;
use crate::shutdown::Stop;
use crate::statistics::rollup::{Span, marks, refresh};
use crate::storage::StorageError;

/// Buckets that are counted between two looks at the stop, and written in one transaction.
const LIMIT: u32 = 32;
/// Rest after long work: one part of so many is spent on counting.
const REST: u32 = 10;
/// The same as long as something changes that must be counted anew …
const BUSY_REST: u32 = 50;
/// … and for so long at least.
const BUSY: Duration = Duration::from_secs(30);
/// No rest is longer.
const LONGEST_REST: Duration = Duration::from_mins(15);
/// Nothing changes any more where nothing did for so long.
const STILL: Duration = Duration::from_millis(500);
/// Years are read whole, so they rest for at least this time.
const YEARS_REST: Duration = Duration::from_secs(30);

/// Counts days.
pub(super) async fn days_loop(shared: Arc<Shared>, stop: Stop) {
    // Else the first page after a start would wait until all that was counted before is read.
    warm(&shared).await;
    count_loop(&shared, &stop, Span::Days, Duration::ZERO).await;
}

/// Counts years.
pub(super) async fn years_loop(shared: Arc<Shared>, stop: Stop) {
    count_loop(&shared, &stop, Span::Years, YEARS_REST).await;
}

async fn count_loop(shared: &Shared, stop: &Stop, span: Span, rest: Duration) {
    let context = &shared.hub.context;
    let mut changes = context.database.changes();
    while !stop.is_stopping() {
        changes.mark_unchanged();
        let begin = tokio::time::Instant::now();
        let counted = count_all(context, stop, span).await;
        shared.failing.note(span_fault(span), &counted);
        match counted {
            Ok(0) => {}
            Ok(_) => {
                warm(shared).await;
                let (end, took) = (tokio::time::Instant::now(), begin.elapsed());
                stop.wait((took * REST).clamp(rest, LONGEST_REST)).await;
                settled(context, span, end + (took * BUSY_REST).clamp(BUSY, LONGEST_REST), stop).await;
            }
            Err(_) => {
                stop.wait(PAUSE).await;
            }
        }
        committed(&mut changes, SLOW_TICK, stop).await;
        quiet(&mut changes, stop).await;
    }
}

/// Waits until no more is marked to be counted anew, until a time at the latest.
async fn settled(context: &Context, span: Span, at_latest: tokio::time::Instant, stop: &Stop) {
    let mut before = None;
    while !stop.is_stopping() && tokio::time::Instant::now() < at_latest {
        // Stop here; the counting loop reports the error.
        let Ok(now) = marks(context, span).await else { return };
        if before == Some(now) {
            return;
        }
        before = Some(now);
        stop.wait(STILL).await;
    }
}

/// Reads new rollups, for pages.
async fn warm(shared: &Shared) {
    if let Err(error) = shared.rollups.warm().await {
        tracing::warn!(%error, "what was counted could not be read; the next page reads it");
    }
}

/// The log's text for a span that cannot be counted: each span is counted by a loop of its own.
const fn span_fault(span: Span) -> &'static str {
    match span {
        Span::Days => "the figures of days could not be counted ahead; it is tried again",
        Span::Years => "the figures of years could not be counted ahead; it is tried again",
    }
}

async fn count_all(context: &Context, stop: &Stop, span: Span) -> Result<usize, StorageError> {
    let (mut after, mut counted) = (0, 0);
    while !stop.is_stopping() {
        let step = refresh(context, span, after, LIMIT).await?;
        counted += step.buckets;
        match step.next {
            Some(next) => after = next,
            None => break,
        }
    }
    Ok(counted)
}
