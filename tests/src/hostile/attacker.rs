//! The attacker: a hand of one member. Several of them strike at the same time, and share one notebook.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, Header};
use hotline_protocol::log::Cursor;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use super::attack::Attack;
use super::member::{Member, Told};
use super::notebook::{Answers, Notebook};
use crate::chance::Chance;
use crate::node::federation::Federation;
use crate::node::node_process::ProcessNode;
use crate::peer::forged_run::Forger;
use crate::peer::outsider::{Answer, Outsider};

/// Every attack is over by then.
const LONGEST: Duration = Duration::from_secs(20);
/// So many runs are pushed before another attack's turn comes.
const RUNS_AT_ONCE: usize = 8;
/// So many calls of a hand are left hanging at a time.
const HANGING: usize = 24;

/// A hand of the hostile member. Nodes are named by their places among the honest ones.
pub struct Attacker {
    pub(super) member: Member,
    pub(super) chance: Chance,
    hanging: JoinSet<()>,
    book: Arc<Mutex<Notebook>>,
    federation: Arc<Federation>,
    honest: usize,
    attack: &'static str,
}

impl Attacker {
    /// A member that attacks the first `honest` nodes of a federation, choosing by this chance.
    #[must_use]
    pub fn new(member: Member, federation: Arc<Federation>, honest: usize, chance: Chance) -> Self {
        let book = Arc::new(Mutex::new(Notebook::of(&member, honest)));
        Self { member, chance, hanging: JoinSet::new(), book, federation, honest, attack: "" }
    }

    /// Another hand of the same member; it goes on in the same log.
    #[must_use]
    pub fn another_hand(&self, member: Member, chance: Chance) -> Self {
        Self {
            member,
            chance,
            hanging: JoinSet::new(),
            book: Arc::clone(&self.book),
            federation: Arc::clone(&self.federation),
            honest: self.honest,
            attack: "",
        }
    }

    /// Attacks a node that chance chooses.
    pub async fn strike(&mut self, attack: Attack) {
        self.attack = attack.name();
        let boot = self.book().boot.clone();
        self.member.boot = boot;
        let node = self.pick(self.honest);
        match timeout(LONGEST, attack.strike(self, node)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => self.note("connection ended"),
            Err(_) => self.note("no answer in time"),
        }
    }

    /// Lets go of everything, and returns the answers to all hands' calls so far.
    pub async fn rest(mut self) -> Answers {
        self.hanging.shutdown().await;
        self.book().answers.clone()
    }

    /// State that all hands share: held for a moment, and never during a wait.
    pub(super) fn book(&self) -> MutexGuard<'_, Notebook> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn pick(&mut self, length: usize) -> usize {
        let length = u64::try_from(length.max(1)).unwrap_or(1);
        usize::try_from(self.chance.within(0..length)).unwrap_or(0)
    }

    pub(super) fn node(&self, place: usize) -> &ProcessNode {
        &self.federation[place]
    }

    /// The id of an honest node.
    pub(super) fn id_of(&self, place: usize) -> &'static str {
        self.node(place).who.id
    }

    pub(super) const fn honest(&self) -> usize {
        self.honest
    }

    pub(super) fn client(&self, place: usize) -> anyhow::Result<Outsider> {
        self.member.client(self.node(place))
    }

    /// A connection to a node in its name, after the handshake.
    pub(super) async fn wire(&self, place: usize) -> anyhow::Result<TlsStream<TcpStream>> {
        self.member.wire(self.node(place)).await
    }

    pub(super) fn note(&self, answer: &str) {
        *self.book().answers.entry(self.attack).or_default().entry(answer.to_owned()).or_default() += 1;
    }

    pub(super) fn heard(&self, answer: &Answer) {
        let said = match &answer.problem {
            Some(problem) => problem.clone(),
            None if answer.status < 300 => "taken".to_owned(),
            None => answer.status.to_string(),
        };
        self.note(&said);
    }

    /// Leaves a call hanging beside the next ones; of too many none more.
    pub(super) fn hang(&mut self, call: impl Future<Output = ()> + Send + 'static) {
        while self.hanging.try_join_next().is_some() {}
        if self.hanging.len() < HANGING {
            self.hanging.spawn(call);
            self.note("left hanging");
        } else {
            self.note("enough hang already");
        }
    }

    /// Where its log ends now.
    pub(super) fn log_end(&self) -> Cursor {
        *self.book().log.end()
    }

    /// The pen that signs its log now.
    pub(super) fn pen(&self) -> Forger {
        self.book().pen.clone()
    }

    /// Writes a run of `count` entries at the end of its log, and pushes the missing runs to a node. Gives where the
    /// run ends.
    pub(super) async fn publish(
        &mut self,
        place: usize,
        count: usize,
        tell: impl FnMut(&Cursor) -> anyhow::Result<Told> + Send,
    ) -> anyhow::Result<Cursor> {
        let end = self.write(count, tell)?;
        self.bring_up(place).await?;
        Ok(end)
    }

    fn write(
        &mut self,
        count: usize,
        tell: impl FnMut(&Cursor) -> anyhow::Result<Told> + Send,
    ) -> anyhow::Result<Cursor> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        self.member.pen = book.pen.clone();
        book.write(&self.member, count, tell)
    }

    /// Writes an entry that makes `next` the pen of all later entries, and pushes the missing runs to a node.
    pub(super) async fn switch_to(&mut self, place: usize, says: Content, next: Forger) -> anyhow::Result<()> {
        {
            let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
            self.member.pen = book.pen.clone();
            book.write(&self.member, 1, |_| Ok((says.clone(), None)))?;
            book.pen = next;
        }
        self.bring_up(place).await
    }

    /// Pushes the missing runs of its log to a node, until it is refused.
    pub(super) async fn bring_up(&mut self, node: usize) -> anyhow::Result<()> {
        let client = self.client(node)?;
        for _ in 0..RUNS_AT_ONCE {
            let Some((place, run)) = self.book().next_run(node) else { break };
            let answer = client.push(self.member.id.as_str(), run).await?;
            self.heard(&answer);
            if answer.status != 200 {
                self.book().take_back_what_nobody_takes(place, answer.status);
                break;
            }
            self.book().has_taken(node, place);
        }
        Ok(())
    }

    /// Reads on in the log of an honest node, as a member may.
    pub(super) async fn look(&mut self, place: usize) -> anyhow::Result<()> {
        let (after, id) = (self.book().read[place], self.id_of(place));
        let path = format!("/logs/{id}/runs?ep={}&after={}&hash={}", after.epoch, after.seq, after.hash);
        let answer = self.client(place)?.get(&path).await?;
        if answer.status != 200 {
            return Ok(());
        }
        let lines = answer.text.lines().skip(1).step_by(2);
        let read = |line: &str| {
            let header = Header::parse(line.as_bytes()).context("an honest header")?;
            Ok((Header::hash_line(line.as_bytes()), header))
        };
        let entries = lines.map(read).collect::<anyhow::Result<Vec<(Hash, Header)>>>()?;
        self.book().remember(place, entries);
        Ok(())
    }
}
