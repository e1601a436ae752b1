//! A verified run at work: one transaction for its headers, their effects, and the cursor.

use std::collections::BTreeMap;

use hotline_protocol::entitlement::entitled_by_header;
use hotline_protocol::entry::EntryType;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::log::{Cursor, VerifiedEntry, VerifiedRun};
use hotline_protocol::state::{REPORT_ENTRIES_LIMIT, Seen};

use super::set_aside::set_aside_in;
use crate::access::alert::{self, AlertKind, Cause, Tally};
use crate::context::Context;
use crate::exchange::log::{self, LogError};
use crate::plural::{counted, verb};
use crate::report::lifecycle::WorkTaken;
use crate::report::replay::{Applied, Concerned, Flood, ReceivedBody, Standstill, write_receipts};
use crate::report::{Number, ReportError};
use crate::storage::{StorageError, Write};
use crate::trust::peer::{KeyChangeFault, apply_key_change};

/// A verified run with its bodies read and sealed: all that can be done before the transaction.
pub struct PreparedRun {
    run: VerifiedRun,
    pub(super) bodies: Vec<Option<ReceivedBody>>,
}

impl PreparedRun {
    /// Prepares a run. Bodies that this node may not see are not kept.
    #[must_use]
    pub fn new(context: &Context, run: VerifiedRun) -> Self {
        let keep = |entry: &VerifiedEntry| {
            let line = entry.body.as_ref()?;
            let ours = entitled_by_header(&context.own, &Seen::sealed(entry.hash, &entry.header));
            ours.then(|| ReceivedBody::new(&context.seal, &entry.header.content.entry_type, line))
        };
        let bodies = run.entries().iter().map(keep).collect();
        Self { run, bodies }
    }
}

impl PreparedRun {
    /// The run.
    #[must_use]
    pub const fn run(&self) -> &VerifiedRun {
        &self.run
    }

    /// Whether it opens a further epoch.
    #[must_use]
    pub fn opens_epoch(&self) -> bool {
        self.run.opens_epoch().is_some()
    }
}

/// Result of a run.
#[derive(Debug, Clone, Copy)]
pub struct AppliedRun {
    /// Where the log ends here now, durable.
    pub cursor: Cursor,
    /// How many entries were new.
    pub new: usize,
    /// Its author's keys or certificates may be others now: [`Hub::reload_peers`](crate::exchange::Hub::reload_peers).
    pub changes_keys: bool,
}

/// Entries about the reports of a run that are looked at in one transaction. Others write between two of them: an
/// author of many entries about each of many reports makes nobody else wait.
const LOOKED_AT: u64 = 8 * REPORT_ENTRIES_LIMIT as u64;

/// Applies a run to the log it belongs to: in one transaction, but where much is here about its reports.
pub async fn apply_run(context: &Context, prepared: &PreparedRun) -> Result<AppliedRun, LogError> {
    let mut whole = apply_part(context, prepared, LOOKED_AT).await?;
    while whole.new > 0 && whole.cursor.position() < prepared.run.head().position() {
        let part = match apply_part(context, prepared, LOOKED_AT).await {
            // Entries taken stay taken: their author hears how far, and hears of the bound when it goes on.
            Err(LogError::DayUsedUp { .. }) => break,
            part => part?,
        };
        whole.cursor = part.cursor;
        whole.changes_keys |= part.changes_keys;
        whole.new += part.new;
        if part.new == 0 {
            break;
        }
    }
    Ok(whole)
}

