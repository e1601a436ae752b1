//! Announcing a new key of this node in its log.

use std::time::Duration;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::KeyAct;
use hotline_protocol::log::{ChangedKey, KeyChange, Position};
use hotline_protocol::signature::PublicKey;
use rustls_pki_types::CertificateDer;

use super::RotationError;
use crate::config::section::KeysSection;
use crate::context::Context;
use crate::report::record_own_entry;
use crate::storage::{StorageError, Write, leave_setting};
use crate::trust::Authority;
use crate::trust::certificate::NodeCertificate;
use crate::trust::own::{
    Identity, IdentityError, NewKey, keep_issued, make_certificate, make_signing_key, remove_certificate_file,
    remove_signing_file,
};
use crate::trust::peer::{StoredCertificate, announced_keys, apply_key_change, certificates_of, save_certificate};

/// How long a certificate that was switched from is accepted still, seconds, under this name among the settings.
pub(super) const OVERLAP_SETTING: &str = "certificate_overlap_seconds";

/// Most certificates that count at once, before another is announced: a card holds eight.
const COUNTING_LIMIT: usize = 4;

/// A key that was announced.
#[derive(Debug, Clone, Copy)]
pub struct Announced {
    /// The certificate's pin, or the signing key's id.
    pub fingerprint: Hash,
    /// Where the log says so.
    pub place: Position,
}

/// A key that is announced with the transaction that is committed next.
pub struct Announcement<'c> {
    announced: Announced,
    key: ChangedKey,
    write: Write<'c>,
}

impl Announcement<'_> {
    /// Returns the announced key or certificate.
    #[must_use]
    pub const fn announced(&self) -> Announced {
        self.announced
    }

    /// Returns the transaction, for other writes that belong to it.
    #[must_use]
    pub const fn write(&self) -> &Write<'_> {
        &self.write
    }

    /// Commits it. Where it is certain that nothing was written, the files of the key are removed; where nobody can tell
    /// they stay, because this node's log may say that it will use them.
    pub async fn commit(self, keys: &KeysSection) -> Result<Announced, RotationError> {
        let Self { announced, key, write } = self;
        let committed = write.commit().await.map_err(RotationError::from);
        if committed.as_ref().is_err_and(|error| !matches!(error, RotationError::OutcomeUnknown)) {
            match &key {
                ChangedKey::Signing(key) => remove_signing_file(keys, key)?,
                ChangedKey::Certificate(_) => remove_certificate_file(keys, &announced.fingerprint)?,
            }
        }
        committed.map(|()| announced)
    }
}

/// Keeps this node's certificate among those that its rotation knows, if it is not there.
pub async fn remember_certificate(write: &Write<'_>, identity: &Identity) -> Result<(), StorageError> {
    let certificate = &identity.certificate;
    if !certificates_of(&**write, &certificate.node).await?.is_empty() {
        return Ok(());
    }
    let first = StoredCertificate {
        node: certificate.node.clone(),
        pin: certificate.pin,
        der: identity.certificate_der.clone(),
        state: "active".to_owned(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        announced: None,
        retire_at: None,
    };
    save_certificate(&**write, &first).await
}

/// Makes a new TLS key with its certificate, and announces it. The node switches to it by itself; the one before it is
/// accepted for `overlap` after that.
pub async fn announce_certificate<'c>(
    context: &'c Context,
    keys: &KeysSection,
    overlap: Duration,
) -> Result<Announcement<'c>, RotationError> {
    let identity = Identity::load(keys, &context.own)?;
    let new = make_certificate(keys, &context.network, &context.own, context.clock.now())?;
    announce_new(context, keys, &identity, new, overlap).await
}

