//! A report with an author that writes about it for ever: statuses that each name the one before.

use hotline_node::randomness::Randomness;
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{BodyCommitment, BodyLine, Content, EntryType, Header, Salt, Status};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;

use super::member::Member;

/// The report, and where its author's log ends.
pub struct LongReport {
    create: Content,
    /// Nodes entitled to the bodies; without any, there are none.
    readers: Vec<NodeId>,
    begun: Option<Hash>,
    end: Cursor,
}

impl LongReport {
    /// A report of the member's own, at the beginning of its log. Its entries have bodies where there are readers.
    pub fn of(member: &Member, readers: &[&str]) -> anyhow::Result<Self> {
        let readers = readers.iter().map(|reader| reader.parse()).collect::<Result<_, _>>()?;
        Ok(Self { create: member.create()?, readers, begun: None, end: Cursor::START })
    }

    /// Its id, as people write it.
    #[must_use]
    pub fn id(&self) -> String {
        self.create.report().map(|id| id.to_string()).unwrap_or_default()
    }

    /// Where the log ends.
    #[must_use]
    pub const fn end(&self) -> &Cursor {
        &self.end
    }

    /// A run of `count` more entries.
    pub fn write(&mut self, member: &Member, count: usize) -> anyhow::Result<String> {
        let mut lines = Vec::with_capacity(count);
        for _ in 0..count {
            let mut says = self.create.clone();
            says.to.clone_from(&self.readers);
            if let Some(create) = self.begun {
                says.entry_type = EntryType::Status;
                says.status =
                    Some(if self.end.seq.is_multiple_of(2) { Status::LeaInformed } else { Status::IspInformed });
                (says.reference, says.hold) = (Some(self.end.hash), Some(create));
            }
            let body = (!self.readers.is_empty()).then(body).transpose()?;
            if let Some((_, commitment)) = &body {
                says.commit(*commitment);
            }
            let line =
                Header::write_line(&member.id, self.end.epoch, self.end.seq + 1, &self.end.hash, &says.to_tail());
            let hash = Header::hash_line(line.as_bytes());
            self.begun.get_or_insert(hash);
            self.end = Cursor { seq: self.end.seq + 1, hash, ..self.end };
            lines.push((line, body.map(|(line, _)| line)));
        }
        member.pen.signed_with(lines.iter().map(|(line, body)| (line.as_str(), body.as_deref())), &self.end)
    }
}

/// A body that says nothing.
fn body() -> anyhow::Result<(String, BodyCommitment)> {
    let line: BodyLine = hotline_protocol::entry::Body::new(Salt::from_bytes(Randomness.bytes())).to_line()?;
    Ok((line.as_str().to_owned(), line.commitment()))
}
