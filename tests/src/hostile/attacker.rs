//! Who attacks: one member, its telling of its log, what it has seen of others, and chance.

use std::collections::BTreeMap;
use std::sync::Arc;
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
use super::branch::Branch;
use super::member::{Member, Told};
use crate::chance::Chance;
use crate::federation::Federation;
use crate::node_process::ProcessNode;
use crate::outsider::{Answer, Outsider};

/// Whatever it does is over by then.
const LONGEST: Duration = Duration::from_secs(20);
/// So much of its log is written; beyond, it only gives again what it has.
const LOG_BYTES: usize = 48 * 1_024 * 1_024;
/// So many runs are pushed before another attack's turn comes.
const RUNS_AT_ONCE: usize = 8;
/// So much of others' logs is looked at.
const SEEN: usize = 4_000;
/// So many calls are left hanging at a time.
const HANGING: usize = 48;

/// What became of each attack's calls: attack, answer, how often.
pub type Answers = BTreeMap<&'static str, BTreeMap<String, u64>>;

/// The hostile member at work. Nodes are named by their places among the honest ones.
pub struct Attacker {
    pub(super) member: Member,
    pub(super) chance: Chance,
    pub(super) log: Branch,
    /// The report of its own about which it writes for ever: its create with its hash, and the last entry's.
    pub(super) long: Option<(Content, Hash, Hash)>,
    pub(super) seen: Vec<(Hash, Header)>,
    pub(super) hanging: JoinSet<()>,
    federation: Arc<Federation>,
    honest: usize,
    written: usize,
    reached: Vec<usize>,
    read: Vec<Cursor>,
    answers: Answers,
    attack: &'static str,
}

impl Attacker {
    /// A member that attacks the first `honest` nodes of a federation by what this chance chooses.
    #[must_use]
    pub fn new(member: Member, federation: Arc<Federation>, honest: usize, chance: Chance) -> Self {
        let (reached, read) = (vec![0; honest], vec![Cursor::START; honest]);
        let (log, seen, answers) = (Branch::default(), Vec::new(), Answers::new());
        let hanging = JoinSet::new();
        Self {
            member,
            chance,
            log,
            long: None,
            seen,
            hanging,
            federation,
            honest,
            written: 0,
            reached,
            read,
            answers,
            attack: "",
        }
    }

    /// Attacks a node that chance chooses.
    pub async fn strike(&mut self, attack: Attack) {
        self.attack = attack.name();
        let node = self.pick(self.honest);
        match timeout(LONGEST, attack.strike(self, node)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => self.note("connection ended"),
            Err(_) => self.note("no answer in time"),
        }
    }

    /// Lets go of everything, and tells what became of it.
    pub async fn rest(mut self) -> Answers {
        self.hanging.shutdown().await;
        self.answers
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

    pub(super) fn note(&mut self, answer: &str) {
        *self.answers.entry(self.attack).or_default().entry(answer.to_owned()).or_default() += 1;
    }

    pub(super) fn heard(&mut self, answer: &Answer) {
        let said = match &answer.problem {
            Some(problem) => problem.clone(),
            None if answer.status < 300 => "taken".to_owned(),
            None => answer.status.to_string(),
        };
        self.note(&said);
    }

    /// Leaves a call hanging beside what follows; of too many none more.
    pub(super) fn hang(&mut self, call: impl Future<Output = ()> + Send + 'static) {
        while self.hanging.try_join_next().is_some() {}
        if self.hanging.len() < HANGING {
            self.hanging.spawn(call);
            self.note("left hanging");
        } else {
            self.note("enough hang already");
        }
    }

    /// Writes a run of `count` entries at the end of its log, and pushes to a node what that lacks.
    pub(super) async fn publish(
        &mut self,
        place: usize,
        count: usize,
        tell: impl FnMut(&Cursor) -> anyhow::Result<Told>,
    ) -> anyhow::Result<()> {
        if self.written < LOG_BYTES {
            self.written += self.member.write_each(&mut self.log, count, tell)?.len();
        }
        self.bring_up(place).await
    }

    /// Pushes to a node what that lacks of its log, until it is refused.
    pub(super) async fn bring_up(&mut self, place: usize) -> anyhow::Result<()> {
        let client = self.client(place)?;
        for _ in 0..RUNS_AT_ONCE {
            let Some(run) = self.log.runs().get(self.reached[place]).cloned() else { break };
            let answer = client.push(self.member.id.as_str(), run).await?;
            self.heard(&answer);
            if answer.status != 200 {
                self.take_back_what_nobody_takes(place, answer.status);
                break;
            }
            self.reached[place] += 1;
        }
        Ok(())
    }

    /// A last run that breaks the protocol's form is no part of its log: what follows is to be looked at, too.
    fn take_back_what_nobody_takes(&mut self, place: usize, status: u16) {
        let runs = self.log.runs().len();
        let is_news = self.reached[place] + 1 == runs && self.reached.iter().all(|reached| *reached < runs);
        if is_news && matches!(status, 400 | 413 | 422) {
            self.log.take_back();
        }
    }

    /// Reads on in the log of an honest node, as a member may.
    pub(super) async fn look(&mut self, place: usize) -> anyhow::Result<()> {
        let (after, id) = (self.read[place], self.id_of(place));
        let path = format!("/logs/{id}/runs?ep={}&after={}&hash={}", after.epoch, after.seq, after.hash);
        let answer = self.client(place)?.get(&path).await?;
        if answer.status != 200 {
            return Ok(());
        }
        for line in answer.text.lines().skip(1).step_by(2) {
            let header = Header::parse(line.as_bytes()).context("an honest header")?;
            let hash = Header::hash_line(line.as_bytes());
            self.read[place] = Cursor { epoch: header.epoch, seq: header.seq, hash };
            if self.seen.len() < SEEN {
                self.seen.push((hash, header));
            }
        }
        Ok(())
    }
}
