//! Millions of synthetic reports with their entries, written into a node's own tables as fast as those take rows.
//!
//! The course of each report is dealt by a seed: the same seed gives the same rows. Logs are whole chains of real
//! headers, and creates have real, sealed bodies; nothing is signed, so such a database is for looking at and
//! measuring. Rows that a node computes from entries are computed here from the dealt values, to be faster. A test lets
//! the node compute offers and reports anew from a small number of entries and finds the same. Actions in the facts are
//! dealt too, and stand in no body.

mod deal;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Datelike as _};
use deal::{Houses, deal};
use hotline_node::context::Context;
use hotline_node::report::projection::{Bucket, Counted};
use hotline_node::report::{take_own_numbers, take_report_keys};
use hotline_node::storage::batch::{Columns, Known};
use hotline_node::storage::{Value, Write};
use hotline_protocol::log::Cursor;
use rows::Batch;

use super::chance::Chance;

/// Reports of one transaction.
const BATCH: u32 = 4_000;

/// The volume to be made.
#[derive(Debug, Clone, Copy)]
pub struct Volume {
    /// How many reports; each has five entries.
    pub reports: u32,
    /// The same seed gives the same reports.
    pub seed: u64,
    /// When the first was received, seconds since 1970.
    pub from: i64,
    /// When the last was received.
    pub to: i64,
}

/// The volume made.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Made {
    /// Reports.
    pub reports: u32,
    /// Entries of all logs.
    pub entries: u64,
    /// Offers between this hotline and others.
    pub offers: u64,
}

/// Fills the tables of a node that has no reports yet. `progress` is told how many there are.
pub async fn fill(context: &Context, volume: &Volume, mut progress: impl FnMut(u32)) -> Result<Made> {
    let houses = Houses::with(&context.own);
    let mut chance = Chance::seeded(volume.seed);
    let mut heads: BTreeMap<usize, Cursor> = BTreeMap::new();
    let mut made = Made { reports: 0, entries: 0, offers: 0 };
    while made.reports < volume.reports {
        let count = BATCH.min(volume.reports - made.reports);
        let write = context.database.write("generate").await?;
        let first = take_report_keys(&write, count as usize).await?;
        let mut batch = Batch::new(context, &houses, &mut heads);
        let mut stale: BTreeSet<Bucket> = BTreeSet::new();
        for (number, key) in (made.reports..made.reports + count).zip(first..) {
            let span = (volume.to - volume.from) * i64::from(number) / i64::from(volume.reports);
            let dealt = deal(&mut chance, &houses, volume.from + span);
            let own_number = number_of(&write, dealt.is_ours(), volume.from + span).await?;
            stale.extend(buckets(&dealt));
            batch.add(&mut chance, key, own_number, &dealt)?;
        }
        made.entries += batch.entries();
        made.offers += batch.offers();
        batch.save(&write).await?;
        mark(&write, stale).await?;
        write.commit().await?;
        made.reports += count;
        progress(made.reports);
    }
    Ok(made)
}

async fn number_of(write: &Write<'_>, is_ours: bool, at: i64) -> Result<Option<i64>> {
    if !is_ours {
        return Ok(None);
    }
    let year = DateTime::from_timestamp(at, 0).context("a time")?.year();
    let number = take_own_numbers(write, u16::try_from(year)?, 1).await?.next().context("a number")?;
    Ok(Some(number.to_stored()))
}

fn buckets(dealt: &deal::Dealt) -> impl Iterator<Item = Bucket> {
    let year = DateTime::from_timestamp(dealt.at, 0).map_or(1970, |at| i64::from(at.year()));
    let offers = dealt.offers.iter().filter(|offer| offer.is_ours()).map(|offer| (Counted::Offers, offer.at));
    let ours = dealt.is_ours().then_some((Counted::Reports, dealt.at));
    let days = offers.chain(ours).chain([(Counted::Federation, dealt.at)]);
    let year = dealt.is_ours().then_some(Bucket { counted: Counted::Years, at: year });
    days.map(|(counted, at)| Bucket::of_seconds(counted, at)).chain(year)
}

async fn mark(write: &Write<'_>, stale: BTreeSet<Bucket>) -> Result<()> {
    const STALE: Columns = Columns { table: "stale", names: &["bucket", "changes"] };
    let values = stale.into_iter().flat_map(|bucket| [Value::from(bucket.to_stored()), Value::from(1_i64)]);
    Ok(STALE.insert(write, Known::AddedTo, values.collect()).await?)
}

#[cfg(test)]
mod tests;
