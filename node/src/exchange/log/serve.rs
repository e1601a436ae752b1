//! Reading a log for a peer: the text of a run, with the bodies that the peer may see, and single bodies.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entitlement::{entitled, entitled_by_header, is_addressed};
use hotline_protocol::entry::{Addressing, Header};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position, RUN_ENTRIES_LIMIT, RunWriter};
use hotline_protocol::state::{Seen, fold};

use super::epoch::line_of;
use super::error::LogError;
use super::{body_repository, repository};
use crate::context::Context;
use crate::report::replay::{EntrySet, Recorded};
use crate::report::{ReportError, head, open_body};

/// The part of a log that a reader asks for.
#[derive(Debug, Clone)]
pub struct RunQuery {
    /// The log.
    pub log: NodeId,
    /// The end of the reader's copy.
    pub after: Cursor,
    /// At most so many entries; never less than one stored run.
    pub limit: usize,
    /// Bodies up to so many bytes in all; the others are fetched singly.
    pub bytes: usize,
}

/// A run for a reader.
#[derive(Debug)]
pub struct RunToSend {
    /// Its text.
    pub text: String,
    /// Where it ends.
    pub end: Cursor,
    /// It ends with a word about a key, or opens an epoch: another key may sign the entries that follow.
    pub must_be_applied_first: bool,
}

/// The next run for `reader`; `None` where nothing is newer. Another hash at the reader's place is refused.
pub async fn read_run(context: &Context, reader: &NodeId, query: &RunQuery) -> Result<Option<RunToSend>, LogError> {
    let connection = context.database.read();
    let after = query.after;
    let here = head(connection, &query.log).await?;
    if after.position() > here.position() {
        return Ok(None);
    }
    let line = line_of(connection, &query.log, here.epoch).await?;
    // Any entry of the reader beyond the line is left behind, with any hash.
    let must_agree = line.counts(after.position());
    if must_agree && repository::hash_at(connection, &query.log, after.position()).await? != Some(after.hash) {
        return Err(LogError::Diverged(here));
    }
    let Some(onward) = line.after(after.position()) else { return Ok(None) };
    let after = onward.after;
    let limit = query.limit.clamp(1, RUN_ENTRIES_LIMIT);
    let mut checkpoints = repository::checkpoints_after(connection, &query.log, after, limit as u64).await?;
    checkpoints.retain(|(signed, _)| onward.last.is_none_or(|last| *signed <= last));
    let within = checkpoints.iter().rev().find(|(last, _)| last - after.seq <= limit as u64);
    let Some((last, _)) = within.or(checkpoints.first()) else { return Ok(None) };
    let mut entries = repository::entries_between(connection, &query.log, after.epoch, after.seq, *last).await?;
    let closing = entries.iter().position(repository::EntryToSend::closes_run);
    entries.truncate(closing.map_or(entries.len(), |place| place + 1));
    let last = entries.last().map_or(*last, |entry| entry.seq);
    let Some((_, checkpoint)) = checkpoints.iter().find(|(signed, _)| *signed == last) else {
        return Err(repository::INCONSISTENT.into());
    };
    let opened = body_repository::opened_to(connection, &query.log, after.epoch, after.seq, last, reader).await?;

    let may_give_bodies = query.log == context.own;
    let mut writer = RunWriter::new(checkpoint, query.bytes);
    let mut end = query.after;
    for entry in entries {
        let body = match &entry.body {
            Some(sealed) if may_give_bodies => {
                let header = Addressing::from_storage(&entry.header).map_err(ReportError::from)?;
                if is_addressed(reader, &context.own, &header.to) || opened.contains(&entry.seq) {
                    Some(open_body(&context.seal, header.body(), sealed)?)
                } else {
                    None
                }
            }
            _ => None,
        };
        writer.push(&entry.header, body.as_ref().map(hotline_protocol::entry::BodyLine::as_str));
        end = Cursor { epoch: after.epoch, seq: entry.seq, hash: entry.hash };
    }
    Ok(Some(RunToSend { text: writer.finish(), end, must_be_applied_first: closing.is_some() }))
}

/// The answer to a reader that asks for one body.
#[derive(Debug)]
pub enum BodyAnswer {
    /// The body line.
    Body(String),
    /// The reader is not entitled, as far as is known here; or there is no such entry: both look the same.
    NotEntitled,
    /// The body was erased, or is not here.
    Gone,
}

/// One body of our own log, by its entry's place and hash.
pub async fn read_body(
    context: &Context,
    reader: &NodeId,
    place: Position,
    hash: &Hash,
) -> Result<BodyAnswer, LogError> {
    let connection = context.database.read();
    let found = repository::entry_at(connection, &context.own, place, hash).await?;
    let Some((line, sealed, report)) = found.filter(|(_, _, report)| report.is_none_or(|report| report > 0)) else {
        return Ok(BodyAnswer::NotEntitled);
    };
    let header = Header::from_storage(&line).map_err(ReportError::from)?;
    if !may_read(context, reader, hash, &header, report).await? {
        return Ok(BodyAnswer::NotEntitled);
    }
    match sealed {
        Some(sealed) => {
            Ok(BodyAnswer::Body(open_body(&context.seal, header.content.body(), &sealed)?.as_str().to_owned()))
        }
        None => Ok(BodyAnswer::Gone),
    }
}

async fn may_read(
    context: &Context,
    reader: &NodeId,
    hash: &Hash,
    header: &Header,
    report: Option<i64>,
) -> Result<bool, LogError> {
    let own = Seen::sealed(*hash, header);
    if entitled_by_header(reader, &own) {
        return Ok(true);
    }
    let Some(report) = report else { return Ok(false) };
    let ledger = EntrySet::load(context.database.read(), &[report]).await?;
    let seen: Vec<Seen<'_>> = ledger.of(report).iter().map(Recorded::seen).collect();
    Ok(entitled(reader, &own, fold(&seen).as_ref(), &seen))
}
