//! Entries of others that cannot be applied here: the authors that get a receipt, and the reports that stand still.
//!
//! An entry is judged at every arrival about its report. An entry that named a missing one, and so could not be judged
//! before, is judged then.

use std::collections::{BTreeMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType};
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::state::{Fold, REPORT_ENTRIES_LIMIT, Seen, Unapplied, addressee, parties};
use hotline_protocol::vocabulary::RejectReason;

use super::applied::Applied;
use super::entry_set::Recorded;
use crate::context::Context;
use crate::report::append::Journal;
use crate::report::error::ReportError;
use crate::report::model::Report;
use crate::storage::{Write, leave_setting, read_setting};

/// Receipts that one author gets in an hour: enough to find the fault by, too few to fill our log with.
const RECEIPTS_AN_HOUR: usize = 60;
/// Limit on our entries about one report; at this number no receipt is added. Entries of others must not use up the
/// number that members count of us.
const RECEIPTS_UNTIL: usize = REPORT_ENTRIES_LIMIT / 4;

/// A receipt that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The report's key.
    pub report: i64,
    /// The addressee: the entry's author.
    pub author: NodeId,
    /// Its content.
    pub content: Content,
}

/// A report that stands still from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standstill {
    /// The report.
    pub report: ReportId,
    /// The author of the entry that this version does not understand.
    pub author: NodeId,
}

/// An author that has written more about a report than takes part in its fold, from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flood {
    /// The report.
    pub report: ReportId,
    /// The author.
    pub author: NodeId,
    /// The hotline that told us, if the author is ourselves.
    pub told_by: Option<NodeId>,
}

/// The hashes of the arrived entries.
pub(super) struct Arrived(HashSet<Hash>);

