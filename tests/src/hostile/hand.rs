//! Entries with bodies; a test chooses every word of them.

use hotline_node::randomness::Randomness;
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Body, BodyLine, Content, Header, Salt};
use hotline_protocol::log::Cursor;
use hotline_protocol::url::ReportedUrl;

use super::member::Member;

/// Entries that a member writes from the beginning of its log on, waiting for a run.
pub struct Hand<'m> {
    member: &'m Member,
    end: Cursor,
    lines: Vec<(String, Option<String>)>,
}

impl<'m> Hand<'m> {
    /// At the beginning of a member's log.
    #[must_use]
    pub const fn of(member: &'m Member) -> Self {
        Self { member, end: Cursor::START, lines: Vec::new() }
    }

    /// Writes an entry, with a body that names a URL or with none. Gives its hash.
    pub fn add(&mut self, mut says: Content, url: Option<&str>) -> anyhow::Result<Hash> {
        let body = url.map(body_of).transpose()?;
        if let Some(body) = &body {
            says.commit(body.commitment());
        }
        let (log, before) = (&self.member.id, &self.end);
        let line = Header::write_line(log, before.epoch, before.seq + 1, &before.hash, &says.to_tail());
        let hash = Header::hash_line(line.as_bytes());
        self.end = Cursor { seq: before.seq + 1, hash, epoch: before.epoch };
        self.lines.push((line, body.map(|body| body.as_str().to_owned())));
        Ok(hash)
    }

    /// A run of all that was written since the last one.
    pub fn run(&mut self) -> anyhow::Result<String> {
        let lines = self.lines.iter().map(|(line, body)| (&**line, body.as_deref()));
        let run = self.member.pen.signed_with(lines, &self.end)?;
        self.lines.clear();
        Ok(run)
    }
}

fn body_of(url: &str) -> anyhow::Result<BodyLine> {
    let mut body = Body::new(Salt::from_bytes(Randomness.bytes()));
    body.url = Some(ReportedUrl::parse(url)?);
    Ok(body.to_line()?)
}
