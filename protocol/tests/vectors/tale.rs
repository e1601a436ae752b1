//! Logs of several authors about one report, as they grow.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::CountryCode;
use hotline_protocol::entry::{Content, EntryType, Header, Origin, Status};
use hotline_protocol::state::{Fold, fold};

use crate::file::{again, said};
use crate::outcome::{seen, told};
use crate::pen::{NOW, Pen, node};

pub(crate) const ORIGIN: &str = "fr-a";
pub(crate) const B: &str = "de-b";
pub(crate) const C: &str = "nl-c";
pub(crate) const D: &str = "es-d";
/// Of a country that no list has.
pub(crate) const X: &str = "xq-x";
pub(crate) const RID: &str = "019b76da-a800-7000-8000-000000000001";

/// Logs as they grow.
#[derive(Default)]
pub(crate) struct Tale {
    logs: BTreeMap<&'static str, Pen>,
}

impl Tale {
    /// A create that offers the report to `target`, or to nobody.
    pub(crate) fn new(target: Option<&str>) -> (Self, Hash) {
        Self::with(|content| content.target = target.map(node))
    }

    pub(crate) fn with(change: impl FnOnce(&mut Content)) -> (Self, Hash) {
        let mut tale = Self::default();
        let create = tale.write(ORIGIN, EntryType::Create, |content| {
            content.country = "NL".parse().ok();
            change(content);
        });
        (tale, create)
    }

    /// An entry that names the walk's last entry as `ref` and the present tenure as `hold`.
    pub(crate) fn write(
        &mut self,
        log: &'static str,
        entry_type: EntryType,
        change: impl FnOnce(&mut Content),
    ) -> Hash {
        let mut content = Content::new(entry_type, NOW);
        (content.org, content.rid) = (Some(node(ORIGIN)), Some(RID.parse().expect("a UUID")));
        content.tenure = Some(1);
        if let Some(now) = self.fold() {
            (content.reference, content.hold, content.tenure) = (Some(now.last), Some(now.hold), Some(now.tenure));
        }
        change(&mut content);
        self.logs.entry(log).or_insert_with(|| Pen::new(log)).write(&content, "")
    }

    /// The last entry of a log, so many times more.
    pub(crate) fn again(&mut self, log: &str, times: usize) {
        let pen = self.logs.get_mut(log).expect("a log");
        for _ in 0..times {
            let (last, _) = pen.lines.last().expect("an entry");
            let line = again(last, said(last));
            pen.add(line, "");
        }
    }

    pub(crate) fn answer(&mut self, log: &'static str, entry_type: EntryType, offer: Hash) -> Hash {
        self.write(log, entry_type, |content| {
            (content.reference, content.of, content.hold) = (Some(offer), Some(offer), None);
        })
    }

    pub(crate) fn accept(&mut self, log: &'static str, offer: Hash) -> Hash {
        self.answer(log, EntryType::Accept, offer)
    }

    pub(crate) fn status(&mut self, log: &'static str, code: &str) -> Hash {
        self.write(log, EntryType::Status, |content| content.status = Some(Status::of_code(code)))
    }

    pub(crate) fn transfer(&mut self, log: &'static str, target: &str, change: impl FnOnce(&mut Content)) -> Hash {
        self.write(log, EntryType::Transfer, |content| {
            content.target = Some(node(target));
            change(content);
        })
    }

    pub(crate) fn resume(&mut self, log: &'static str, offer: Hash) -> Hash {
        self.write(log, EntryType::Resume, |content| content.of = Some(offer))
    }

    pub(crate) fn lines(&self) -> BTreeMap<String, Vec<String>> {
        let lines = |pen: &Pen| pen.lines.iter().map(|(line, _)| line.clone()).collect();
        self.logs.iter().map(|(log, pen)| ((*log).to_owned(), lines(pen))).collect()
    }

    pub(crate) fn fold(&self) -> Option<Fold> {
        let told = told(&self.lines());
        fold(&seen(&told))
    }

    /// Opens the next epoch of a log after its entry number `seq` of the present one, and says the rest again.
    pub(crate) fn open(&mut self, log: &'static str, from: Origin, again: bool) {
        let pen = self.logs.get(log).expect("a log").clone();
        let rest: Vec<String> = pen
            .lines
            .iter()
            .map(|(line, _)| line.clone())
            .filter(|line| {
                let header = Header::parse(line.as_bytes()).expect("a header");
                (header.epoch, header.seq) > (from.ep, from.seq) && header.content.entry_type != EntryType::EpochOpen
            })
            .collect();
        let mut pen = pen.clone().in_epoch(pen.epoch + 1);
        let mut content = Content::new(EntryType::EpochOpen, NOW);
        content.from = Some(from);
        pen.write(&content, "");
        for line in rest.iter().filter(|_| again) {
            let line = Header::say_again(line, pen.epoch, pen.seq + 1, &pen.head).expect("said again");
            pen.add(line, "");
        }
        self.logs.insert(log, pen);
    }

    pub(crate) fn place(&self, log: &str, seq: usize) -> Origin {
        let (line, _) = &self.logs[log].lines[seq - 1];
        let header = Header::parse(line.as_bytes()).expect("a header");
        Origin { ep: header.epoch, seq: header.seq, hash: Header::hash_line(line.as_bytes()) }
    }
}

pub(crate) fn countries(codes: &[&str]) -> Vec<CountryCode> {
    codes.iter().map(|code| code.parse().expect("two capitals")).collect()
}

pub(crate) fn accepted() -> (Tale, Hash, Hash) {
    let (mut tale, create) = Tale::new(Some(B));
    let accept = tale.accept(B, create);
    (tale, create, accept)
}
