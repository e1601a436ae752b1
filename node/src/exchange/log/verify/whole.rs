//! Checking a stored log from its first entry to its head: chain, hashes, checkpoints, bodies.

use std::collections::BTreeMap;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{BoundKey, Cursor, KeyHistory, Position};

use super::verify_chain::{Chain, LogFault};
use crate::context::Context;
use crate::exchange::log::epoch::line_of;
use crate::exchange::log::error::LogError;
use crate::exchange::log::repository;
use crate::exchange::log::repository::StoredEntry;
use crate::exchange::log::seal::HighWater;
use crate::report::open_body;
use crate::trust::peer::load_keys;

/// Entries held at once.
const PAGE: u64 = 2_000;

/// Result of verifying one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCheck {
    /// Entries that are here.
    pub entries: u64,
    /// The first thing that does not hold.
    pub fault: Option<LogFault>,
}

/// Verifies every log that is here, or one. Our own is held against the high-water file too.
pub async fn verify_logs(
    context: &Context,
    high_water: &HighWater,
    only: Option<&NodeId>,
) -> Result<BTreeMap<NodeId, LogCheck>, LogError> {
    // Read before the entries: anything written meanwhile is not looked at.
    let heads = repository::heads(context.database.read()).await?;
    let signed = if only.is_none_or(|only| *only == context.own) { high_water.read()? } else { None };
    let mut checks = BTreeMap::new();
    for (log, (head, _)) in heads {
        if only.is_none_or(|only| *only == log) {
            let signed = signed.filter(|_| log == context.own);
            let open_after = (log == context.own).then(|| signed.unwrap_or(Cursor::START).position());
            let mut check = verify_log(context, &log, head, open_after).await?;
            if let Some(signed) = signed.filter(|_| check.fault.is_none()) {
                check.fault = against_high_water(context, &signed, &head).await?;
            }
            checks.insert(log, check);
        }
    }
    if only.is_some() && checks.is_empty() {
        return Err(LogError::UnknownLog);
    }
    Ok(checks)
}

async fn verify_log(
    context: &Context,
    log: &NodeId,
    head: Cursor,
    open_after: Option<Position>,
) -> Result<LogCheck, LogError> {
    let mut keys = load_keys(context.database.read(), log).await?;
    if *log != context.own {
        keys = as_they_signed(&keys);
    }
    let line = line_of(context.database.read(), log, head.epoch).await?;
    let mut chain = Chain::new(&context.network, log, &keys, &line);
    let mut check = LogCheck { entries: 0, fault: None };
    let mut after = Position { epoch: 0, seq: 0 };
    loop {
        let page = repository::entries_after(context.database.read(), log, after, head.position(), PAGE).await?;
        let Some(last) = page.last().map(|entry| entry.place) else { break };
        check.entries += page.len() as u64;
        if check.fault.is_none() {
            check.fault = verify_page(context, &mut chain, &page, after, last).await?;
        }
        after = last;
    }
    check.fault = check.fault.or_else(|| chain.end(&head, open_after));
    Ok(check)
}

/// The keys of a peer's log, revoked ones too, each for the places that it signed. A card that people confirmed may
/// leave out an earlier key. Nothing more is taken under that key, and its absence does not damage the entries taken
/// before. Otherwise a peer that gives such a card makes this node's copy look broken for good.
fn as_they_signed(keys: &KeyHistory) -> KeyHistory {
    KeyHistory::new(keys.keys().iter().map(|bound| BoundKey { revoked: false, ..bound.clone() }).collect())
}

async fn verify_page(
    context: &Context,
    chain: &mut Chain<'_>,
    page: &[StoredEntry],
    after: Position,
    last: Position,
) -> Result<Option<LogFault>, LogError> {
    let checkpoints = repository::checkpoints_between(context.database.read(), chain.log(), after, last).await?;
    for entry in page {
        let header = match chain.take(entry, checkpoints.get(&entry.place)) {
            Ok(header) => header,
            Err(fault) => return Ok(Some(fault)),
        };
        if let Some(from) = header.opens_epoch()
            && repository::hash_at(context.database.read(), chain.log(), from.position()).await? != Some(from.hash)
        {
            return Ok(Some(LogFault::at(entry.place, "its epoch goes on after an entry that is not here")));
        }
        if let Some(sealed) = &entry.body
            && open_body(&context.seal, header.content.body(), sealed).is_err()
        {
            return Ok(Some(LogFault::at(entry.place, "its body is not the one that its header commits to")));
        }
    }
    Ok(None)
}

/// The database must hold the entry signed last: else it was restored from a backup, or cloned.
async fn against_high_water(context: &Context, signed: &Cursor, head: &Cursor) -> Result<Option<LogFault>, LogError> {
    let place = signed.position();
    if place.epoch < head.epoch {
        // An operator left it behind.
        return Ok(None);
    }
    if place > head.position() {
        // A running `serve` may have sealed more since the head was read.
        let now = repository::own_log(context.database.read(), &context.own).await?;
        if place > now.head.position() {
            return Ok(Some(LogFault::at(
                place,
                "it was signed, says the high-water file, and is not in the database",
            )));
        }
    }
    let here = repository::hash_at(context.database.read(), &context.own, place).await?;
    Ok((here != Some(signed.hash)).then(|| LogFault::at(place, "the high-water file names another entry there")))
}
