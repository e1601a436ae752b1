//! Sealing: committed drafts are numbered, chained, committed, noted in the high-water file, and signed, in this order.
//!
//! So the order of commits is the order of the log, and nothing is signed or sent before it is durable. After a crash
//! between the commit and the signature, the next start signs what is there ([`Sealer::sign_unsigned`]).

use std::collections::HashMap;
use std::sync::Arc;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Header, draft_link, draft_of_link};
use hotline_protocol::log::{Checkpoint, Cursor, RUN_BYTES_LIMIT, RUN_ENTRIES_LIMIT};
use hotline_protocol::signature::SigningKey;
use tokio::sync::watch;

use super::error::LogError;
use super::high_water::HighWater;
use super::repository::{self, EntryToStore};
use crate::context::Context;
use crate::report::{BodyState, DraftRow};
use crate::storage::{StorageError, Write};

/// A draft's link begins with 48 hexadecimal f; nothing else in a header can.
const LINK_MARK: &str = "ffffffffffffffffffffffffffffffffffffffffffffffff";

/// What one round of sealing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// Entries sealed.
    pub entries: usize,
    /// Where the log now ends.
    pub head: Cursor,
}

/// The one who seals this node's log.
pub struct Sealer {
    context: Context,
    key: Arc<SigningKey>,
    boot: String,
    high_water: HighWater,
    head: watch::Sender<Cursor>,
}

impl Sealer {
    /// Prepares sealing; nothing happens before [`Sealer::seal_once`].
    pub async fn new(
        context: Context,
        key: Arc<SigningKey>,
        boot: String,
        high_water: HighWater,
    ) -> Result<Self, LogError> {
        let head = repository::head(context.database.read(), &context.own).await?;
        Ok(Self { context, key, boot, high_water, head: watch::Sender::new(head) })
    }

    /// The signed end of the log; changes with every run.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Cursor> {
        self.head.subscribe()
    }

    /// Whether a draft waits.
    pub async fn has_drafts(&self) -> Result<bool, LogError> {
        Ok(repository::newest_draft(self.context.database.read()).await?.is_some())
    }

    /// Seals one run of what waits; nothing where nothing waits.
    pub async fn seal_once(&self) -> Result<Option<Sealed>, LogError> {
        let context = &self.context;
        let write = context.database.write("seal_run").await?;
        let drafts = repository::take_drafts(&*write, RUN_ENTRIES_LIMIT as u64).await?;
        if drafts.is_empty() {
            return Ok(None);
        }
        let before = repository::head(&*write, &context.own).await?;
        let (entries, last_draft, head) = self.chain(&write, drafts, before).await?;
        let count = entries.len();
        repository::insert_entries(&*write, entries).await?;
        repository::delete_drafts(&*write, last_draft).await?;
        repository::set_head(&*write, &context.own, &head, context.now_micros()).await?;
        write.commit().await?;
        self.sign(before.seq + 1, head).await?;
        Ok(Some(Sealed { entries: count, head }))
    }

    /// Signs the end of the log if the last start was cut off before it could.
    pub async fn sign_unsigned(&self) -> Result<(), LogError> {
        let database = &self.context.database;
        let head = repository::head(database.read(), &self.context.own).await?;
        let after = head.position();
        let signed = repository::newest_checkpoint_position(database.read(), &self.context.own).await?;
        if head.seq > 0 && signed.is_none_or(|signed| signed < after) {
            let first = signed.filter(|signed| signed.epoch == head.epoch).map_or(1, |signed| signed.seq + 1);
            self.sign(first, head).await?;
        }
        Ok(())
    }

    async fn sign(&self, first_seq: u64, head: Cursor) -> Result<(), LogError> {
        let high_water = self.high_water.clone();
        tokio::task::spawn_blocking(move || high_water.write(&head)).await.expect("writing a file does not panic")?;
        let checkpoint = Checkpoint {
            net: self.context.network.clone(),
            log: self.context.own.clone(),
            ep: head.epoch,
            seq: head.seq,
            h: head.hash,
            ts: u64::try_from(self.context.clock.unix_seconds()).unwrap_or(0),
            boot: self.boot.clone(),
        };
        let signed = checkpoint.sign(&self.key);
        let write = self.context.database.write("sign_run").await?;
        repository::insert_run(&*write, &self.context.own, first_seq, &head, &signed).await?;
        write.commit().await?;
        self.head.send_replace(head);
        Ok(())
    }

    /// Numbers and chains drafts; gives the entries, the last draft taken, and where the log then ends.
    async fn chain(
        &self,
        write: &Write<'_>,
        drafts: Vec<DraftRow>,
        mut head: Cursor,
    ) -> Result<(Vec<EntryToStore>, i64, Cursor), LogError> {
        let mut links = self.links_to_sealed(write, &drafts).await?;
        let mut entries = Vec::with_capacity(drafts.len());
        let (mut bytes, mut last_draft) = (0, 0);
        for draft in drafts {
            let tail = resolve_links(draft.tail, &links)?;
            let seq = head.seq + 1;
            let line = Header::write_line(&self.context.own, head.epoch, seq, &head.hash, &tail);
            bytes += line.len() + draft.body.as_ref().map_or(0, Vec::len);
            if bytes > RUN_BYTES_LIMIT && !entries.is_empty() {
                break;
            }
            let hash = Header::hash_line(line.as_bytes());
            links.insert(draft.number.unsigned_abs(), hash);
            head = Cursor { epoch: head.epoch, seq, hash };
            last_draft = draft.number;
            let closes_run = line.contains(r#""type":"key.announce/1""#);
            entries.push(EntryToStore {
                log: self.context.own.clone(),
                epoch: head.epoch,
                seq,
                hash,
                report: draft.report,
                header: line,
                body_state: if draft.body.is_some() { BodyState::Here } else { BodyState::None },
                body: draft.body,
                draft: Some(draft.number),
            });
            if closes_run {
                break;
            }
        }
        Ok((entries, last_draft, head))
    }

    /// The hashes of entries that drafts of this batch point at by their drafts' numbers.
    async fn links_to_sealed(&self, write: &Write<'_>, drafts: &[DraftRow]) -> Result<HashMap<u64, Hash>, LogError> {
        let wanted: Vec<i64> = drafts
            .iter()
            .flat_map(|draft| links_in(&draft.tail))
            .map(|number| i64::try_from(number).unwrap_or(i64::MAX))
            .collect();
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let found = repository::hashes_of_drafts(&**write, &wanted).await?;
        Ok(found.into_iter().map(|(draft, hash)| (draft.unsigned_abs(), hash)).collect())
    }
}

/// The drafts that a tail points at.
fn links_in(tail: &str) -> impl Iterator<Item = u64> + '_ {
    tail.match_indices(LINK_MARK)
        .filter_map(|(at, _)| tail.get(at..at + 64)?.parse::<Hash>().ok())
        .filter_map(|link| draft_of_link(&link))
}

fn resolve_links(mut tail: String, known: &HashMap<u64, Hash>) -> Result<String, LogError> {
    let numbers: Vec<u64> = links_in(&tail).collect();
    for number in numbers {
        let hash = known.get(&number).ok_or(StorageError::Inconsistent("draft"))?;
        tail = tail.replace(&draft_link(number).to_string(), &hash.to_string());
    }
    Ok(tail)
}
