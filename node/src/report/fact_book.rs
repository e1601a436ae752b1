//! The facts of some reports while they change: written once after, and only where they are others now.
//!
//! What bodies tell adds to what is stored, which is read before. What headers tell is told whole by every fold: where
//! nothing else is told of a report, those columns are written and nothing is read.

use std::collections::{BTreeMap, HashMap, HashSet};

use hotline_protocol::id::NodeId;
use hotline_protocol::state::Fold;

use super::fact::{Assigned, Fact, FoldFact, Said};
use super::fact_repository::{facts_of, save_facts, save_folds};
use super::ledger::Recorded;
use super::model::Report;
use super::stale_repository::mark_notices;
use crate::context::Context;
use crate::storage::{StorageError, Write};

/// Facts of this hotline's reports, by the report's key. What is none of its business has none.
pub(super) struct FactBook<'c> {
    context: &'c Context,
    /// As they are stored.
    known: HashMap<i64, Fact>,
    /// As they are now, where they were touched.
    touched: HashMap<i64, Fact>,
    /// Reports whose facts are stored and were not read.
    unread: HashSet<i64>,
    /// What headers tell of those.
    folds: BTreeMap<i64, FoldFact>,
}

impl<'c> FactBook<'c> {
    /// Of reports that are stored, each with whether more is told of it than how it stands: the facts of those are read.
    pub(super) async fn open<'r>(
        context: &'c Context,
        write: &Write<'_>,
        stored: impl Iterator<Item = (&'r Report, bool)>,
    ) -> Result<Self, StorageError> {
        let (told, others): (Vec<_>, Vec<_>) =
            stored.filter(|(report, _)| report.number.is_some()).partition(|(_, is_told)| *is_told);
        let keys: Vec<i64> = told.iter().map(|(report, _)| report.key).collect();
        let known = read(write, &keys).await?.into_iter().map(|fact| (fact.report, fact)).collect();
        let unread = others.iter().map(|(report, _)| report.key).collect();
        Ok(Self { context, known, touched: HashMap::new(), unread, folds: BTreeMap::new() })
    }

    /// Takes what a body says.
    pub(super) fn take_said(&mut self, report: &Report, author: &NodeId, said: Said<'_>) {
        debug_assert!(!self.unread.contains(&report.key), "it was read");
        let own = &self.context.own;
        if let Some(fact) = touch(&self.known, &mut self.touched, report) {
            fact.take_said(own, author, said);
        }
    }

    /// Takes what headers tell.
    pub(super) fn take_fold(&mut self, report: &Report, fold: &Fold, entries: &[Recorded]) {
        if report.number.is_none() {
            return;
        }
        let told = FoldFact::of(&self.context.own, fold, entries);
        if self.unread.contains(&report.key) {
            self.folds.insert(report.key, told);
        } else if let Some(fact) = touch(&self.known, &mut self.touched, report) {
            fact.take_fold(&told);
        }
    }

    /// Forgets what headers told, of a report whose create is here no more.
    pub(super) fn forget_fold(&mut self, report: &Report) {
        if let Some(fact) = touch(&self.known, &mut self.touched, report) {
            fact.forget_fold();
        }
    }

    /// Forgets everything: what still counts is told again.
    pub(super) fn begin_anew(&mut self, report: &Report) {
        if report.number.is_some() {
            self.touched.insert(report.key, Fact::new(report));
        }
    }

    /// Writes what has changed, and marks the years of the notices, as they were and as they are.
    pub(super) async fn save(self, write: &Write<'_>) -> Result<(), StorageError> {
        let Self { mut known, mut touched, folds, .. } = self;
        // When those were received, only what is stored says.
        let (at_home, folds): (BTreeMap<_, _>, BTreeMap<_, _>) =
            folds.into_iter().partition(|(_, told)| told.assigned == Assigned::OnReceipt);
        let keys: Vec<i64> = at_home.keys().copied().collect();
        for fact in read(write, &keys).await? {
            if let Some(told) = at_home.get(&fact.report) {
                touched.entry(fact.report).or_insert_with(|| fact.clone()).take_fold(told);
                known.insert(fact.report, fact);
            }
        }
        save_folds(write, &folds).await?;
        let mut changed: Vec<Fact> =
            touched.into_values().filter(|fact| known.get(&fact.report) != Some(fact)).collect();
        changed.sort_unstable_by_key(|fact| fact.report);
        let before = changed.iter().filter_map(|fact| known.get(&fact.report));
        mark_notices(write, before.chain(&changed)).await?;
        save_facts(write, &changed).await
    }
}

async fn read(write: &Write<'_>, keys: &[i64]) -> Result<Vec<Fact>, StorageError> {
    if keys.is_empty() { Ok(Vec::new()) } else { facts_of(&**write, keys).await }
}

fn touch<'t>(known: &HashMap<i64, Fact>, touched: &'t mut HashMap<i64, Fact>, report: &Report) -> Option<&'t mut Fact> {
    report.number?;
    let fresh = || known.get(&report.key).cloned().unwrap_or_else(|| Fact::new(report));
    Some(touched.entry(report.key).or_insert_with(fresh))
}
