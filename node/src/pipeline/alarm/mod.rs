//! Offers of ours that nobody answers: after how long a person is called.

use std::time::Duration;

use hotline_protocol::id::{NodeId, ReportId};

use crate::context::Context;
use crate::exchange::Link;
use crate::report::query::{OverdueOffers, mark_alarmed, overdue_offers};
use crate::storage::{StorageError, Write};

/// How long an offer may wait.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// With a machine: it answers at once.
    pub machine: Duration,
    /// With a person: no answer at once is due.
    pub person: Duration,
}

/// Offers that one hotline has left without an answer for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    /// The hotline.
    pub target: NodeId,
    /// How long it may leave one, in microseconds.
    pub patience: i64,
    /// How many there are.
    pub count: u64,
    /// The report that waits longest.
    pub oldest: ReportId,
    /// Whether somebody is to be called for some of them.
    pub is_new: bool,
}

/// Looks for them. `targets` lists everybody that we may have offered anything to, with their links.
pub async fn overdue(
    context: &Context,
    patience: Patience,
    targets: &[(NodeId, Link)],
) -> Result<Vec<Overdue>, StorageError> {
    let now = context.now_micros();
    let mut found = Vec::new();
    for (target, link) in targets {
        let patience = answer_within(link, patience);
        let offers = overdue_offers(context.database.read(), &context.own, target, now - patience).await?;
        found.extend(offers.map(|OverdueOffers { count, new, oldest }| Overdue {
            target: target.clone(),
            patience,
            count,
            oldest,
            is_new: new > 0,
        }));
    }
    Ok(found)
}

/// Notes that somebody was called for them: from then on they may be taken back.
pub async fn mark_called(write: &Write<'_>, context: &Context, overdue: &[Overdue]) -> Result<(), StorageError> {
    for offers in overdue.iter().filter(|offers| offers.is_new) {
        mark_alarmed(write, &context.own, &offers.target, context.now_micros() - offers.patience).await?;
    }
    Ok(())
}

/// How long an offer may wait, in microseconds. Nobody can answer an offer that was not delivered, and that has an
/// alarm of its own.
fn answer_within(link: &Link, patience: Patience) -> i64 {
    let by_machine = link.accept.as_deref() == Some("automatic") && link.behind_since.is_none();
    let within = if by_machine { patience.machine } else { patience.person };
    i64::try_from(within.as_micros()).unwrap_or(i64::MAX / 2)
}

#[cfg(test)]
mod tests;
