//! Refusals that are held back: a flood of offers that are hosted elsewhere must not fill every member's log with
//! refusals. Each author gets so many in an hour of the clock, and the rest later, long before its offers are taken back.

use std::collections::{BTreeMap, HashSet};

use hotline_protocol::id::NodeId;

use crate::access::alert::{self, AlertKind, Cause};
use crate::context::Context;
use crate::report::replay::counted_in;
use crate::storage::{StorageError, Write, leave_setting, read_setting};

/// So many are remembered; beyond, they are located again.
const REMEMBERED_LIMIT: usize = 100_000;

/// Offers that were found to be hosted elsewhere, and are refused in a later hour: nobody locates them again before.
#[derive(Debug)]
pub struct HeldBack {
    /// Refusals that one author gets in an hour.
    an_hour: u32,
    hour: i64,
    keys: HashSet<i64>,
}

impl HeldBack {
    /// With nothing held back, where each author gets so many refusals in an hour
    /// (`exchange.hour_maximum_refusals`).
    #[must_use]
    pub fn new(an_hour: u32) -> Self {
        Self { an_hour, hour: 0, keys: HashSet::new() }
    }

    /// How many refusals one author gets in an hour.
    pub(super) const fn an_hour(&self) -> u32 {
        self.an_hour
    }

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
#[derive(Debug)]
pub(super) struct Refusals {
    an_hour: u32,
    had: BTreeMap<NodeId, usize>,
    held: BTreeMap<NodeId, Vec<i64>>,
}

impl Refusals {
    /// Where each author gets so many in an hour.
    pub(super) const fn new(an_hour: u32) -> Self {
        Self { an_hour, had: BTreeMap::new(), held: BTreeMap::new() }
    }

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
        let is_now = had < self.an_hour as usize;
        self.had.insert(author.clone(), had + usize::from(is_now));
        if !is_now {
            self.held.entry(author.clone()).or_default().push(report);
        }
        Ok(is_now)
    }

    /// Writes down the counted refusals, and calls a person about each author with refusals held back. Gives the
    /// reports of these.
    pub(super) async fn save(self, context: &Context, write: &Write<'_>) -> Result<Vec<i64>, StorageError> {
        for (author, had) in &self.had {
            leave_setting(write, &name(author), &format!("{} {had}", hour(context))).await?;
        }
        for author in self.held.keys() {
            let text = format!(
                "{author} offers more that is hosted elsewhere than is refused in an hour ({}); the rest is refused little by \
                 little; call that hotline: its location data may be wrong; where it is right that so many are refused, raise \
                 exchange.hour_maximum_refusals",
                self.an_hour
            );
            let cause = Cause::new(AlertKind::RefusalsHeldBack, author.as_str(), text).with("peer", author);
            alert::raise(write, &context.clock, cause).await?;
        }
        Ok(self.held.into_values().flatten().collect())
    }
}
