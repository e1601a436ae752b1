//! The facts of some reports while they change: read before, written once after, and only where they are others now.

use std::collections::HashMap;

use hotline_protocol::id::NodeId;

use super::dirty_bucket_repository::mark_notices;
use super::fact::{Fact, Said};
use super::fact_repository::{facts_of, update_facts};
use crate::report::model::Report;
use crate::storage::{StorageError, Write};

/// Facts of this hotline's reports, by the report's key. Reports outside this hotline's business have none.
pub(crate) struct FactBook<'c> {
    own: &'c NodeId,
    /// As they are stored.
    known: HashMap<i64, Fact>,
    /// As they are now, where they were touched.
    touched: HashMap<i64, Fact>,
}

impl<'c> FactBook<'c> {
    /// Opens the book with the facts of stored reports that are to receive something.
    pub(crate) async fn open<'r>(
        own: &'c NodeId,
        write: &Write<'_>,
        told: impl Iterator<Item = &'r Report>,
    ) -> Result<Self, StorageError> {
        let keys: Vec<i64> = told.filter(|report| report.number.is_some()).map(|report| report.key).collect();
        let known = if keys.is_empty() { Vec::new() } else { facts_of(&**write, &keys).await? };
        let known = known.into_iter().map(|fact| (fact.report, fact)).collect();
        Ok(Self { own, known, touched: HashMap::new() })
    }

    /// Takes it up as a report of this hotline, if it is one.
    pub(crate) fn take_up(&mut self, report: &Report) {
        self.touch(report);
    }

    /// Takes the content of a body.
    pub(crate) fn take_said(&mut self, report: &Report, author: &NodeId, said: Said<'_>) {
        let own = self.own;
        if let Some(fact) = self.touch(report) {
            fact.take_said(own, author, said);
        }
    }

    /// Forgets everything: content that still counts is told again.
    pub(crate) fn begin_anew(&mut self, report: &Report) {
        if report.number.is_some() {
            self.touched.insert(report.key, Fact::new(report));
        }
    }

    /// Takes out the fact that is to be written with a new report's row.
    pub(crate) fn take_out(&mut self, report: i64) -> Option<Fact> {
        self.touched.remove(&report)
    }

    /// Writes the changed facts, and marks the years of the notices, as they were and as they are.
    pub(crate) async fn save(self, write: &Write<'_>) -> Result<(), StorageError> {
        let Self { known, touched, .. } = self;
        let mut changed: Vec<Fact> =
            touched.into_values().filter(|fact| known.get(&fact.report) != Some(fact)).collect();
        changed.sort_unstable_by_key(|fact| fact.report);
        let before = changed.iter().filter_map(|fact| known.get(&fact.report));
        mark_notices(write, before.chain(&changed)).await?;
        update_facts(write, &changed).await
    }

    fn touch(&mut self, report: &Report) -> Option<&mut Fact> {
        report.number?;
        let known = &self.known;
        let fresh = || known.get(&report.key).cloned().unwrap_or_else(|| Fact::new(report));
        Some(self.touched.entry(report.key).or_insert_with(fresh))
    }
}
