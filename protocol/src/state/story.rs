//! Stories about one report, for tests: entries written one after the other by hotlines that see all before, unless
//! the test says otherwise.

use super::{Fold, Seen, fold};
use crate::bytes::Hash;
use crate::country::CountryCode;
use crate::entry::{Content, EntryType, Status};
use crate::id::NodeId;

/// The origin of every story.
pub(crate) const ORIGIN: &str = "fr-origin";

/// One entry; its hash is a number, so that a test may change it afterwards.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) hash: Hash,
    pub(crate) log: NodeId,
    pub(crate) place: (u64, u64),
    pub(crate) content: Content,
}

/// The entries about one report, in the order of writing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    pub(crate) entries: Vec<Told>,
}

pub(crate) fn node(id: &str) -> NodeId {
    id.parse().expect("a node id")
}

pub(crate) fn country(code: &str) -> CountryCode {
    code.parse().expect("a country")
}

/// The hash of a story's entry by its number, from 1.
pub(crate) fn hash_of(number: usize) -> Hash {
    Hash::of(&[&number.to_be_bytes()])
}

impl Story {
    /// A create that offers the report to `target`, or to nobody; with its hash.
    pub(crate) fn new(target: Option<&str>) -> (Self, Hash) {
        let mut story = Self::default();
        let create = story.write(ORIGIN, EntryType::Create, |content| content.target = target.map(node));
        (story, create)
    }

    /// An entry by `log` that names the last entry of the walk as `ref` and the present tenure as `hold`.
    pub(crate) fn write(&mut self, log: &str, entry_type: EntryType, change: impl FnOnce(&mut Content)) -> Hash {
        let log = node(log);
        let number = self.entries.iter().filter(|told| told.log == log).count() as u64 + 1;
        let mut content = Content::new(entry_type, 0);
        content.org = Some(node(ORIGIN));
        if let Some(now) = fold(&self.seen()) {
            content.reference = Some(now.last);
            content.hold = Some(now.hold);
        }
        change(&mut content);
        let hash = hash_of(self.entries.len() + 1);
        self.entries.push(Told { hash, log, place: (1, number), content });
        hash
    }

    pub(crate) fn accept(&mut self, log: &str, offer: Hash) -> Hash {
        self.answer(log, EntryType::Accept, offer)
    }

    pub(crate) fn refuse(&mut self, log: &str, offer: Hash) -> Hash {
        self.answer(log, EntryType::Refuse, offer)
    }

    pub(crate) fn answer(&mut self, log: &str, entry_type: EntryType, offer: Hash) -> Hash {
        self.write(log, entry_type, |content| {
            content.reference = Some(offer);
            content.of = Some(offer);
            content.hold = None;
        })
    }

    pub(crate) fn status(&mut self, log: &str, status: &Status) -> Hash {
        self.write(log, EntryType::Status, |content| content.status = Some(status.clone()))
    }

    pub(crate) fn transfer(&mut self, log: &str, target: &str) -> Hash {
        self.write(log, EntryType::Transfer, |content| content.target = Some(node(target)))
    }

    pub(crate) fn resume(&mut self, log: &str, offer: Hash) -> Hash {
        self.write(log, EntryType::Resume, |content| content.of = Some(offer))
    }

    pub(crate) fn withdraw(&mut self) -> Hash {
        self.write(ORIGIN, EntryType::Withdraw, |content| content.hold = None)
    }

    pub(crate) fn seen(&self) -> Vec<Seen<'_>> {
        self.entries.iter().map(Told::seen).collect()
    }

    pub(crate) fn fold(&self) -> Fold {
        fold(&self.seen()).expect("the create is here")
    }

    /// The fold of a reader that lacks one entry.
    pub(crate) fn fold_without(&self, missing: Hash) -> Fold {
        let seen: Vec<_> = self.seen().into_iter().filter(|entry| entry.hash != missing).collect();
        fold(&seen).expect("the create is here")
    }
}

impl Told {
    pub(crate) fn seen(&self) -> Seen<'_> {
        Seen { hash: self.hash, log: &self.log, place: self.place, content: &self.content }
    }
}