/// Applies the part of a run that follows the log here, and looks at no more than so many entries; one at least.
async fn apply_part(context: &Context, prepared: &PreparedRun, looked_at: u64) -> Result<AppliedRun, LogError> {
    let run = &prepared.run;
    log::check_day(context, run).await?;
    let write = context.database.write("apply_run").await?;
    let continuation = log::continue_with(&write, run).await?;
    let bodies = prepared.bodies.iter().map(Option::as_ref);
    let all: Vec<Applied<'_>> = run.entries().iter().zip(bodies).collect();
    let (known, new) = all.split_at(continuation.known);
    let late = log::take_late_bodies(context, &write, &continuation.log, known).await?;
    if new.is_empty() {
        let head = crate::report::head(&*write, &continuation.log).await?;
        if late > 0 {
            write.commit().await?;
        }
        return Ok(AppliedRun { cursor: head, new: 0, changes_keys: false });
    }
    if let Some(from) = continuation.from {
        take_epoch(context, &write, run, &from).await?;
    }
    let concerned = Concerned::find(context, &write, new, looked_at).await?;
    let new = &new[..concerned.count()];
    log::take_of_day(context, &write, run, new).await?;
    log::insert_run_entries(context, &write, new, &concerned.keys()).await?;
    let effects = concerned.fold_and_save(context, &write, new).await?;
    log::insert_wants(&write, &effects.wanted, context.now_micros()).await?;
    log::open_to_readers(&write, &effects.opened).await?;
    let cursor = log::advance(context, &write, run, new.last().map(|(entry, _)| *entry)).await?;
    let changes_keys = change_keys(context, &write, new).await?;
    write_receipts(context, &write, effects.receipts).await?;
    call_for(context, &write, &effects.standstills).await?;
    call_about_work(context, &write, &effects.work_taken).await?;
    let faults: Vec<(i64, ReportError)> = effects.faults.into_iter().collect();
    if !faults.is_empty() {
        set_aside_in(context, &write, &faults).await?;
    }
    for flood in &effects.floods {
        call_about_flood(context, &write, flood).await?;
    }
    write.commit().await?;
    Ok(AppliedRun { cursor, new: new.len(), changes_keys })
}

/// So many reports are named in an alert: a line can be read.
const NAMED_REPORTS: usize = 10;

/// Continues in the epoch that a run opens, and calls a person: somebody may have acted on entries that an author takes
/// back.
async fn take_epoch(context: &Context, write: &Write<'_>, run: &VerifiedRun, from: &Cursor) -> Result<(), LogError> {
    let (log, epoch) = (&run.checkpoint().checkpoint().log, run.head().epoch);
    let ended = log::fork::ended_fork(write, log, from.position()).await?;
    let left = log::epoch::take_epoch(context, write, log, epoch, from).await?;
    let held = match left.held_without_create.as_slice() {
        [] => String::new(),
        held => {
            let named: Vec<String> = held.iter().take(NAMED_REPORTS).map(ToString::to_string).collect();
            format!(
                "; this hotline holds {} of it that {} not count until then ({}{}): what it does not say again, \
                 take in yourselves, the URL is shown by hotline-node report show ID --reveal",
                counted(held.len(), "report"),
                verb(held.len(), "does", "do"),
                named.join(", "),
                if held.len() > NAMED_REPORTS { ", …" } else { "" }
            )
        }
    };
    let seat = context.own.seat();
    let named = |(id, number): &(ReportId, Option<Number>)| number.map_or(id.to_string(), |number| number.shown(seat));
    let names: Vec<String> = left.reports.iter().take(NAMED_REPORTS).map(named).collect();
    let concerned = match left.reports.len() {
        0 => String::new(),
        count => format!(
            ", about {} ({}{}); those of them that stay left behind: hotline-node log left-behind --log {log}",
            counted(count, "report"),
            names.join(", "),
            if count > NAMED_REPORTS { ", …" } else { "" }
        ),
    };
    let forked = ended.map_or_else(String::new, |fork| {
        format!(
            "; that leaves behind the two entries that were signed as entry {} of epoch {}, and its log is taken again",
            fork.seq, fork.epoch
        )
    });
    let text = format!(
        "{log} goes on in epoch {epoch} of its log: of epoch {} nothing after entry {} counts until it is said again; \
         {} of its entries here are concerned{concerned}{forked}; call that hotline{held}",
        from.epoch, from.seq, left.entries
    );
    let subject = format!("{log} epoch {epoch}");
    let cause = Cause::new(AlertKind::EpochOpened, subject, text)
        .with("peer", log)
        .with("epoch", epoch)
        .with("left", from.epoch)
        .with("seq", from.seq)
        .with("entries", left.entries)
        .with("held", left.held_without_create.len());
    alert::raise(write, &context.clock, cause).await?;
    Ok(())
}

