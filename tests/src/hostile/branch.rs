//! One telling of a log: a chain that its author has signed, possibly one of several.

use hotline_protocol::log::{Cursor, SignedCheckpoint};

/// A telling. A clone goes its own way: two of one author are two tellings from there on.
#[derive(Debug, Clone)]
pub struct Branch {
    end: Cursor,
    head: Option<SignedCheckpoint>,
    lines: Vec<String>,
    runs: Vec<String>,
    /// Before each run: where it ended, and how many entries it had.
    before: Vec<(Cursor, usize)>,
}

impl Default for Branch {
    fn default() -> Self {
        Self::of_epoch(1)
    }
}

impl Branch {
    /// One without entries, of an epoch.
    #[must_use]
    pub const fn of_epoch(epoch: u64) -> Self {
        let end = Cursor { epoch, ..Cursor::START };
        Self { end, head: None, lines: Vec::new(), runs: Vec::new(), before: Vec::new() }
    }

    /// Where it ends.
    #[must_use]
    pub const fn end(&self) -> &Cursor {
        &self.end
    }

    /// The checkpoint of its end; nothing of a telling without entries.
    #[must_use]
    pub const fn head(&self) -> Option<&SignedCheckpoint> {
        self.head.as_ref()
    }

    /// The header lines of all its entries.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Its runs as they go over the wire, in order.
    #[must_use]
    pub fn runs(&self) -> &[String] {
        &self.runs
    }

    /// Takes its last run back: nobody has it.
    pub(super) fn take_back(&mut self) {
        if let (Some(_), Some((end, entries))) = (self.runs.pop(), self.before.pop()) {
            self.end = end;
            self.lines.truncate(entries);
            self.head = self.runs.last().and_then(|run| run.lines().next()).map(SignedCheckpoint::new);
        }
    }

    /// Adds a run that ends there.
    pub(super) fn add(&mut self, run: String, end: Cursor) {
        self.before.push((self.end, self.lines.len()));
        self.head = run.lines().next().map(SignedCheckpoint::new);
        self.lines.extend(run.lines().skip(1).step_by(2).map(str::to_owned));
        self.runs.push(run);
        self.end = end;
    }
}
