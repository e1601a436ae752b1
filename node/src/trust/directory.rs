//! The live picture of peers: who may come in, by which key, right now.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arc_swap::ArcSwap;
use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use tokio::sync::watch;

use super::certificate::NodeCertificate;
use super::peer::{Peer, PeerStanding};
use super::refusal::PeerRefused;
use super::repository::{StoredCertificate, certificates, peers};
use super::validity::{Timeliness, Validity};
use crate::clock::Clock;
use crate::storage::{ConnectionTrait, StorageError};

/// A peer that is not removed, with the keys that it may show.
#[derive(Debug)]
struct Known {
    peer: Peer,
    pinned: HashMap<Hash, Validity>,
}

/// A peer whose certificate was checked, for as long as the picture does not change against it. Made only by
/// [`PeerDirectory::authenticate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatedPeer {
    id: NodeId,
    pin: Hash,
}

impl AuthenticatedPeer {
    /// Who it is.
    #[must_use]
    pub const fn id(&self) -> &NodeId {
        &self.id
    }
}

/// Whether an authenticated peer may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Active,
    /// It gets `403 suspended` to everything.
    Suspended,
    /// Its key does not count any more, or its pinned certificate is over: the connection ends.
    Gone,
}

/// The live picture, replaced as a whole when peers change. Readers never wait.
#[derive(Debug)]
pub struct PeerDirectory {
    picture: ArcSwap<HashMap<NodeId, Known>>,
    changed: watch::Sender<u64>,
    clock: Clock,
}

