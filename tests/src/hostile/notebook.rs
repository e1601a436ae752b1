//! State that the hands of one attacker share: its telling of its log, and the part that each node has. Also entries
//! seen of others, and the answers to its calls.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, Header};
use hotline_protocol::log::Cursor;

use super::branch::Branch;
use super::member::{Member, Told};
use crate::peer::forged_run::Forger;

/// So much of its log is written; beyond, it only repeats entries that it has.
const LOG_BYTES: usize = 256 * 1_024 * 1_024;
/// So much of others' logs is looked at.
const SEEN: usize = 4_000;

/// Answers to each attack's calls: attack, answer, number.
pub type Answers = BTreeMap<&'static str, BTreeMap<String, u64>>;

/// The notebook. Each holder of it writes whole runs at a time: two hands never write under one place by chance.
pub(super) struct Notebook {
    /// The pen that signs the next entries.
    pub(super) pen: Forger,
    /// Its start, as its hellos say it.
    pub(super) boot: String,
    pub(super) log: Branch,
    /// Its own endless report: the create with its hash, and the last entry's hash.
    pub(super) long: Option<(Content, Hash, Hash)>,
    pub(super) seen: Vec<(Hash, Header)>,
    /// How far each node has its log, in runs.
    pub(super) reached: Vec<usize>,
    /// How far it has read each node's log.
    pub(super) read: Vec<Cursor>,
    /// The counter of its newest card.
    pub(super) card_number: u64,
    pub(super) answers: Answers,
    written: usize,
}

impl Notebook {
    pub(super) fn of(member: &Member, honest: usize) -> Self {
        Self {
            pen: member.pen.clone(),
            boot: member.boot.clone(),
            log: Branch::default(),
            long: None,
            seen: Vec::new(),
            reached: vec![0; honest],
            read: vec![Cursor::START; honest],
            card_number: 1,
            answers: Answers::new(),
            written: 0,
        }
    }

    /// Writes a run of `count` entries at the end of its log, while there is room; gives where the log ends then.
    pub(super) fn write(
        &mut self,
        member: &Member,
        count: usize,
        tell: impl FnMut(&Cursor) -> anyhow::Result<Told>,
    ) -> anyhow::Result<Cursor> {
        if self.written < LOG_BYTES {
            self.written += member.write_each(&mut self.log, count, tell)?.len();
        }
        Ok(*self.log.end())
    }

    /// Of a node: the place and text of the first run that it does not have.
    pub(super) fn next_run(&self, node: usize) -> Option<(usize, String)> {
        let place = self.reached[node];
        self.log.runs().get(place).map(|run| (place, run.clone()))
    }

    /// A node has taken the run at this place.
    pub(super) fn has_taken(&mut self, node: usize, place: usize) {
        self.reached[node] = self.reached[node].max(place + 1);
    }

    /// A last run that breaks the protocol's form is no part of its log: nodes must look at the next runs, too.
    pub(super) fn take_back_what_nobody_takes(&mut self, place: usize, status: u16) {
        let runs = self.log.runs().len();
        let is_news = place + 1 == runs && self.reached.iter().all(|reached| *reached < runs);
        if is_news && matches!(status, 400 | 413 | 422) {
            self.log.take_back();
        }
    }

    /// Keeps entries of others' logs for later.
    pub(super) fn remember(&mut self, node: usize, entries: Vec<(Hash, Header)>) {
        if let Some((hash, last)) = entries.last() {
            self.read[node] = Cursor { epoch: last.epoch, seq: last.seq, hash: *hash };
        }
        let room = SEEN.saturating_sub(self.seen.len());
        self.seen.extend(entries.into_iter().take(room));
    }
}
