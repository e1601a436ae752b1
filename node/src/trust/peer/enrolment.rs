//! The use cases of peers: adding a card, suspending, resuming, removing.

use hotline_protocol::bytes::Hash;
use hotline_protocol::card::{CardUpdate, CardUpdateRefused, VerifiedCard};
use hotline_protocol::fingerprint::Fingerprint;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::BoundKey;

use super::key_repository::{find_entry, is_left_behind, load_keys, log_end, note_end, save_key};
use super::model::{Peer, PeerStanding};
use super::repository::{self, StoredCertificate};
use crate::context::Context;
use crate::storage::{ConnectionTrait, Write};
use crate::trust::certificate::NodeCertificate;
use crate::trust::error::TrustError;

/// The effect of adding a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// The peer is new.
    New,
    /// The peer was removed, and is back.
    Back,
    /// The card is newer than the one that was known.
    Updated,
    /// The very card was known.
    Unchanged,
    /// The peer's earlier keys and certificates are revoked, and this card's count.
    Replaced,
}

/// Whether a card needs its fingerprint: the first of a peer, one that comes back, and a replacement. Looked up before
/// a person is asked; [`add_peer`] looks again, since the answer may take minutes.
pub async fn needs_fingerprint<C: ConnectionTrait>(
    connection: &C,
    card: &VerifiedCard,
    replace: bool,
) -> Result<bool, TrustError> {
    let known = repository::find_peer(connection, card.id()).await?;
    Ok(replace || known.is_none_or(|peer| peer.standing == PeerStanding::Removed))
}

/// Refuses a card of another federation, and this node's own.
pub fn check_is_anothers(context: &Context, card: &VerifiedCard) -> Result<(), TrustError> {
    if *card.network() != context.network {
        return Err(TrustError::OtherNetwork(card.network().clone(), context.network.clone()));
    }
    if *card.id() == context.own { Err(TrustError::OwnCard) } else { Ok(()) }
}

/// Takes a card. The other hotline reads `fingerprint` over the telephone; nothing is trusted before it matches. A
/// newer card of a known peer needs none: it is signed by a key that is trusted already.
pub async fn add_peer(
    context: &Context,
    write: &Write<'_>,
    card: &VerifiedCard,
    fingerprint: Option<&Fingerprint>,
    replace: bool,
) -> Result<Added, TrustError> {
    check_is_anothers(context, card)?;
    let certificates = read_certificates(card)?;
    let known = repository::find_peer(&**write, card.id()).await?;
    let is_here = known.as_ref().is_some_and(|peer| peer.standing != PeerStanding::Removed);
    if let Some(fingerprint) = fingerprint {
        fingerprint.compare(&card.fingerprint())?;
    }
    let added = match &known {
        Some(peer) if is_here && !replace => {
            let keys = load_keys(&**write, card.id()).await?;
            match card.verify_update(&VerifiedCard::from_storage(&peer.card)?, &keys)? {
                CardUpdate::Same => return Ok(Added::Unchanged),
                CardUpdate::Newer => Added::Updated,
            }
        }
        _ if fingerprint.is_none() => return Err(TrustError::FingerprintMissing),
        Some(_) if is_here => Added::Replaced,
        Some(_) => Added::Back,
        None => Added::New,
    };
    let ended = revoked_pins(write, card.id()).await?;
    let takes_all = matches!(added, Added::Replaced | Added::Back);
    if let Some(known) = known.as_ref().filter(|_| takes_all) {
        check_not_over(write, card, known).await?;
        check_last_good(write, card).await?;
        revoke_all(write, card.id()).await?;
    }
    let pins: Vec<Hash> = certificates.iter().map(|certificate| certificate.pin).collect();
    save(context, write, card, known.as_ref(), certificates).await?;
    if takes_all {
        // The confirmation by people counts, but for pins that an operator has revoked for good.
        for pin in pins.iter().filter(|pin| !ended.contains(pin)) {
            repository::set_certificate_state(&**write, card.id(), pin, "active", None).await?;
        }
    }
    if pins.iter().all(|pin| ended.contains(pin)) {
        return Err(TrustError::CertificatesRevoked);
    }
    Ok(added)
}

/// Refuses to bring a past state back by a card of that time. A thief of a key could sign one, and an older card may
/// bring a stolen certificate.
async fn check_not_over(write: &Write<'_>, card: &VerifiedCard, known: &Peer) -> Result<(), TrustError> {
    let keys = load_keys(&**write, card.id()).await?;
    match keys.keys().iter().find(|bound| bound.key == card.signer()) {
        Some(bound) if bound.revoked || bound.to.is_some() => Err(TrustError::CardOfEndedKey),
        Some(_) if card.counter() < known.card_number => Err(CardUpdateRefused::LowerCounter.into()),
        _ => Ok(()),
    }
}

