//! The offers of some reports while they change: computed anew from all entries, written once after, and only where they
//! are others now.
//!
//! Rows follow from the entries that count alone. So the stored rows follow from the entries that were here before, and
//! are not read, except where some of those count no more. Of an open offer nothing is stored beyond its report's row:
//! most are soon answered.

use std::collections::{BTreeMap, BTreeSet};

use hotline_protocol::id::NodeId;
use hotline_protocol::state::{Fold, Seen, fold};

use super::dirty_bucket::{Bucket, Counted};
use super::dirty_bucket_repository::mark;
use super::offer::{OfferRow, Stand, concerns, offers_of};
use super::offer_repository::{forget_offers, offers_about, save_offers, save_outcomes};
use super::timeline::stamp;
use crate::report::model::Report;
use crate::report::replay::{EntrySet, Recorded};
use crate::storage::{StorageError, Write};

/// The rows of the reports that were touched, by the report's key; none of open offers.
pub(crate) struct OfferBook<'c> {
    own: &'c NodeId,
    before: BTreeMap<i64, Vec<OfferRow>>,
    now: BTreeMap<i64, Vec<OfferRow>>,
    /// The days of all offers that were touched, open ones too.
    days: BTreeSet<Bucket>,
}

impl<'c> OfferBook<'c> {
    /// Empty.
    pub(crate) const fn new(own: &'c NodeId) -> Self {
        Self { own, before: BTreeMap::new(), now: BTreeMap::new(), days: BTreeSet::new() }
    }

    /// Takes the entries about a report with stored rows, before anything changes.
    pub(crate) fn was<'e>(&mut self, report: i64, entries: impl IntoIterator<Item = &'e Recorded>) {
        if self.before.contains_key(&report) {
            return;
        }
        let entries: Vec<&Recorded> = entries.into_iter().collect();
        let rows = if entries.iter().any(|entry| concerns(self.own, entry)) {
            let seen: Vec<Seen<'_>> = entries.iter().map(|entry| entry.seen()).collect();
            offers_of(self.own, report, fold(&seen).as_ref(), &entries)
        } else {
            Vec::new()
        };
        let rows = self.stored(rows);
        self.before.insert(report, rows);
    }

    /// Reads the rows of reports as they are stored. `ledger` holds their whole history.
    pub(crate) async fn read(
        &mut self,
        write: &Write<'_>,
        reports: &[Report],
        ledger: &EntrySet,
    ) -> Result<(), StorageError> {
        let open = reports.iter().filter_map(|report| report.offer.as_ref()?.at);
        self.days.extend(open.map(day));
        // An offer has the time of an entry, whether that still counts or not.
        let entries = |key: i64| ledger.of(key).iter().chain(ledger.left_behind(key));
        let made = reports.iter().flat_map(|report| entries(report.key).filter_map(stamp).map(|at| (at, report.key)));
        let made: BTreeSet<(i64, i64)> = made.collect();
        let mut rows = offers_about(&**write, &made.into_iter().collect::<Vec<_>>()).await?;
        rows.sort_unstable_by_key(|row| (row.report, row.place));
        for row in self.stored(rows) {
            self.before.entry(row.report).or_default().push(row);
        }
        Ok(())
    }

    /// Takes the content of all entries about a report.
    pub(crate) fn take(&mut self, report: i64, fold: Option<&Fold>, entries: &[Recorded]) {
        let entries: Vec<&Recorded> = entries.iter().collect();
        let rows = self.stored(offers_of(self.own, report, fold, &entries));
        self.now.insert(report, rows);
    }

    /// Writes the changed rows, and marks the days of everything touched: the counts of an offer also depend on its
    /// report's row.
    pub(crate) async fn save(self, write: &Write<'_>) -> Result<(), StorageError> {
        let Self { before, now, days, .. } = self;
        let (mut gone, mut others, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        for (report, rows) in &now {
            let before = before.get(report).map_or(&[][..], Vec::as_slice);
            let key = |row: &OfferRow| (row.at, row.place);
            let kept: BTreeSet<_> = rows.iter().map(key).collect();
            gone.extend(before.iter().filter(|row| !kept.contains(&key(row))));
            let before: BTreeMap<_, _> = before.iter().map(|row| (key(row), row)).collect();
            for row in rows {
                match before.get(&key(row)) {
                    Some(before) if *before == row => {}
                    Some(before) if before.is_same_offer(row) => outcomes.push(row),
                    _ => others.push(row),
                }
            }
        }
        save_offers(write, &others).await?;
        save_outcomes(write, &outcomes).await?;
        forget_offers(write, &gone).await?;
        mark(write, days).await
    }

    /// Notes the days of offers, and leaves those out that are open.
    fn stored(&mut self, mut rows: Vec<OfferRow>) -> Vec<OfferRow> {
        self.days.extend(rows.iter().map(|row| day(row.at)));
        rows.retain(|row| row.stand != Stand::Open);
        rows
    }
}

fn day(at: i64) -> Bucket {
    Bucket::of_seconds(Counted::Offers, at)
}
