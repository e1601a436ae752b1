//! State of the exchange with each peer: its acknowledgement, its last contact, and the time of the next try.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position};
use tokio::sync::watch;

use super::peer_ahead::Ahead;
use super::repeated_limits::Limited;
use crate::randomness::Randomness;

/// So many failures in a row are more than a missed call.
const LOST_AFTER: u32 = 3;

/// Different faults of one peer that the log names before it is reached again.
const TOLD_LIMIT: usize = 8;

/// One peer's link.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself, and none a mode")]
pub struct Link {
    /// The peer's durable cursor for our log.
    pub acknowledged: Cursor,
    /// When it was last heard from, either way: microseconds since 1970.
    pub last_contact: Option<i64>,
    /// When it last came to us by itself.
    pub last_inbound: Option<i64>,
    /// When we last said hello, over the connections that are open now.
    pub last_hello: Option<i64>,
    /// Failures in a row.
    pub failures: u32,
    /// Not before then: microseconds since 1970.
    pub next_try: Option<i64>,
    /// It takes nothing more of our log before then: microseconds since 1970.
    pub takes_again_at: Option<i64>,
    /// The last failure, in words without any address.
    pub fault: Option<String>,
    /// Since when something of ours is undelivered.
    pub behind_since: Option<i64>,
    /// The longest run that it takes: entries. Halved where it found one too large, until its next hello.
    pub run_entries: usize,
    /// The longest run that it takes: bytes.
    pub run_bytes: usize,
    /// Its newest start.
    pub boot: Option<String>,
    /// Starts that were followed by another.
    pub superseded_boots: Vec<String>,
    /// Its clock less ours, in seconds.
    pub clock_skew_seconds: Option<i64>,
    /// `automatic` or `manual`.
    pub accept: Option<String>,
    /// Our side refused its last answer in TLS: the answering side is not the peer.
    pub refused: bool,
    /// It has suspended this node, as its last answer to a call of ours says.
    pub suspended_there: bool,
    /// Failures of calls to it that were written into the log, each once; their end is written, too.
    pub(crate) told: BTreeSet<String>,
    /// Its copy of our log is another one, as it says, or as its cursor said, at the last delivery.
    pub copy_differs: bool,
    /// Its cursor for our log, as its last hello says it, has another hash than ours.
    pub cursor_differs: bool,
    /// It has shown an entry that this node's key has signed, and that contradicts ours at a place that counts.
    pub contradicts: bool,
    /// It refuses this start as an earlier one: it has heard from a later start of this node. Since when, microseconds
    /// since 1970; over with the next hello that it takes.
    pub clone_suspected: Option<i64>,
    /// When an earlier start of it last spoke after a later one: two machines may run as that node.
    pub spoke_twice: Option<i64>,
    /// It has shown its head of our log since our start.
    pub head_shown: bool,
    /// The newest entries that it shows of other logs, verified; the farthest place there is, where the author has
    /// exchanged its key and that is not known here yet.
    pub heads: BTreeMap<NodeId, Cursor>,
    /// The logs that it showed beyond their end here, each with the state of that claim.
    pub ahead: BTreeMap<NodeId, Ahead>,
    /// The logs with a fork that it says it can prove, each with the place.
    pub forks: BTreeMap<NodeId, Position>,
    /// The logs with a copy at the peer that parts from the one here. A run or an answer of the peer showed it, but not
    /// yet the place.
    pub parted: BTreeSet<NodeId>,
    /// Its requests that were sent away lately, for it asks for more than it may.
    pub limited: Option<Limited>,
    /// Changed since it was last written to the database.
    pub(crate) dirty: bool,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            acknowledged: Cursor::START,
            last_contact: None,
            last_inbound: None,
            last_hello: None,
            failures: 0,
            next_try: None,
            takes_again_at: None,
            fault: None,
            behind_since: None,
            run_entries: usize::MAX,
            run_bytes: usize::MAX,
            boot: None,
            superseded_boots: Vec::new(),
            clock_skew_seconds: None,
            accept: None,
            refused: false,
            suspended_there: false,
            told: BTreeSet::new(),
            copy_differs: false,
            cursor_differs: false,
            contradicts: false,
            clone_suspected: None,
            spoke_twice: None,
            head_shown: false,
            heads: BTreeMap::new(),
            ahead: BTreeMap::new(),
            forks: BTreeMap::new(),
            parted: BTreeSet::new(),
            limited: None,
            dirty: false,
        }
    }
}

/// So long after an earlier start has spoken, two machines are taken to run as one node; both say hello more often.
const TWICE_REMEMBERED_MICROS: i64 = 10 * 60 * 1_000_000;

impl Link {
    /// Whether it shows more of a log than is here, up to `held`, and may be right.
    #[must_use]
    pub fn may_have_more(&self, log: &NodeId, held: Position, now: i64) -> bool {
        let shows_more = self.heads.get(log).is_some_and(|shown| shown.position() > held);
        shows_more && self.ahead.get(log).is_none_or(|ahead| ahead.counts(now))
    }

