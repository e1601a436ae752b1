//! The live picture of peers: those that may come in, and their keys, right now.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use rustls_pki_types::CertificateDer;
use tokio::sync::watch;

use super::authenticated_peer::{AuthenticatedPeer, ShownChain};
use super::refusal::PeerRefused;
use crate::clock::Clock;
use crate::storage::{ConnectionTrait, StorageError};
use crate::trust::authority::Authority;
use crate::trust::certificate::{NodeCertificate, Timeliness, Validity};
use crate::trust::peer::{Peer, PeerStanding, StoredCertificate, certificates, peers};

/// A peer that is not removed, with the keys that it may show.
#[derive(Debug)]
struct Known {
    peer: Peer,
    pinned: HashMap<Hash, Validity>,
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
    authority: Option<Arc<Authority>>,
    reloading: tokio::sync::Mutex<()>,
    /// The pins that counted when the time was last noticed.
    counted: Mutex<BTreeSet<(NodeId, Hash)>>,
}

impl PeerDirectory {
    /// Returns an empty picture of a federation with pins alone.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self::under(clock, None)
    }

    /// An empty picture of a federation with this authority, if any.
    #[must_use]
    pub fn under(clock: Clock, authority: Option<Arc<Authority>>) -> Self {
        Self {
            picture: ArcSwap::default(),
            changed: watch::Sender::new(0),
            clock,
            authority,
            reloading: tokio::sync::Mutex::default(),
            counted: Mutex::default(),
        }
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
        self.counted_now();
        self.changed.send_modify(|version| *version += 1);
    }

    /// Wakes those that wait for [`Self::changes`] where a certificate is over by now, or has begun to count, though
    /// nobody changed anything. To be called every few moments.
    pub fn notice_time(&self) {
        if self.counted_now() {
            self.changed.send_modify(|version| *version += 1);
        }
    }

    /// Whether other pins count now than when this was last asked.
    fn counted_now(&self) -> bool {
        let picture = self.picture.load();
        let pins = |(id, known): (&NodeId, &Known)| {
            self.counting(known).into_iter().map(|pin| (id.clone(), pin)).collect::<Vec<_>>()
        };
        let now = picture.iter().flat_map(pins).collect();
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *counted, now);
        *counted != before
    }

    /// Returns a peer's pins with certificates that are neither over nor yet to come.
    fn counting(&self, known: &Known) -> BTreeSet<Hash> {
        let now = self.clock.unix_seconds();
        let is_timely = |validity: &Validity| validity.at(now) == Timeliness::Valid;
        known.pinned.iter().filter(|(_, validity)| is_timely(validity)).map(|(pin, _)| *pin).collect()
    }

    /// Replaces the picture by the database's peers.
    pub async fn reload<C: ConnectionTrait>(&self, connection: &C) -> Result<(), StorageError> {
        // One after the other: the first read must not be put in last.
        let _turn = self.reloading.lock().await;
        self.replace(peers(connection).await?, &certificates(connection).await?);
        Ok(())
    }

    /// Reads the authority's files again that changed; live connections check again whether they may go on. Blocks while it
    /// reads.
    pub fn refresh_authority(&self) {
        if self.authority.as_ref().is_some_and(|authority| authority.refresh(self.clock.unix_seconds())) {
            self.changed.send_modify(|version| *version += 1);
        }
    }

    /// The federation's authority, if it has one.
    #[must_use]
    pub const fn authority(&self) -> Option<&Arc<Authority>> {
        self.authority.as_ref()
    }

    /// Rises when the authority judges otherwise than before. Our calls to peers must be made anew then, since nobody
    /// remembers the certificate that the other side showed in each. 0 where there is none.
    #[must_use]
    pub fn authority_version(&self) -> u64 {
        self.authority.as_ref().map_or(0, |authority| authority.version())
    }

    /// Rises with every change: live connections check again whether they may go on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Returns the peer that shows this certificate (DER), by form, name, pin, validity, and the authority's word where
    /// there is one. A later certificate over a pinned key does not prolong the pinned one. Pass only certificates from
    /// a handshake: the proof that the key is held is its part. `intermediates` are the certificates that came with it.
    pub fn authenticate(
        &self,
        der: &[u8],
        intermediates: &[CertificateDer<'_>],
    ) -> Result<AuthenticatedPeer, PeerRefused> {
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
        let chain = match &self.authority {
            Some(authority) => {
                let chain = ShownChain::new(der, shown.validity(), intermediates);
                // After the pin; nobody has proved yet that the key is his, so the search for a chain is bounded.
                chain.check(authority, now)?;
                Some(Arc::new(chain))
            }
            None => None,
        };
        Ok(AuthenticatedPeer { id: node.clone(), pin: *pin, chain })
    }

    /// Whether an authenticated peer may go on, asked at every request.
    #[must_use]
    pub fn admit(&self, peer: &AuthenticatedPeer) -> Admission {
        let picture = self.picture.load();
        let Some(known) = picture.get(&peer.id) else { return Admission::Gone };
        let now = self.clock.unix_seconds();
        if !self.counting(known).contains(&peer.pin) || !self.authority_stands_by(peer, now) {
            return Admission::Gone;
        }
        match known.peer.standing {
            PeerStanding::Active => Admission::Active,
            PeerStanding::Suspended => Admission::Suspended,
            PeerStanding::Removed => Admission::Gone,
        }
    }

    /// Judged anew each time, some signatures a request: so no list and no date is overlooked.
    fn authority_stands_by(&self, peer: &AuthenticatedPeer, now: i64) -> bool {
        let Some(authority) = &self.authority else { return true };
        peer.chain.as_ref().is_some_and(|chain| chain.holds(authority, now))
    }

    /// Returns the peers that we exchange with now, by id.
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
        self.picture.load().get(id).map(|known| self.counting(known)).unwrap_or_default()
    }

    /// Of every peer that is not removed, when the certificate ends that ends last (seconds since 1970); `None` where
    /// none counts.
    #[must_use]
    pub fn last_ends(&self) -> Vec<(NodeId, Option<i64>)> {
        let last_end = |known: &Known| known.pinned.values().map(|validity| validity.not_after).max();
        self.picture.load().iter().map(|(id, known)| (id.clone(), last_end(known))).collect()
    }

    /// The peers that are not removed.
    #[must_use]
    pub fn members(&self) -> Vec<NodeId> {
        self.picture.load().keys().cloned().collect()
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

    use super::*;
    use crate::trust::certificate::CertificateRefused;
    use crate::trust::handshake::test_certificate::{TestCertificate, now, peer};

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
        let seen = directory.authenticate(first.der(), &[]).expect("a peer");
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
        let seen = directory.authenticate(certificate.der(), &[]).expect("a peer");
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
        assert_eq!(directory.authenticate(&[], &[]), Err(CertificateRefused::Encoding.into()));
        assert_eq!(directory.authenticate(&[0x30, 0], &[]), Err(CertificateRefused::Encoding.into()));
        assert!(directory.active().is_empty());
    }
}
