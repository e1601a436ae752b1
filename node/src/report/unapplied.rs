//! Entries of others that cannot be applied here: who of their authors gets a receipt, and which reports stand still.
//!
//! An entry is judged whenever something about its report arrives: what could not be judged before, because it names
//! what was not here, is judged then.

use std::collections::{BTreeMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType};
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::state::{Fold, Seen, Unapplied, addressee, parties};
use hotline_protocol::vocabulary::RejectReason;

use super::apply::Applied;
use super::error::ReportError;
use super::journal::Journal;
use super::ledger::Recorded;
use super::model::Report;
use crate::context::Context;
use crate::storage::{Write, leave_setting, read_setting};

/// Receipts that one author gets in an hour: enough to find the fault by, too few to fill our log with.
const RECEIPTS_AN_HOUR: usize = 60;

/// A receipt that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The report's key.
    pub report: i64,
    /// Whom it is for: the entry's author.
    pub author: NodeId,
    /// What it says.
    pub content: Content,
}

/// A report that stands still from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standstill {
    /// Which.
    pub report: ReportId,
    /// Who asks for what this version does not understand.
    pub author: NodeId,
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
    if all_applied(fold) {
        return Vec::new();
    }
    let seen: Vec<Seen<'_>> = entries.iter().map(Recorded::seen).collect();
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

/// A receipt stays one for what was said again after it.
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

/// Whether the report begins to stand still with what arrived: something of a party to it is not understood, and all
/// was before. So a person is called once for each report.
pub(super) fn standstill(
    report: &Report,
    fold: Option<&Fold>,
    entries: &[Recorded],
    arrived: &[Applied<'_>],
) -> Option<Standstill> {
    if all_applied(fold) {
        return None;
    }
    // A third party holds nothing up: the walk does not go through what it writes.
    let holds_up = |entry: &&Recorded| {
        !entry.content.is_understood() && parties(&report.id.origin, fold).any(|party| *party == entry.log)
    };
    let mut held_up_by = entries.iter().filter(holds_up);
    let first = held_up_by.next()?;
    let is_new = |entry: &Recorded| arrived.iter().any(|(arrived, _)| arrived.hash == entry.hash);
    let begins_now = is_new(first) && held_up_by.all(is_new);
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
        let written = written_in(hour, before.as_deref());
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

/// How many receipts of this hour stand in what was left: the hour and the number.
fn written_in(hour: i64, left: Option<&str>) -> usize {
    let left = left.and_then(|left| left.split_once(' '));
    let count = left.filter(|(of, _)| *of == hour.to_string()).and_then(|(_, count)| count.parse().ok());
    count.unwrap_or(0)
}
