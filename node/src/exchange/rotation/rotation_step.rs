//! The serving node's work on its own keys, a few times a second: all that is due.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::KeyAct;
use hotline_protocol::log::{ChangedKey, Position};
use rustls::sign::CertifiedKey;

use super::RotationError;
use super::announce::record_change;
use super::key_status::{KeyStanding, OwnKeys, own_keys};
use super::presented_certificate::{Showable, choose};
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::config::section::KeysSection;
use crate::context::Context;
use crate::exchange::{Hub, Link};
use crate::trust::certificate::Timeliness;
use crate::trust::own::{
    IdentityError, OwnSigningKeys, credential_named, install_certificate, install_signing_key, keep_present_exchange,
    keep_present_signing, remove_certificate_file, remove_signing_file, settle_certificate, settle_signing_key,
};
use crate::trust::peer::{AnnouncedKey, StoredCertificate, set_certificate_state};

/// This node's own keys at work.
pub struct Rotation {
    keys: KeysSection,
    signing: Arc<OwnSigningKeys>,
    loaded: Mutex<HashMap<Hash, Arc<CertifiedKey>>>,
    /// A switch was under way that did not come to its end: nobody can tell whether it was committed, or files could not
    /// be put in place.
    is_unsettled: AtomicBool,
}

/// Puts the keys that are in use by the database's word into the present ones' places. The files follow, even where a
/// switch was stopped on its way.
pub async fn put_keys_in_place(context: &Context, keys: &KeysSection) -> Result<(), RotationError> {
    let own = own_keys(context.database.read(), &context.own).await?;
    if let Some(present) = own.present().filter(|_| own.certificates.len() > 1) {
        install_certificate(keys, &present.pin)?;
    }
    if let Some(present) = own.signing.last() {
        install_signing_key(keys, &present.key)?;
    }
    Ok(())
}

impl Rotation {
    /// Makes the rotation of the node with its key files in `keys`.
    #[must_use]
    pub fn new(keys: KeysSection, signing: Arc<OwnSigningKeys>) -> Self {
        Self { keys, signing, loaded: Mutex::default(), is_unsettled: AtomicBool::default() }
    }

    /// Does the due work: shows each peer the certificate that it knows, switches to the keys that all have, retires
    /// those that are over.
    pub async fn advance(&self, hub: &Hub) -> Result<(), RotationError> {
        if self.is_unsettled.load(Ordering::Acquire) {
            put_keys_in_place(&hub.context, &self.keys).await?;
            self.is_unsettled.store(false, Ordering::Release);
        }
        let own = own_keys(hub.context.database.read(), &hub.context.own).await?;
        let links: Vec<Link> = hub.directory.active().iter().map(|peer| hub.links.of(&peer.id)).collect();
        // Each is done even where the others fail.
        let done = [
            self.switch_certificate_if_due(hub, &own, &links).await,
            retire_if_due(hub, &own).await,
            self.switch_signing_key_if_due(hub, &own, &links).await,
        ];
        let own = own_keys(hub.context.database.read(), &hub.context.own).await?;
        let shown = [self.show(hub, &own), self.tidy(hub, &own)];
        done.into_iter().chain(shown).collect()
    }

    async fn switch_certificate_if_due(&self, hub: &Hub, own: &OwnKeys, links: &[Link]) -> Result<(), RotationError> {
        match own.next_certificate() {
            Some(next) if all_have(links, next.announced) => self.switch_certificate(hub, own, next).await,
            _ => Ok(()),
        }
    }

    async fn switch_signing_key_if_due(&self, hub: &Hub, own: &OwnKeys, links: &[Link]) -> Result<(), RotationError> {
        match own.announced.first() {
            Some(next) if all_have(links, Some(next.announced)) => self.switch_signing_key(hub, next).await,
            _ => Ok(()),
        }
    }