/// Applies the entries about their author's keys. An entry without effect changes nothing, and a person is called.
async fn change_keys(context: &Context, write: &Write<'_>, new: &[Applied<'_>]) -> Result<bool, LogError> {
    let mut changed = false;
    for (entry, _) in new.iter().filter(|(entry, _)| entry.header.content.entry_type == EntryType::KeyAnnounce) {
        let (log, place) = (&entry.header.log, entry.header.position());
        if log::epoch::was_taken(write, &entry.header).await? {
            continue;
        }
        match apply_key_change(&**write, &context.network, log, place, &entry.header.content).await {
            Ok(()) => changed = true,
            Err(KeyChangeFault::Storage(fault)) => return Err(fault.into()),
            Err(fault) => {
                let text = format!("{log} announces a key that is not taken: {fault}; call that hotline");
                let cause = Cause::new(AlertKind::KeyChangeRefused, log.as_str(), text).with("peer", log);
                alert::raise(write, &context.clock, cause).await?;
            }
        }
    }
    Ok(changed)
}

/// Calls a person, once for each author. The request is the author's own text, and might hold anything: it is not
/// repeated.
async fn call_for(context: &Context, write: &Write<'_>, standstills: &[Standstill]) -> Result<(), StorageError> {
    let mut by_author: BTreeMap<&NodeId, Vec<String>> = BTreeMap::new();
    for Standstill { report, author } in standstills {
        by_author.entry(author).or_default().push(report.to_string());
    }
    for (author, reports) in by_author {
        let kind = AlertKind::ReportStandsStill;
        let tell = |tally: &Tally| {
            let text = format!(
                "{} {} still here ({}), because {author} asks for what this version does not understand; upgrade this \
                 node, and ask that hotline what it needs meanwhile",
                counted(tally.count(), "report"),
                verb(tally.count(), "stands", "stand"),
                tally.shown()
            );
            Cause::new(kind, author.as_str(), text).with("peer", author)
        };
        alert::raise_tally(write, &context.clock, (kind, author.as_str()), Tally::of(reports), tell).await?;
    }
    Ok(())
}

/// Calls a person, once for each author, about any of this hotline's work that it takes away.
async fn call_about_work(context: &Context, write: &Write<'_>, taken: &[WorkTaken]) -> Result<(), StorageError> {
    let Some(WorkTaken { by, .. }) = taken.first() else { return Ok(()) };
    let seat = context.own.seat();
    let name = |work: &WorkTaken| work.number.map_or_else(|| work.report.to_string(), |number| number.shown(seat));
    let kind = AlertKind::WorkTakenAway;
    let tell = |tally: &Tally| {
        let text = format!(
            "{by} has taken back, withdrawn or changed {} that this hotline works on ({}); tell whoever was informed; look \
             at each: hotline-node report show NUMBER",
            counted(tally.count(), "report"),
            tally.shown()
        );
        Cause::new(kind, by.as_str(), text).with("peer", by)
    };
    alert::raise_tally(write, &context.clock, (kind, by.as_str()), Tally::of(taken.iter().map(name)), tell).await
}

/// Calls a person, once for each author however many reports it floods.
async fn call_about_flood(context: &Context, write: &Write<'_>, flood: &Flood) -> Result<(), StorageError> {
    let Flood { report, author, told_by } = flood;
    let text = match told_by {
        None => format!(
            "{author} has written more than {REPORT_ENTRIES_LIMIT} entries about {report}; what is beyond is kept and counts \
             for nothing; call that hotline: its node does not keep to the protocol"
        ),
        Some(peer) => format!(
            "{peer} says that this node has written more than {REPORT_ENTRIES_LIMIT} entries about {report}: no member counts \
             what is beyond; upgrade this node, and take the URL in anew where something must still be said of it"
        ),
    };
    let cause =
        Cause::new(AlertKind::TooManyEntries, author.as_str(), text).with("report", report).with("peer", author);
    alert::raise(write, &context.clock, cause).await?;
    Ok(())
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod flood_tests;

#[cfg(test)]
mod epoch_tests;
