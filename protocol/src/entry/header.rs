//! The public header of an entry: one line of JSON, hashed and kept exactly as its author wrote it.

use super::EntryType;
use super::content::{BodyCommitment, Content, Header, HeaderRefused, Origin};
use super::former_places::{check_former, take_former_hashes};
use super::line::read_line;
use super::place::write_place;
use crate::bytes::Hash;
use crate::country::Country;
use crate::id::{NodeId, ReportId};
use crate::json::{self, JsonFault, only_as_object};
use crate::log::{Cursor, Position};

/// Most nodes that one entry may entitle to its body.
const TO_LIMIT: usize = 8;
/// Most digests of one URL: two keys during their overlap, and room for a second canonicaliser version.
const DIGESTS_LIMIT: usize = 8;

only_as_object!(Origin);

impl Content {
    /// An entry of `entry_type` at `ts` (seconds since 1970) with nothing else in it yet.
    #[must_use]
    pub fn new(entry_type: EntryType, ts: i64) -> Self {
        Self {
            ts: u64::try_from(ts).unwrap_or(0),
            entry_type,
            crit: Vec::new(),
            org: None,
            rid: None,
            reference: None,
            hold: None,
            tenure: None,
            target: None,
            to: Vec::new(),
            not: Vec::new(),
            of: None,
            why: None,
            digests: Vec::new(),
            status: None,
            country: None,
            body_hash: None,
            body_size: None,
            key_use: None,
            key_act: None,
            key: None,
            pop: None,
            from: None,
            was: Vec::new(),
        }
    }

    /// The report that the entry is about.
    #[must_use]
    pub fn report(&self) -> Option<ReportId> {
        Some(ReportId { origin: self.org.clone()?, rid: self.rid? })
    }

    /// The hosting country; one that this reader does not know is read as absent.
    #[must_use]
    pub fn hosting(&self) -> Option<Country> {
        self.country?.known()
    }

    /// The header's commitment to a body.
    #[must_use]
    pub fn body(&self) -> Option<BodyCommitment> {
        Some(BodyCommitment { hash: self.body_hash?, size: self.body_size? })
    }

    /// Commits to a body.
    pub fn commit(&mut self, body: BodyCommitment) {
        self.body_hash = Some(body.hash);
        self.body_size = Some(body.size);
    }

    /// The content as a header's tail: from `"ts"` to the closing brace, in the order of the specification.
    /// The place in the log is put before it when the entry is written.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the content has only strings, integers and lists")]
    pub fn to_tail(&self) -> String {
        let mut tail = serde_json::to_string(self).expect("a header's content has only strings, integers and lists");
        tail.remove(0);
        tail
    }

    fn check(&self) -> Result<(), HeaderRefused> {
        if self.to.len() > TO_LIMIT {
            return Err(HeaderRefused::ListTooLong("to"));
        }
        if self.digests.len() > DIGESTS_LIMIT {
            return Err(HeaderRefused::ListTooLong("dg"));
        }
        if self.org.is_some() != self.rid.is_some() {
            return Err(HeaderRefused::HalfPair("org", "rid"));
        }
        if self.rid.is_some_and(|rid| rid.get_version_num() != 7) {
            return Err(HeaderRefused::Fields);
        }
        match (self.body_hash, self.body_size) {
            (Some(_), Some(size)) if !size.is_power_of_two() => Err(HeaderRefused::BodySize),
            (Some(_), None) | (None, Some(_)) => Err(HeaderRefused::HalfPair("bh", "bs")),
            _ => Ok(()),
        }
    }
}

impl Header {
    /// Reads one header line (without its line feed), checking every rule of form.
    pub fn parse(line: &[u8]) -> Result<Self, HeaderRefused> {
        json::check(line, json::HEADER)?;
        let line = std::str::from_utf8(line).map_err(|_| HeaderRefused::Json(JsonFault::NotUtf8))?;
        let mut header = read_line(line)?;
        header.content.check()?;
        check_former(&header)?;
        take_former_hashes(&mut header, line)?;
        Ok(header)
    }

    /// Reads a line that was parsed or written here before, and is kept: its rules of form are not checked again.
    pub fn from_storage(line: &str) -> Result<Self, HeaderRefused> {
        let mut header = read_line(line)?;
        take_former_hashes(&mut header, line)?;
        Ok(header)
    }

    /// Its place in its author's log.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position { epoch: self.epoch, seq: self.seq }
    }

    /// The last entry of an earlier epoch that still counts, where this entry opens a further epoch.
    #[must_use]
    pub fn opens_epoch(&self) -> Option<Cursor> {
        let is_opening = self.content.entry_type == EntryType::EpochOpen && self.seq == 1;
        let Origin { ep, seq, hash } = self.content.from.filter(|_| is_opening)?;
        let is_earlier = (1..self.epoch).contains(&ep) && (seq > 0 || hash == Hash::ZERO);
        is_earlier.then_some(Cursor { epoch: ep, seq, hash })
    }

    /// Writes an entry's line: its place in the log, then its content.
    #[must_use]
    pub fn write_line(log: &NodeId, epoch: u64, seq: u64, prev: &Hash, tail: &str) -> String {
        let mut line = write_place(log, epoch, seq, prev, tail.len());
        line.push_str(tail);
        line
    }

    /// `SHA-256("hxp/entry/1\0" ‖ line)`.
    #[must_use]
    pub fn hash_line(line: &[u8]) -> Hash {
        Hash::of(&[b"hxp/entry/1\0", line])
    }
}