    async fn switch_certificate(
        &self,
        hub: &Hub,
        own: &OwnKeys,
        next: &StoredCertificate,
    ) -> Result<(), RotationError> {
        // A key that cannot be used is not switched to: the one in use stays.
        self.credential(hub, &next.pin)?;
        // The one in use is shown to some still, and another takes its files' place.
        keep_present_exchange(&self.keys)?;
        if let Some(present) = own.present() {
            self.credential(hub, &present.pin)?;
        }
        let context = &hub.context;
        let write = context.database.write("switch_certificate").await?;
        if own_keys(&*write, &context.own).await?.next_certificate().is_none_or(|still| still.pin != next.pin) {
            // It was taken back meanwhile.
            return Ok(());
        }
        record_change(context, &write, &ChangedKey::Certificate(next.der.clone()), KeyAct::Switch, None).await?;
        let retire_at = context.clock.unix_seconds().saturating_add(own.overlap_seconds);
        for before in own.certificates.iter().filter(|certificate| certificate.state == "active") {
            set_certificate_state(&*write, &before.node, &before.pin, "retiring", Some(retire_at)).await?;
        }
        note(hub, &write, "switch_certificate", &next.pin).await?;
        self.is_unsettled.store(true, Ordering::Release);
        write.commit().await?;
        install_certificate(&self.keys, &next.pin)?;
        self.is_unsettled.store(false, Ordering::Release);
        tracing::info!(fingerprint = %next.pin, "the announced certificate is in use now");
        Ok(())
    }

    async fn switch_signing_key(&self, hub: &Hub, next: &AnnouncedKey) -> Result<(), RotationError> {
        if self.signing.get(&next.key.kid()).is_none() {
            return Err(IdentityError::KeyMissing.into());
        }
        // The present key signs up to the switch, even where this node stops before that is signed.
        keep_present_signing(&self.keys)?;
        let write = hub.context.database.write("switch_signing_key").await?;
        if own_keys(&*write, &hub.context.own).await?.announced.first() != Some(next) {
            // It was taken back meanwhile.
            return Ok(());
        }
        record_change(&hub.context, &write, &ChangedKey::Signing(next.key), KeyAct::Switch, None).await?;
        note(hub, &write, "switch_signing_key", &next.key.kid()).await?;
        self.is_unsettled.store(true, Ordering::Release);
        write.commit().await?;
        install_signing_key(&self.keys, &next.key)?;
        self.is_unsettled.store(false, Ordering::Release);
        tracing::info!(key = %next.key.kid(), "the announced signing key is in use now");
        Ok(())
    }

    /// Shows each peer the certificate that it knows, as [`choose`] finds it, and every caller the present one.
    fn show(&self, hub: &Hub, own: &OwnKeys) -> Result<(), RotationError> {
        let Some(present) = own.present().filter(|_| own.certificates.len() > 1) else { return Ok(()) };
        let present_key = self.credential(hub, &present.pin)?;
        let showable = LazyCell::new(|| self.showable(hub, own));
        let mut earlier = HashMap::new();
        for peer in hub.directory.active() {
            // Read this before the peer's confirmed position: a hello notes the position first, and forgets the
            // refusals after it.
            let refused = hub.shown.refused_by(&peer.id);
            let has = hub.links.of(&peer.id).acknowledged.position();
            if refused.is_empty() && present.announced.is_none_or(|place| place <= has) {
                continue;
            }
            let chosen = choose(&showable, has, &refused).or_else(|| {
                hub.shown.note_accepted(&peer.id);
                choose(&showable, has, &BTreeSet::new())
            });
            if let Some(pin) = chosen.filter(|pin| *pin != present.pin) {
                earlier.insert(peer.id, self.credential(hub, &pin)?);
            }
        }
        hub.shown.replace_for(present_key, earlier);
        Ok(())
    }

    /// The certificates that could be shown, the last announced one first. Of our own, one that is revoked was taken
    /// back before it was in use.
    fn showable(&self, hub: &Hub, own: &OwnKeys) -> Vec<Showable> {
        let now = hub.context.clock.unix_seconds();
        let was_in_use = |it: &&StoredCertificate| !["announced", "revoked"].contains(&it.state.as_str());
        let in_time = own.certificates.iter().filter(was_in_use).filter(|certificate| certificate.not_after > now);
        // Of one that is retired, the key is here only while somebody may know no other.
        let usable = in_time.filter(|certificate| self.credential(hub, &certificate.pin).is_ok());
        usable.map(|certificate| Showable { pin: certificate.pin, announced: certificate.announced }).collect()
    }