impl PeerDirectory {
    /// An empty picture.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { picture: ArcSwap::default(), changed: watch::Sender::new(0), clock }
    }

    /// Replaces the picture. Certificates that are retired or revoked, and those of removed peers, count no more.
    pub fn replace(&self, peers: Vec<Peer>, certificates: &[StoredCertificate]) {
        let mut picture: HashMap<NodeId, Known> = peers
            .into_iter()
            .filter(|peer| peer.standing != PeerStanding::Removed)
            .map(|peer| (peer.id.clone(), Known { peer, pinned: HashMap::new() }))
            .collect();
        for certificate in certificates.iter().filter(|certificate| certificate.counts()) {
            if let Some(known) = picture.get_mut(&certificate.node) {
                known.pinned.insert(certificate.pin, certificate.validity());
            }
        }
        self.picture.store(Arc::new(picture));
        self.changed.send_modify(|version| *version += 1);
    }

    /// Replaces the picture by what the database has.
    pub async fn reload<C: ConnectionTrait>(&self, connection: &C) -> Result<(), StorageError> {
        self.replace(peers(connection).await?, &certificates(connection).await?);
        Ok(())
    }

    /// Rises with every change: live connections check again whether they may go on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Says who shows this certificate (DER): form, name, pin, validity. A later certificate over a pinned key does not
    /// prolong the pinned one. Only what a handshake gave may be passed: the proof that the key is held is its part.
    pub fn authenticate(&self, der: &[u8]) -> Result<AuthenticatedPeer, PeerRefused> {
        let shown = NodeCertificate::read(der)?;
        let NodeCertificate { node, pin, .. } = &shown;
        let picture = self.picture.load();
        let known = picture.get(node).ok_or_else(|| PeerRefused::PeerUnknown(node.clone()))?;
        let pinned = known.pinned.get(pin).ok_or_else(|| PeerRefused::CertificateUnknown(node.clone()))?;
        let now = self.clock.unix_seconds();
        for validity in [shown.validity(), *pinned] {
            match validity.at(now) {
                Timeliness::Valid => {}
                Timeliness::Expired => return Err(PeerRefused::Expired),
                Timeliness::NotYetValid => return Err(PeerRefused::NotYetValid),
            }
        }
        Ok(AuthenticatedPeer { id: node.clone(), pin: *pin })
    }

    /// Whether an authenticated peer may go on, asked at every request.
    #[must_use]
    pub fn admit(&self, peer: &AuthenticatedPeer) -> Admission {
        let picture = self.picture.load();
        let Some(known) = picture.get(&peer.id) else { return Admission::Gone };
        let counts = |validity: &Validity| validity.at(self.clock.unix_seconds()) == Timeliness::Valid;
        if !known.pinned.get(&peer.pin).is_some_and(counts) {
            return Admission::Gone;
        }
        match known.peer.standing {
            PeerStanding::Active => Admission::Active,
            PeerStanding::Suspended => Admission::Suspended,
            PeerStanding::Removed => Admission::Gone,
        }
    }

    /// The peers with whom we exchange now, by id.
    #[must_use]
    pub fn active(&self) -> Vec<Peer> {
        let picture = self.picture.load();
        let active = picture.values().map(|known| &known.peer).filter(|peer| peer.standing == PeerStanding::Active);
        let mut active: Vec<Peer> = active.cloned().collect();
        active.sort_by(|one, other| one.id.cmp(&other.id));
        active
    }

    /// The pins of a peer that count now: a connection that was made under another one must end.
    #[must_use]
    pub fn counting_pins(&self, id: &NodeId) -> BTreeSet<Hash> {
        self.picture.load().get(id).map(|known| known.pinned.keys().copied().collect()).unwrap_or_default()
    }

    /// Of every peer that is not removed, when the certificate ends that ends last (seconds since 1970); `None` where
    /// none counts.
    #[must_use]
    pub fn last_ends(&self) -> Vec<(NodeId, Option<i64>)> {
        let last_end = |known: &Known| known.pinned.values().map(|validity| validity.not_after).max();
        self.picture.load().iter().map(|(id, known)| (id.clone(), last_end(known))).collect()
    }

    /// Whether this node keeps the log of `id`: its card was added and not removed.
    #[must_use]
    pub fn keeps_log_of(&self, id: &NodeId) -> bool {
        self.picture.load().contains_key(id)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::certificate::CertificateRefused;
    use super::super::test_certificate::{TestCertificate, now, peer};
    use super::*;

    fn directory() -> (PeerDirectory, Clock) {
        let clock = Clock::set_at(now());
        (PeerDirectory::new(clock.clone()), clock)
    }

    #[test]
    fn a_peer_stands_as_the_directory_last_said() {
        let (directory, _) = directory();
        let mut changes = directory.changes();
        let (first, second) = (TestCertificate::of("de-example"), TestCertificate::of("de-example"));
        directory.replace(vec![peer("de-example", PeerStanding::Active)], &[first.stored("de-example", "active")]);
        let seen = directory.authenticate(first.der()).expect("a peer");
        assert!(changes.has_changed().expect("the directory lives"));
        changes.mark_unchanged();
        assert_eq!(directory.admit(&seen), Admission::Active);

        for (id, standing, certificate, state, admission) in [
            ("de-example", PeerStanding::Suspended, &first, "active", Admission::Suspended),
            ("de-example", PeerStanding::Active, &first, "retiring", Admission::Active),
            ("de-example", PeerStanding::Active, &first, "retired", Admission::Gone),
            ("de-example", PeerStanding::Active, &first, "revoked", Admission::Gone),
            ("de-example", PeerStanding::Active, &second, "active", Admission::Gone),
            ("de-example", PeerStanding::Removed, &first, "active", Admission::Gone),
            ("nl-example", PeerStanding::Active, &first, "active", Admission::Gone),
        ] {
            directory.replace(vec![peer(id, standing)], &[certificate.stored(id, state)]);
            assert!(changes.has_changed().expect("the directory lives"));
            changes.mark_unchanged();
            assert_eq!(directory.admit(&seen), admission, "{id} {standing:?} {state}");
        }
    }

    #[test]
    fn a_connection_does_not_outlive_its_pinned_certificate() {
        let (directory, clock) = directory();
        let certificate = TestCertificate::of("de-example");
        directory
            .replace(vec![peer("de-example", PeerStanding::Active)], &[certificate.stored("de-example", "active")]);
        let seen = directory.authenticate(certificate.der()).expect("a peer");
        clock.advance(Duration::from_hours(24 * 366));
        assert_eq!(directory.admit(&seen), Admission::Active);
        clock.advance(Duration::from_hours(24));
        assert_eq!(directory.admit(&seen), Admission::Gone);
    }

    #[test]
    fn pins_that_are_retired_or_revoked_count_no_more() {
        let (directory, _) = directory();
        let id = "de-example".parse().expect("a node id");
        let [first, second, third] = [(); 3].map(|()| TestCertificate::of("de-example"));
        let stored = |states: [&str; 3]| {
            let pinned = [&first, &second, &third].into_iter().zip(states);
            pinned.map(|(certificate, state)| certificate.stored("de-example", state)).collect::<Vec<_>>()
        };
        directory.replace(vec![peer("de-example", PeerStanding::Active)], &stored(["active", "announced", "retired"]));
        assert_eq!(directory.counting_pins(&id), BTreeSet::from([first.pin, second.pin]));
        assert!(directory.last_ends()[0].1.is_some_and(|end| end > now().timestamp()));
        directory
            .replace(vec![peer("de-example", PeerStanding::Suspended)], &stored(["revoked", "revoked", "retired"]));
        assert_eq!(directory.counting_pins(&id), BTreeSet::new());
        assert_eq!(directory.last_ends(), [(id.clone(), None)]);
        directory.replace(vec![peer("de-example", PeerStanding::Removed)], &stored(["active", "active", "active"]));
        assert_eq!(directory.counting_pins(&id), BTreeSet::new());
        assert_eq!(directory.last_ends(), []);
    }

    #[test]
    fn nobody_is_known_by_what_is_no_certificate() {
        let (directory, _) = directory();
        assert_eq!(directory.authenticate(&[]), Err(CertificateRefused::Encoding.into()));
        assert_eq!(directory.authenticate(&[0x30, 0]), Err(CertificateRefused::Encoding.into()));
        assert!(directory.active().is_empty());
    }
}
