//! The offers of some reports while they change: computed anew from all entries, written once after, and only where they
//! are others now.
//!
//! Rows follow from the entries that count alone. So what is stored follows from the entries that were here before, and
//! is not read, but where some of those count no more.

use std::collections::{BTreeMap, BTreeSet};

use hotline_protocol::id::NodeId;
use hotline_protocol::state::{Fold, Seen, fold};

use super::ledger::Recorded;
use super::offer::{OfferRow, concerns, offers_of};
use super::offer_repository::{forget_offers, offers_about, save_offers, save_outcomes};
use super::stale::{Bucket, Counted};
use super::stale_repository::mark;
use crate::storage::{StorageError, Write};

/// The rows of the reports that were touched, by the report's key.
pub(super) struct OfferBook<'c> {
    own: &'c NodeId,
    before: BTreeMap<i64, Vec<OfferRow>>,
    now: BTreeMap<i64, Vec<OfferRow>>,
}

impl<'c> OfferBook<'c> {
    /// Empty.
    pub(super) const fn new(own: &'c NodeId) -> Self {
        Self { own, before: BTreeMap::new(), now: BTreeMap::new() }
    }

    /// Takes the entries about a report whose rows are stored, before anything changes.
    pub(super) fn was<'e>(&mut self, report: i64, entries: impl IntoIterator<Item = &'e Recorded>) {
        let own = self.own;
        self.before.entry(report).or_insert_with(|| {
            let entries: Vec<&Recorded> = entries.into_iter().collect();
            if !entries.iter().any(|entry| concerns(own, entry)) {
                return Vec::new();
            }
            let seen: Vec<Seen<'_>> = entries.iter().map(|entry| entry.seen()).collect();
            offers_of(own, report, fold(&seen).as_ref(), &entries)
        });
    }

    /// Reads the rows of reports as they are stored.
    pub(super) async fn read(&mut self, write: &Write<'_>, reports: &[i64]) -> Result<(), StorageError> {
        let mut rows = offers_about(&**write, reports).await?;
        rows.sort_unstable_by_key(|row| (row.report, row.place));
        for row in rows {
            self.before.entry(row.report).or_default().push(row);
        }
        Ok(())
    }

    /// Takes what all entries about a report tell.
    pub(super) fn take(&mut self, report: i64, fold: Option<&Fold>, entries: &[Recorded]) {
        let entries: Vec<&Recorded> = entries.iter().collect();
        self.now.insert(report, offers_of(self.own, report, fold, &entries));
    }

    /// Writes what has changed, and marks the days of everything that was touched: what is counted of an offer is also
    /// what its report's row says.
    pub(super) async fn save(self, write: &Write<'_>) -> Result<(), StorageError> {
        let Self { before, now, .. } = self;
        let mut touched: BTreeSet<Bucket> = BTreeSet::new();
        let mut gone: BTreeSet<(i64, i64)> = BTreeSet::new();
        let (mut others, mut outcomes) = (Vec::new(), Vec::new());
        for (report, rows) in &now {
            let before = before.get(report).map_or(&[][..], Vec::as_slice);
            touched.extend(before.iter().chain(rows).map(day));
            // A report's rows have the places from 0 on.
            gone.extend(before.iter().skip(rows.len()).map(|row| (row.report, row.place)));
            for (place, row) in rows.iter().enumerate() {
                match before.get(place) {
                    Some(before) if before == row => {}
                    Some(before) if before.is_same_offer(row) => outcomes.push(row),
                    _ => others.push(row),
                }
            }
        }
        save_offers(write, &others).await?;
        save_outcomes(write, &outcomes).await?;
        forget_offers(write, &gone).await?;
        mark(write, touched).await
    }
}

fn day(row: &OfferRow) -> Bucket {
    Bucket::of_seconds(Counted::Offers, row.at)
}