    /// Whether an earlier start of the peer spoke lately after a later one.
    #[must_use]
    pub fn speaks_twice(&self, now: i64) -> bool {
        self.spoke_twice.is_some_and(|at| now - at < TWICE_REMEMBERED_MICROS)
    }
}

/// All links. Locked for moments only, never over I/O.
#[derive(Debug)]
pub struct Links {
    by_peer: Mutex<HashMap<NodeId, Link>>,
    changed: watch::Sender<u64>,
    to_greet: watch::Sender<u64>,
}

impl Links {
    /// Makes the links from the stored ones.
    #[must_use]
    pub fn new(stored: impl IntoIterator<Item = (NodeId, Link)>) -> Self {
        let by_peer = Mutex::new(stored.into_iter().collect());
        Self { by_peer, changed: watch::Sender::new(0), to_greet: watch::Sender::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<NodeId, Link>> {
        self.by_peer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of one link.
    #[must_use]
    pub fn of(&self, peer: &NodeId) -> Link {
        self.lock().get(peer).cloned().unwrap_or_default()
    }

    /// Copies of all links.
    #[must_use]
    pub fn all(&self) -> Vec<(NodeId, Link)> {
        self.lock().iter().map(|(peer, link)| (peer.clone(), link.clone())).collect()
    }

    /// Changes one link, and wakes everybody waiting for a change.
    pub fn update<T>(&self, peer: &NodeId, change: impl FnOnce(&mut Link) -> T) -> T {
        let result = {
            let mut links = self.lock();
            let link = links.entry(peer.clone()).or_default();
            link.dirty = true;
            change(link)
        };
        self.changed.send_modify(|version| *version += 1);
        result
    }

    /// Rises with every change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Requests a hello to every peer now: a peer that was told to come back later hears that it need not wait.
    pub fn greet_all(&self) {
        for link in self.lock().values_mut() {
            link.last_hello = None;
            link.next_try = None;
        }
        self.to_greet.send_modify(|times| *times += 1);
        self.changed.send_modify(|version| *version += 1);
    }

    /// A peer is to be said hello to now.
    pub fn greet(&self, peer: &NodeId) {
        self.update(peer, |link| link.last_hello = None);
        self.to_greet.send_modify(|times| *times += 1);
    }

    /// Rises when peers are to be said hello to.
    #[must_use]
    pub fn to_greet(&self) -> watch::Receiver<u64> {
        self.to_greet.subscribe()
    }

    /// The links that changed since this was last asked.
    pub(super) fn take_dirty(&self) -> Vec<(NodeId, Link)> {
        let mut links = self.lock();
        let mut dirty = Vec::new();
        for (peer, link) in links.iter_mut().filter(|(_, link)| link.dirty) {
            link.dirty = false;
            dirty.push((peer.clone(), link.clone()));
        }
        dirty
    }

    /// Marks links that could not be written, to be written again.
    pub(super) fn mark_dirty(&self, peers: &[NodeId]) {
        let mut links = self.lock();
        for peer in peers {
            if let Some(link) = links.get_mut(peer) {
                link.dirty = true;
            }
        }
    }

    /// The peer came to us, or answered us: it is there, so nobody waits any longer to try it.
    pub fn heard_from(&self, peer: &NodeId, now: i64, inbound: bool) {
        self.update(peer, |link| {
            link.last_contact = Some(now);
            if inbound {
                link.last_inbound = Some(now);
            }
            link.failures = 0;
            link.next_try = None;
            link.fault = None;
            // A call from the peer says nothing of the side that answers there.
            if !inbound {
                link.refused = false;
                link.suspended_there = false;
                if !std::mem::take(&mut link.told).is_empty() {
                    tracing::info!(%peer, "a peer is reached again");
                }
            }
        });
    }

    /// A request of the peer was sent away, for it asks for more than it may. Nobody is woken, and nothing is written: it
    /// may happen often.
    pub fn note_limited(&self, peer: &NodeId, now: i64) {
        let mut links = self.lock();
        let link = links.entry(peer.clone()).or_default();
        let limited = Limited::and_one(link.limited, now);
        if limited.count == 1 {
            tracing::warn!(%peer, "a peer asks for more than it may have at once; it is told to come back");
        }
        link.limited = Some(limited);
    }

    /// Notes since when something of ours is undelivered to a peer, or that nothing is; whether it is reachable or not.
    /// `head` is the end of our log; `None` for a peer without deliveries.
    pub fn note_behind(&self, peer: &NodeId, head: Option<&Cursor>, now: i64) {
        let link = self.of(peer);
        match (head.is_some_and(|head| link.acknowledged.position() < head.position()), link.behind_since) {
            (true, None) => self.update(peer, |link| link.behind_since = Some(now)),
            (false, Some(_)) => self.update(peer, |link| link.behind_since = None),
            _ => {}
        }
    }

    /// Whether this is to be written into the log: it is, once, until the peer is reached again.
    pub(crate) fn is_new(&self, peer: &NodeId, fault: &str) -> bool {
        // Nothing of the link is another for it: nobody is woken.
        let mut links = self.lock();
        let told = &mut links.entry(peer.clone()).or_default().told;
        told.len() < TOLD_LIMIT && told.insert(fault.to_owned())
    }

    /// A try failed: it is put off, with full jitter, doubling from one second to `longest`.
    pub fn failed(&self, peer: &NodeId, now: i64, fault: String, not_before: Option<Duration>, longest: Duration) {
        self.update(peer, |link| {
            let delay = not_before.unwrap_or_else(|| retry_delay(link.failures, longest, Randomness));
            link.failures = link.failures.saturating_add(1);
            // One missed call is nothing; a peer that is away is told of once.
            if link.failures >= LOST_AFTER && link.told.is_empty() {
                tracing::warn!(%peer, %fault, "a peer is not reached; it is tried again and again");
                link.told.insert(fault.clone());
            }
            link.next_try = Some(now + i64::try_from(delay.as_micros()).unwrap_or(i64::MAX / 2));
            link.fault = Some(fault);
            link.last_hello = None;
        });
    }
}

/// How long to wait after so many failures in a row: a random time up to 1 s, 2 s, 4 s … and at most `longest`. So one
/// failure never costs more than a second.
#[must_use]
pub fn retry_delay(failures: u32, longest: Duration, randomness: Randomness) -> Duration {
    let ceiling = Duration::from_secs(1).saturating_mul(1 << failures.min(16)).min(longest);
    let millis = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(randomness.below(millis.max(1)) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_never_costs_more_than_a_second_and_many_at_most_the_longest() {
        let longest = Duration::from_mins(5);
        for _ in 0..200 {
            assert!(retry_delay(0, longest, Randomness) <= Duration::from_millis(1_001));
            assert!(retry_delay(40, longest, Randomness) <= longest + Duration::from_millis(1));
        }
    }

    #[test]
    fn a_peer_that_lacks_entries_of_ours_is_behind_until_it_has_them() {
        let links = Links::new([]);
        let peer: NodeId = "nl-a".parse().expect("a node id");
        let head = Cursor { seq: 3, ..Cursor::START };
        links.note_behind(&peer, Some(&Cursor::START), 1);
        assert_eq!(links.of(&peer).behind_since, None);
        links.note_behind(&peer, Some(&head), 2);
        links.note_behind(&peer, Some(&head), 3);
        assert_eq!(links.of(&peer).behind_since, Some(2));
        links.note_behind(&peer, None, 4);
        assert_eq!(links.of(&peer).behind_since, None);
        links.note_behind(&peer, Some(&head), 5);
        links.update(&peer, |link| link.acknowledged = head);
        links.note_behind(&peer, Some(&head), 6);
        assert_eq!(links.of(&peer).behind_since, None);
    }

    #[test]
    fn contact_from_a_peer_ends_the_waiting() {
        let links = Links::new([]);
        let peer: NodeId = "nl-a".parse().expect("a node id");
        links.failed(&peer, 0, "not reachable".to_owned(), None, Duration::from_mins(5));
        assert!(links.of(&peer).next_try.is_some());
        links.heard_from(&peer, 1, true);
        assert_eq!(links.of(&peer).next_try, None);
        assert_eq!(links.of(&peer).failures, 0);
    }

    #[test]
    fn a_fault_is_told_once_until_a_call_to_the_peer_succeeds() {
        let links = Links::new([]);
        let peer: NodeId = "nl-a".parse().expect("a node id");
        for _ in 0..2 {
            assert!(links.is_new(&peer, "the other side ended the TLS handshake"));
            for _ in 0..5 {
                assert!(!links.is_new(&peer, "the other side ended the TLS handshake"));
                links.failed(&peer, 0, "not reachable".to_owned(), None, Duration::from_mins(5));
                // It comes to us by itself; that says nothing of the side that answers there.
                links.heard_from(&peer, 1, true);
            }
            links.heard_from(&peer, 2, false);
            assert!(links.of(&peer).told.is_empty());
        }
        for number in 0..100 {
            links.is_new(&peer, &number.to_string());
        }
        assert_eq!(links.of(&peer).told.len(), TOLD_LIMIT);
    }

    #[test]
    fn a_peer_that_is_away_is_told_of_with_the_third_failure_and_not_again() {
        let links = Links::new([]);
        let peer: NodeId = "nl-a".parse().expect("a node id");
        for (failure, told) in [(1, 0), (2, 0), (3, 1), (4, 1), (50, 1)] {
            while links.of(&peer).failures < failure {
                links.failed(&peer, 0, format!("not reachable {failure}"), None, Duration::from_mins(5));
            }
            assert_eq!(links.of(&peer).told.len(), told, "{failure}");
        }
    }
}
