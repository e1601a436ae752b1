//! A log goes on in a further epoch: our own, by an operator's word; another's, when its author says so.
//!
//! The entries signed after the last good one contradict each other, are lost, or are a thief's. They stay, and count
//! for nothing. Their author says those again that it has and stands by, so that nothing else changes (protocol,
//! section 2).

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Header, Origin};
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::log::{Cursor, Position};

use super::epoch_repository::{EPOCH_STEP_LIMIT, insert_epoch, leave_behind, line_of, signed_places};
use crate::context::Context;
use crate::exchange::log::body_repository;
use crate::exchange::log::error::LogError;
use crate::exchange::log::fork::standing_forks;
use crate::exchange::log::repository::{StoredEntry, entries_after, hash_at};
use crate::report::query::repository::by_keys;
use crate::report::replay::{Refolded, rebuild};
use crate::report::{BodyState, EntryToStore, Number, ReportError, head, insert_entries, set_head};
use crate::storage::{Write, leave_setting};
use crate::trust::peer::move_announcement;

/// The name of the setting that tells a serving node of a new epoch of its own.
pub const EPOCH_SETTING: &str = "epoch_opened";

/// Entries that are said again at once.
const PAGE: u64 = 1_000;

/// An epoch of our own log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenedEpoch {
    /// Its number.
    pub epoch: u64,
    /// The last entry before it that still counts.
    pub from: Cursor,
    /// How many entries after that one were said again.
    pub said_again: u64,
}

/// The entries and reports that an epoch of another's log left behind here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftBehind {
    /// Entries that count no more.
    pub entries: u64,
    /// The reports that they are about, with this hotline's own number where it has one.
    pub reports: Vec<(ReportId, Option<Number>)>,
    /// Reports that this hotline holds although their create counts no more.
    pub held_without_create: Vec<ReportId>,
}

/// Opens an epoch of another's log, as its author says: the entries after `from` here count for nothing until they are
/// said again.
pub async fn take_epoch(
    context: &Context,
    write: &Write<'_>,
    log: &NodeId,
    epoch: u64,
    from: &Cursor,
) -> Result<LeftBehind, LogError> {
    insert_epoch(&**write, log, epoch, from).await?;
    let (reports, entries) = leave_behind(write, log, from.position(), epoch).await?;
    let held_without_create = refold_all(context, write, &reports).await?;
    let concerned = by_keys(&**write, &reports).await?.into_iter().map(|report| (report.id, report.number)).collect();
    Ok(LeftBehind { entries, reports: concerned, held_without_create })
}

async fn refold_all(context: &Context, write: &Write<'_>, reports: &[i64]) -> Result<Vec<ReportId>, LogError> {
    let Refolded { effects, own_entries, held_without_create } = rebuild(context, write, reports).await?;
    body_repository::close_to_readers(write, &context.own, &own_entries).await?;
    body_repository::insert_wants(write, &effects.wanted, context.now_micros()).await?;
    body_repository::open_to_readers(write, &effects.opened).await?;
    Ok(held_without_create)
}

