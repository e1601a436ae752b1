//! Refusals that are held back: a flood of offers that are hosted elsewhere must not fill every member's log with
//! refusals. Each author gets so many in an hour of the clock, and the rest later, long before its offers are taken back.

use std::collections::{BTreeMap, HashSet};

use hotline_protocol::id::NodeId;

use crate::access::alert::{self, AlertKind, Cause};
use crate::context::Context;
use crate::report::counted_in;
use crate::storage::{StorageError, Write, leave_setting, read_setting};

/// Refusals that one author gets in an hour: twenty thousand in a day and a half, within the 72 hours of an offer.
const REFUSALS_AN_HOUR: usize = 600;
/// So many are remembered; beyond, they are located again.
const REMEMBERED_LIMIT: usize = 100_000;

/// Offers that were found to be hosted elsewhere, and are refused in a later hour: nobody locates them again before.
#[derive(Debug, Default)]
pub struct HeldBack {
    hour: i64,
    keys: HashSet<i64>,
}

impl HeldBack {
    /// In another hour all are looked at anew.
    pub(super) fn at(&mut self, context: &Context) -> &mut Self {
        let hour = hour(context);
        if self.hour != hour {
            (self.hour, self.keys) = (hour, HashSet::new());
        }
        self
    }

    pub(super) fn has(&self, report: i64) -> bool {
        self.keys.contains(&report)
    }

    pub(super) fn add(&mut self, reports: Vec<i64>) {
        let room = REMEMBERED_LIMIT.saturating_sub(self.keys.len());
        self.keys.extend(reports.into_iter().take(room));
    }
}

fn hour(context: &Context) -> i64 {
    context.clock.unix_seconds() / 3_600
}

fn name(author: &NodeId) -> String {
    format!("refusals/{author}")
}

/// How many refusals of this hour each author has had, in one transaction.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    had: BTreeMap<NodeId, usize>,
    held: BTreeMap<NodeId, Vec<i64>>,
}

impl Refusals {
    /// Counts a refusal; gives whether it is written now. Else it is held back.
    pub(super) async fn take(
        &mut self,
        context: &Context,
        write: &Write<'_>,
        (author, report): (&NodeId, i64),
    ) -> Result<bool, StorageError> {
        let had = match self.had.get(author) {
            Some(had) => *had,
            None => counted_in(hour(context), read_setting(&**write, &name(author)).await?.as_deref()),
        };
        let is_now = had < REFUSALS_AN_HOUR;
        self.had.insert(author.clone(), had + usize::from(is_now));
        if !is_now {
            self.held.entry(author.clone()).or_default().push(report);
        }
        Ok(is_now)
    }

    /// Writes down what was counted, and calls a person about whoever is held back. Gives the reports of these.
    pub(super) async fn save(self, context: &Context, write: &Write<'_>) -> Result<Vec<i64>, StorageError> {
        for (author, had) in &self.had {
            leave_setting(write, &name(author), &format!("{} {had}", hour(context))).await?;
        }
        for author in self.held.keys() {
            let text = format!(
                "{author} offers more that is hosted elsewhere than is refused in an hour ({REFUSALS_AN_HOUR}); the rest is \
                 refused little by little; call that hotline: its location data may be wrong"
            );
            let cause = Cause::new(AlertKind::RefusalsHeldBack, author.as_str(), text).with("peer", author);
            alert::raise(write, &context.clock, cause).await?;
        }
        Ok(self.held.into_values().flatten().collect())
    }
}
