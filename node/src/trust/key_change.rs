//! What a node's log says about its keys, at work: a peer's, and our own.
//!
//! Nothing here is trusted for more than what the log's present key says: the entry stands in a run that was verified.
//! What cannot be applied changes nothing, and a person is told.

use hotline_protocol::entry::{Content, KeyAct};
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{BoundKey, ChangedKey, KeyChange, KeyChangeRefused, Position, proof_message};
use hotline_protocol::signature::PublicKey;
use thiserror::Error;

use super::certificate::{CertificateRefused, NodeCertificate};
use super::key_repository::{self, AnnouncedKey, announced_keys, load_keys, save_key};
use super::repository::{StoredCertificate, certificates_of, save_certificate, set_certificate_state};
use crate::storage::{ConnectionTrait, StorageError};

/// Why a log's word about a key has no effect.
#[derive(Debug, Error)]
pub enum KeyChangeFault {
    /// Its form, or its proof.
    #[error(transparent)]
    Form(#[from] KeyChangeRefused),
    /// The certificate.
    #[error("the announced certificate cannot be used: {0}")]
    Certificate(#[from] CertificateRefused),
    /// The certificate names another node.
    #[error("the announced certificate names {0}")]
    OthersCertificate(NodeId),
    /// It is not known, or does not count.
    #[error("it switches to, or ends, a key that was not announced before")]
    NotAnnounced,
    /// It was ended before.
    #[error("it announces a key that was ended before")]
    Ended,
    /// Nothing would be left to know the node by.
    #[error("it would end the last certificate by which the node is known")]
    LastCertificate,
    /// What a key has signed stays signed.
    #[error("a signing key that was in use is ended by a switch to another one, and by nothing else")]
    InUse,
    /// Ours.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Applies what the log of `log` says at `place` about a key.
pub async fn apply_key_change<C: ConnectionTrait>(
    connection: &C,
    network: &Network,
    log: &NodeId,
    place: Position,
    content: &Content,
) -> Result<(), KeyChangeFault> {
    let change = KeyChange::read(content)?;
    match &change.key {
        ChangedKey::Signing(key) => {
            change.check_signing_proof(network, log)?;
            change_signing_key(connection, log, place, change.act, key).await
        }
        ChangedKey::Certificate(der) => {
            let certificate = NodeCertificate::read(der)?;
            if certificate.node != *log {
                return Err(KeyChangeFault::OthersCertificate(certificate.node));
            }
            if change.act == KeyAct::Announce
                && !NodeCertificate::verify_proof(der, &proof_message(network, log, der), change.proof())
            {
                return Err(KeyChangeRefused::Proof.into());
            }
            change_certificate(connection, place, change.act, &certificate, der).await
        }
    }
}

async fn change_signing_key<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
    act: KeyAct,
    key: &PublicKey,
) -> Result<(), KeyChangeFault> {
    let is_announced = announced_keys(connection, log).await?.iter().any(|announced| announced.key == *key);
    match act {
        KeyAct::Announce if is_announced => Ok(()),
        KeyAct::Announce if key_repository::is_known(connection, log, key).await? => Err(KeyChangeFault::Ended),
        KeyAct::Announce => {
            let announced = AnnouncedKey { key: *key, announced: place };
            Ok(key_repository::save_announced(connection, log, &announced).await?)
        }
        KeyAct::Switch if is_announced => {
            for bound in load_keys(connection, log).await?.keys().iter().filter(|bound| bound.to.is_none()) {
                let ended = BoundKey { to: Some(place), ..bound.clone() };
                save_key(connection, log, &ended).await?;
            }
            let from = Position { epoch: place.epoch, seq: place.seq + 1 };
            Ok(save_key(connection, log, &BoundKey { key: *key, from, to: None, revoked: false }).await?)
        }
        KeyAct::Retire | KeyAct::Revoke if is_announced => {
            Ok(key_repository::revoke_announced(connection, log, key).await?)
        }
        KeyAct::Switch => Err(KeyChangeFault::NotAnnounced),
        KeyAct::Retire | KeyAct::Revoke => Err(KeyChangeFault::InUse),
    }
}

async fn change_certificate<C: ConnectionTrait>(
    connection: &C,
    place: Position,
    act: KeyAct,
    certificate: &NodeCertificate,
    der: &[u8],
) -> Result<(), KeyChangeFault> {
    let node = &certificate.node;
    let known = certificates_of(connection, node).await?;
    let found = known.iter().find(|known| known.pin == certificate.pin);
    let others_count = known.iter().any(|known| known.pin != certificate.pin && known.counts());
    let end = async |state: &str| match found {
        Some(_) if !others_count => Err(KeyChangeFault::LastCertificate),
        Some(_) => Ok(set_certificate_state(connection, node, &certificate.pin, state, None).await?),
        None => Err(KeyChangeFault::NotAnnounced),
    };
    match (act, found) {
        (KeyAct::Announce, Some(found)) if found.counts() => Ok(()),
        (KeyAct::Announce, Some(_)) => Err(KeyChangeFault::Ended),
        (KeyAct::Announce, None) => {
            let announced = StoredCertificate {
                node: node.clone(),
                pin: certificate.pin,
                der: der.to_vec(),
                state: "announced".to_owned(),
                not_before: certificate.not_before,
                not_after: certificate.not_after,
                announced: Some(place),
                retire_at: None,
            };
            Ok(save_certificate(connection, &announced).await?)
        }
        (KeyAct::Switch, Some(found)) if found.counts() => {
            for before in known.iter().filter(|known| known.state == "active") {
                set_certificate_state(connection, node, &before.pin, "retiring", before.retire_at).await?;
            }
            Ok(set_certificate_state(connection, node, &certificate.pin, "active", None).await?)
        }
        (KeyAct::Switch, _) => Err(KeyChangeFault::NotAnnounced),
        (KeyAct::Retire, _) => end("retired").await,
        (KeyAct::Revoke, _) => end("revoked").await,
    }
}