    /// The key of a certificate; the same one each time, so that connections that show it go on.
    fn credential(&self, hub: &Hub, pin: &Hash) -> Result<Arc<CertifiedKey>, RotationError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = loaded.get(pin) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(credential_named(&self.keys, &hub.context.own, pin)?);
        loaded.insert(*pin, Arc::clone(&key));
        Ok(key)
    }

    /// Removes the files of keys that nobody needs any more.
    fn tidy(&self, hub: &Hub, own: &OwnKeys) -> Result<(), RotationError> {
        let signed = hub.sealer.head().borrow().position();
        let is_over = |standing: &KeyStanding| standing.to.is_some_and(|last| last <= signed);
        for ended in own.signing.iter().filter(|standing| is_over(standing)) {
            remove_signing_file(&self.keys, &ended.key)?;
            self.signing.forget(&ended.key.kid());
        }
        for withdrawn in &own.withdrawn {
            remove_signing_file(&self.keys, withdrawn)?;
            self.signing.forget(&withdrawn.kid());
        }
        let Some((present, earlier)) = own.signing.split_last() else { return Ok(()) };
        if own.announced.is_empty() && earlier.iter().all(is_over) {
            settle_signing_key(&self.keys, &present.key)?;
        }
        let Some(present) = own.present() else { return Ok(()) };
        // A suspended peer comes back, and knows the certificate that was in use before. Its key is kept, though that
        // certificate may be retired long since. A peer that has heard of the retirement lets nobody in with it.
        let links: Vec<Link> = hub.directory.members().iter().map(|peer| hub.links.of(peer)).collect();
        let all_know = links.iter().all(|link| present.announced.is_none_or(|place| has(link, place)));
        let now = hub.context.clock.unix_seconds();
        let (counting, ended): (Vec<_>, Vec<_>) = own.certificates.iter().partition(|certificate| certificate.counts());
        // Nobody takes it any more once it is over.
        let is_over = |certificate: &StoredCertificate| certificate.validity().at(now) == Timeliness::Expired;
        for ended in ended.into_iter().filter(|ended| all_know || ended.state == "revoked" || is_over(ended)) {
            remove_certificate_file(&self.keys, &ended.pin)?;
            self.loaded.lock().unwrap_or_else(PoisonError::into_inner).remove(&ended.pin);
        }
        if all_know && counting.len() == 1 {
            settle_certificate(&self.keys, &present.pin)?;
        }
        Ok(())
    }
}

async fn retire_if_due(hub: &Hub, own: &OwnKeys) -> Result<(), RotationError> {
    let now = hub.context.clock.unix_seconds();
    for over in own.certificates.iter().filter(|certificate| certificate.retire_at.is_some_and(|at| at <= now)) {
        retire(hub, over).await?;
    }
    Ok(())
}

async fn retire(hub: &Hub, over: &StoredCertificate) -> Result<(), RotationError> {
    let write = hub.context.database.write("retire_certificate").await?;
    record_change(&hub.context, &write, &ChangedKey::Certificate(over.der.clone()), KeyAct::Retire, None).await?;
    note(hub, &write, "retire_certificate", &over.pin).await?;
    Ok(write.commit().await?)
}

async fn note(
    hub: &Hub,
    write: &crate::storage::Write<'_>,
    act: &'static str,
    fingerprint: &Hash,
) -> Result<(), RotationError> {
    let act = Act { who: "the node", act, what: fingerprint.to_string(), origin: ActOrigin::Node };
    Ok(record_act(write, &hub.context.clock, act).await?)
}

/// Whether every peer that can be reached has our log up to a place. A peer that cannot be reached learns of it later.
fn all_have(links: &[Link], place: Option<Position>) -> bool {
    let Some(place) = place else { return true };
    links.iter().filter(|link| link.failures == 0).all(|link| has(link, place))
}

fn has(link: &Link, place: Position) -> bool {
    link.acknowledged.position() >= place
}

#[cfg(test)]
mod tests {
    use hotline_protocol::log::Cursor;

    use super::*;

    #[test]
    fn a_switch_waits_for_every_peer_that_can_be_reached_and_for_no_other() {
        let place = Position { epoch: 1, seq: 5 };
        let link = |seq, failures| Link { acknowledged: Cursor { seq, ..Cursor::START }, failures, ..Link::default() };
        assert!(all_have(&[], Some(place)));
        assert!(all_have(&[link(5, 0), link(9, 0)], Some(place)));
        assert!(!all_have(&[link(5, 0), link(4, 0)], Some(place)));
        assert!(all_have(&[link(5, 0), link(0, 3)], Some(place)));
    }
}