impl Arrived {
    pub(super) fn of(entries: &[Applied<'_>]) -> Self {
        Self(entries.iter().map(|(entry, _)| entry.hash).collect())
    }

    pub(super) fn has_hash(&self, hash: &Hash) -> bool {
        self.0.contains(hash)
    }

    fn has(&self, entry: &Recorded) -> bool {
        self.0.contains(&entry.hash)
    }
}

/// Returns the authors that have written too much about a report with the arrived entries. Each is told of once, by the
/// first entry that is too many. Of ourselves others tell.
pub(super) fn floods(own: &NodeId, report: &Report, entries: &[Recorded], arrived: &Arrived) -> Vec<Flood> {
    if entries.len() <= REPORT_ENTRIES_LIMIT {
        return Vec::new();
    }
    let mut by_author: BTreeMap<&NodeId, Vec<&Recorded>> = BTreeMap::new();
    for entry in entries {
        by_author.entry(&entry.log).or_default().push(entry);
    }
    let mut floods = Vec::new();
    for (author, mut written) in by_author.into_iter().filter(|(_, written)| written.len() > REPORT_ENTRIES_LIMIT) {
        written.sort_unstable_by_key(|entry| entry.place);
        let tells = |entry: &&Recorded| {
            let content = &entry.content;
            content.entry_type == EntryType::Reject
                && content.why.as_deref() == Some(RejectReason::TooManyEntries.code())
                && content.of == Some(written[REPORT_ENTRIES_LIMIT].hash)
        };
        let told_by = entries.iter().find(|entry| author == own && arrived.has(entry) && tells(entry));
        if arrived.has(written[REPORT_ENTRIES_LIMIT]) || told_by.is_some() {
            let told_by = told_by.map(|entry| entry.log.clone());
            floods.push(Flood { report: report.id.clone(), author: author.clone(), told_by });
        }
    }
    floods
}

/// The receipts that this node owes for entries about one report: those that address it, can never be applied, and have
/// none yet. `now` in seconds since 1970.
pub(super) fn receipts_due(
    own: &NodeId,
    report: &Report,
    fold: Option<&Fold>,
    entries: &[Recorded],
    now: i64,
) -> Vec<Receipt> {
    if all_applied(fold) && entries.len() <= REPORT_ENTRIES_LIMIT {
        return Vec::new();
    }
    let seen: Vec<Seen<'_>> = entries.iter().map(Recorded::seen).collect();
    if seen.iter().filter(|entry| entry.log == own).count() >= RECEIPTS_UNTIL {
        return Vec::new();
    }
    let own_receipts = seen.iter().filter(|entry| entry.content.entry_type == EntryType::Reject && entry.log == own);
    let answered: HashSet<Hash> = own_receipts.filter_map(|receipt| receipt.content.of).collect();
    let owed = seen.iter().filter(|entry| addressee(entry, fold) == Some(own) && !is_answered(&answered, entry));
    let unapplied = Unapplied::among(&seen, fold);
    owed.filter_map(|entry| {
        let content = receipt(&report.id, entry, unapplied.why(entry)?, fold, now);
        Some(Receipt { report: report.key, author: entry.log.clone(), content })
    })
    .collect()
}

/// A receipt for an entry stays valid when the entry is said again.
fn is_answered(answered: &HashSet<Hash>, entry: &Seen<'_>) -> bool {
    let was = entry.content.was.iter().map(|former| former.hash);
    was.chain([entry.hash]).any(|hash| answered.contains(&hash))
}

fn receipt(report: &ReportId, entry: &Seen<'_>, why: RejectReason, fold: Option<&Fold>, now: i64) -> Content {
    let mut content = Content::new(EntryType::Reject, now);
    content.org = Some(report.origin.clone());
    content.rid = Some(report.rid);
    content.reference = Some(entry.hash);
    content.tenure = fold.map(|fold| fold.tenure);
    content.of = Some(entry.hash);
    content.why = Some(why.code().into());
    content
}

/// Whether the report begins to stand still with the arrived entries: one of a party to it is not understood, and all
/// before were. So a person is called once for each report.
pub(super) fn standstill(
    report: &Report,
    fold: Option<&Fold>,
    entries: &[Recorded],
    arrived: &Arrived,
) -> Option<Standstill> {
    if all_applied(fold) {
        return None;
    }
    let mut not_understood = entries.iter().filter(|entry| !entry.content.is_understood()).peekable();
    not_understood.peek()?;
    // A third party holds nothing up: the walk does not go through its entries.
    let parties: HashSet<&NodeId> = parties(&report.id.origin, fold).collect();
    let mut held_up_by = not_understood.filter(|entry| parties.contains(&entry.log));
    let first = held_up_by.next()?;
    let begins_now = arrived.has(first) && held_up_by.all(|entry| arrived.has(entry));
    begins_now.then(|| Standstill { report: report.id.clone(), author: first.log.clone() })
}

/// Nearly every report: it costs nothing.
fn all_applied(fold: Option<&Fold>) -> bool {
    fold.is_some_and(|fold| fold.stale.is_empty() && fold.waiting.is_empty())
}

/// Records receipts in the caller's transaction, at most 60 for each author in each hour of the clock. Gives how many.
/// One beyond that is owed still, when something about its report next arrives.
pub async fn write_receipts(context: &Context, write: &Write<'_>, due: Vec<Receipt>) -> Result<usize, ReportError> {
    let hour = context.clock.unix_seconds() / 3_600;
    let mut by_author: BTreeMap<NodeId, Vec<Receipt>> = BTreeMap::new();
    for receipt in due {
        by_author.entry(receipt.author.clone()).or_default().push(receipt);
    }
    let mut allowed = Vec::new();
    for (author, mut receipts) in by_author {
        let name = format!("receipts/{author}");
        let before = read_setting(&**write, &name).await?;
        let written = counted_in(hour, before.as_deref());
        receipts.truncate(RECEIPTS_AN_HOUR.saturating_sub(written));
        if !receipts.is_empty() {
            leave_setting(write, &name, &format!("{hour} {}", written + receipts.len())).await?;
            allowed.append(&mut receipts);
        }
    }
    if allowed.is_empty() {
        return Ok(0);
    }
    let mut journal = Journal::open(context, write).await?;
    for Receipt { report, content, .. } in allowed {
        journal.add(report, content, None);
    }
    Ok(journal.save(write).await?)
}

/// Returns the number counted in this hour, from the stored text: the hour and the number.
#[must_use]
pub fn counted_in(hour: i64, left: Option<&str>) -> usize {
    let left = left.and_then(|left| left.split_once(' '));
    let count = left.filter(|(of, _)| *of == hour.to_string()).and_then(|(_, count)| count.parse().ok());
    count.unwrap_or(0)
}