/// A card with another signing key says up to where the log that is here counts, or that log could never go on.
async fn check_last_good(write: &Write<'_>, card: &VerifiedCard) -> Result<(), TrustError> {
    let Some(end) = log_end(&**write, card.id()).await?.filter(|end| end.seq > 0) else { return Ok(()) };
    for last in card.content().keys.iter().filter_map(|key| key.to).filter(|last| last.position() <= end) {
        if find_entry(&**write, card.id(), last.position()).await? != Some(last.hash) {
            return Err(TrustError::LastGoodDiffers { epoch: last.epoch, seq: last.seq });
        }
        if is_left_behind(&**write, card.id(), last.position()).await? {
            return Err(TrustError::LastGoodLeftBehind { epoch: last.epoch, seq: last.seq, newest: end.epoch });
        }
    }
    let known = load_keys(&**write, card.id()).await?;
    let signs_on = |bound: &BoundKey| bound.key == card.signer() && bound.from <= end;
    let begins_later = card.keys().iter().any(|bound| bound.key == card.signer() && bound.from > end);
    if begins_later || known.keys().iter().any(signs_on) {
        Ok(())
    } else {
        Err(TrustError::CardOmitsLog { node: card.id().clone(), epoch: end.epoch })
    }
}

async fn revoked_pins(write: &Write<'_>, id: &NodeId) -> Result<Vec<Hash>, TrustError> {
    let known = repository::certificates_of(&**write, id).await?;
    Ok(known.into_iter().filter(|known| known.state == "revoked").map(|known| known.pin).collect())
}

fn read_certificates(card: &VerifiedCard) -> Result<Vec<StoredCertificate>, TrustError> {
    card.certificates()
        .iter()
        .map(|der| {
            let certificate = NodeCertificate::read(der)?;
            if certificate.node != *card.id() {
                return Err(TrustError::OthersCertificate(certificate.node));
            }
            Ok(StoredCertificate {
                node: certificate.node,
                pin: certificate.pin,
                der: der.clone(),
                state: "active".to_owned(),
                not_before: certificate.not_before,
                not_after: certificate.not_after,
                announced: None,
                retire_at: None,
            })
        })
        .collect()
}

/// Revokes its keys, and retires its certificates. A certificate that an operator revokes by name comes back with no
/// card; these come back with one that people confirmed.
async fn revoke_all(write: &Write<'_>, id: &NodeId) -> Result<(), TrustError> {
    repository::set_certificates_state(&**write, id, "retired").await?;
    for bound in load_keys(&**write, id).await?.keys() {
        let revoked = BoundKey { revoked: true, ..bound.clone() };
        save_key(&**write, id, &revoked).await?;
    }
    Ok(())
}

async fn save(
    context: &Context,
    write: &Write<'_>,
    card: &VerifiedCard,
    known: Option<&Peer>,
    certificates: Vec<StoredCertificate>,
) -> Result<(), TrustError> {
    let standing = match known.map(|peer| peer.standing) {
        Some(PeerStanding::Suspended) => PeerStanding::Suspended,
        _ => PeerStanding::Active,
    };
    let peer = Peer {
        id: card.id().clone(),
        standing,
        name: card.name().to_owned(),
        countries: card.countries().to_vec(),
        endpoint: card.endpoints()[0].as_str().to_owned(),
        card: card.token().to_owned(),
        card_number: card.counter(),
        added_at: known.map_or_else(|| context.now_micros(), |peer| peer.added_at),
    };
    repository::save_peer(&**write, &peer).await?;
    for certificate in &certificates {
        repository::save_certificate(&**write, certificate).await?;
    }
    for key in &card.content().keys {
        save_key(&**write, card.id(), &key.bound()).await?;
        if let Some(last) = key.to {
            note_end(&**write, card.id(), &key.key, &last.hash).await?;
        }
    }
    Ok(())
}

/// Suspends, resumes or removes a peer. A peer that is so already stays so.
pub async fn set_standing(write: &Write<'_>, id: &NodeId, standing: PeerStanding) -> Result<Peer, TrustError> {
    let mut peer = repository::find_peer(&**write, id).await?.ok_or_else(|| TrustError::PeerUnknown(id.clone()))?;
    if peer.standing == PeerStanding::Removed && standing != PeerStanding::Removed {
        return Err(TrustError::PeerUnknown(id.clone()));
    }
    peer.standing = standing;
    repository::save_peer(&**write, &peer).await?;
    if standing == PeerStanding::Removed {
        repository::set_certificates_state(&**write, id, "retired").await?;
    }
    Ok(peer)
}