/// Whether an entry that is said again was taken here already, at one of its earlier places.
pub async fn was_taken(write: &Write<'_>, header: &Header) -> Result<bool, LogError> {
    for former in &header.content.was {
        let place = Position { epoch: former.ep, seq: former.seq };
        if hash_at(&**write, &header.log, place).await? == Some(former.hash) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Opens an epoch of our own log after `from`, a place that counts. Says again in it the entries that we have beyond
/// that: changes of keys only where `keys_go_on`. Its number is beyond every epoch known here, and beyond `used`.
/// Refuses a number that no reader would follow.
pub async fn open_epoch(
    context: &Context,
    write: &Write<'_>,
    from: &Cursor,
    used: u64,
    keys_go_on: bool,
) -> Result<OpenedEpoch, LogError> {
    let own = &context.own;
    let end = head(&**write, own).await?;
    let line = line_of(&**write, own, end.epoch).await?;
    let is_here = hash_at(&**write, own, from.position()).await? == Some(from.hash);
    if !is_here || !line.counts(from.position()) {
        return Err(LogError::Diverged(end));
    }
    if used >= end.epoch.saturating_add(EPOCH_STEP_LIMIT) {
        return Err(LogError::EpochTooFar(used));
    }
    let epoch = end.epoch.max(used) + 1;
    let mut opening = Content::new(EntryType::EpochOpen, context.clock.unix_seconds());
    opening.from = Some(Origin { ep: from.epoch, seq: from.seq, hash: from.hash });
    let mut writer = Again::new(own, epoch);
    writer.write(None, Header::write_line(own, epoch, 1, &Hash::ZERO, &opening.to_tail()), None, BodyState::None);
    let mut after = from.position();
    loop {
        let page = entries_after(&**write, own, after, end.position(), PAGE).await?;
        let Some(last) = page.last().map(|entry| entry.place) else { break };
        for entry in page {
            let header = Header::from_storage(&entry.header).map_err(ReportError::from)?;
            let says = match header.content.entry_type {
                EntryType::EpochOpen => false,
                EntryType::KeyAnnounce => keys_go_on,
                _ => true,
            };
            if says && line.counts(entry.place) {
                let (was, now) = (entry.place, writer.say_again(entry)?);
                if header.content.entry_type == EntryType::KeyAnnounce {
                    move_announcement(&**write, own, was, now).await?;
                }
            }
        }
        writer.save(write).await?;
        after = last;
    }
    let end = writer.save(write).await?;
    insert_epoch(&**write, own, epoch, from).await?;
    set_head(&**write, own, &end, context.now_micros()).await?;
    let (reports, _) = leave_behind(write, own, from.position(), epoch).await?;
    refold_all(context, write, &reports).await?;
    leave_setting(write, EPOCH_SETTING, &epoch.to_string()).await?;
    Ok(OpenedEpoch { epoch, from: *from, said_again: end.seq - 1 })
}

/// The new epoch's entries, written one after the other.
struct Again<'o> {
    own: &'o NodeId,
    end: Cursor,
    entries: Vec<EntryToStore>,
}

impl<'o> Again<'o> {
    const fn new(own: &'o NodeId, epoch: u64) -> Self {
        Self { own, end: Cursor { epoch, seq: 0, hash: Hash::ZERO }, entries: Vec::new() }
    }

    /// Gives the place where it says it.
    fn say_again(&mut self, entry: StoredEntry) -> Result<Position, LogError> {
        let Cursor { epoch, seq, hash } = self.end;
        let again = Header::say_again(&entry.header, epoch, seq + 1, &hash).map_err(ReportError::from)?;
        self.write(entry.report, again, entry.body, entry.body_state);
        Ok(self.end.position())
    }

    fn write(&mut self, report: Option<i64>, header: String, body: Option<Vec<u8>>, body_state: BodyState) {
        let hash = Header::hash_line(header.as_bytes());
        self.end = Cursor { seq: self.end.seq + 1, hash, ..self.end };
        let (log, place) = (self.own.clone(), self.end.position());
        self.entries.push(EntryToStore { log, place, hash, report, header, body, body_state });
    }

    async fn save(&mut self, write: &Write<'_>) -> Result<Cursor, LogError> {
        insert_entries(write, std::mem::take(&mut self.entries)).await?;
        Ok(self.end)
    }
}

/// The places that this node has signed up to and that count, in order; none beyond `last_good`, where that is given, and
/// none that is proven to be signed twice, or behind it.
pub async fn good_places(
    context: &Context,
    log: &NodeId,
    last_good: Option<Position>,
) -> Result<Vec<Position>, LogError> {
    let connection = context.database.read();
    let end = head(connection, log).await?;
    let line = line_of(connection, log, end.epoch).await?;
    let mut places = signed_places(connection, log).await?;
    let fork = standing_forks(connection).await?.remove(log);
    let is_good =
        |place: &Position| last_good.is_none_or(|last| *place <= last) && fork.is_none_or(|fork| *place < fork);
    places.retain(|place| line.counts(*place) && is_good(place));
    Ok(places)
}