/// Takes a certificate that the federation's authority issued for the key that waits for it, and announces it as
/// [`announce_certificate`] does.
pub async fn announce_issued<'c>(
    context: &'c Context,
    keys: &KeysSection,
    chain: &[CertificateDer<'static>],
    authority: Option<&Authority>,
    overlap: Duration,
) -> Result<Announcement<'c>, RotationError> {
    check_unknown(context, chain).await?;
    let identity = Identity::load(keys, &context.own)?;
    let judge = (authority, context.clock.unix_seconds());
    let new = keep_issued(keys, &context.network, &context.own, chain, judge)?;
    announce_new(context, keys, &identity, new, overlap).await
}

/// A certificate that this node knows has its files already, or was ended for good.
pub(super) async fn check_unknown(context: &Context, chain: &[CertificateDer<'static>]) -> Result<(), RotationError> {
    let Some(pin) = chain.first().and_then(|leaf| NodeCertificate::read(leaf).ok()).map(|read| read.pin) else {
        return Ok(());
    };
    let own = certificates_of(context.database.read(), &context.own).await?;
    match own.into_iter().find(|known| known.pin == pin) {
        Some(known) if known.counts() => Err(RotationError::Known),
        Some(_) => Err(RotationError::Ended),
        None => Ok(()),
    }
}

async fn announce_new<'c>(
    context: &'c Context,
    keys: &KeysSection,
    identity: &Identity,
    new: NewKey,
    overlap: Duration,
) -> Result<Announcement<'c>, RotationError> {
    let fingerprint = NodeCertificate::read(&new.bytes).map_err(IdentityError::from)?.pin;
    let announced = async {
        let write = context.database.write("announce_certificate").await?;
        remember_certificate(&write, identity).await?;
        let own = certificates_of(&*write, &context.own).await?;
        if own.iter().any(|certificate| certificate.state == "announced") {
            return Err(RotationError::UnderWay);
        }
        if own.iter().filter(|certificate| certificate.counts()).count() >= COUNTING_LIMIT {
            return Err(RotationError::TooMany);
        }
        leave_setting(&write, OVERLAP_SETTING, &overlap.as_secs().to_string()).await?;
        let NewKey { bytes, proof } = new;
        let key = ChangedKey::Certificate(bytes);
        let place = record_change(context, &write, &key, KeyAct::Announce, Some(&proof)).await?;
        Ok(Announcement { announced: Announced { fingerprint, place }, key, write })
    };
    let announced = announced.await;
    if announced.is_err() {
        remove_certificate_file(keys, &fingerprint)?;
    }
    announced
}

/// Makes a new signing key, and announces it. The node switches to it by itself.
pub async fn announce_signing_key<'c>(
    context: &'c Context,
    keys: &KeysSection,
) -> Result<Announcement<'c>, RotationError> {
    let NewKey { bytes, proof } = make_signing_key(keys, &context.network, &context.own)?;
    let raw = bytes.as_slice().try_into().map_err(|_| IdentityError::KeyMissing)?;
    let key = PublicKey::from_bytes(raw);
    let announced = async {
        let write = context.database.write("announce_signing_key").await?;
        if !announced_keys(&*write, &context.own).await?.is_empty() {
            return Err(RotationError::UnderWay);
        }
        let changed = ChangedKey::Signing(key);
        let place = record_change(context, &write, &changed, KeyAct::Announce, Some(&proof)).await?;
        Ok(Announcement { announced: Announced { fingerprint: key.kid(), place }, key: changed, write })
    };
    let announced = announced.await;
    if announced.is_err() {
        remove_signing_file(keys, &key)?;
    }
    announced
}

/// Writes a change into our own log, and applies it as every peer will.
pub(super) async fn record_change(
    context: &Context,
    write: &Write<'_>,
    key: &ChangedKey,
    act: KeyAct,
    proof: Option<&[u8]>,
) -> Result<Position, RotationError> {
    let content = KeyChange::to_content(key, act, proof, context.clock.unix_seconds());
    let place = record_own_entry(context, write, content.clone()).await?;
    apply_key_change(&**write, &context.network, &context.own, place, &content).await?;
    Ok(place)
}
