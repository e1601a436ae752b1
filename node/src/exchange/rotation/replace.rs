//! New keys at once, after a theft: no announcement helps then, only a card that people confirm.

use hotline_protocol::bytes::Hash;
use hotline_protocol::log::{BoundKey, Position};
use hotline_protocol::signature::PublicKey;
use rustls_pki_types::CertificateDer;

use super::RotationError;
use super::announce::{check_unknown, remember_certificate};
use crate::config::section::KeysSection;
use crate::context::Context;
use crate::storage::Write;
use crate::trust::Authority;
use crate::trust::certificate::NodeCertificate;
use crate::trust::own::{
    Identity, IdentityError, keep_issued, make_certificate, make_signing_key, remove_certificate_file,
    remove_signing_file,
};
use crate::trust::peer::{
    StoredCertificate, certificates_of, end_keys, load_keys, save_certificate, save_key, set_certificate_state,
};

/// New keys in their files, not in use yet.
pub struct NewKeys {
    signing: PublicKey,
    certificate: StoredCertificate,
}

impl NewKeys {
    /// Makes a signing key, and a TLS key with its certificate. Or takes the waiting TLS key that the federation's
    /// authority has issued a certificate for.
    pub async fn make(
        context: &Context,
        keys: &KeysSection,
        issued: Option<&[CertificateDer<'static>]>,
        authority: Option<&Authority>,
    ) -> Result<Self, RotationError> {
        if let Some(chain) = issued {
            check_unknown(context, chain).await?;
        }
        let raw = make_signing_key(keys, &context.network, &context.own)?.bytes;
        let raw = raw.as_slice().try_into().map_err(|_| IdentityError::KeyMissing)?;
        let signing = PublicKey::from_bytes(raw);
        let der = if let Some(chain) = issued {
            let judge = (authority, context.clock.unix_seconds());
            keep_issued(keys, &context.network, &context.own, chain, judge).map_err(RotationError::from)
        } else {
            let made = make_certificate(keys, &context.network, &context.own, context.clock.now());
            made.map_err(RotationError::from)
        };
        if der.is_err() {
            remove_signing_file(keys, &signing)?;
        }
        let der = der?.bytes;
        let NodeCertificate { node, pin, not_before, not_after, .. } =
            NodeCertificate::read(&der).map_err(IdentityError::from)?;
        let state = "active".to_owned();
        let certificate =
            StoredCertificate { node, pin, der, state, not_before, not_after, announced: None, retire_at: None };
        Ok(Self { signing, certificate })
    }

    /// Takes them into use. Anything that the earlier signing keys have signed after `last` counts for nothing. The new
    /// one signs from `first` on, and the earlier certificates are revoked.
    pub async fn take_into_use(
        &self,
        context: &Context,
        write: &Write<'_>,
        identity: &Identity,
        last: Position,
        first: Position,
    ) -> Result<(), RotationError> {
        let own = &context.own;
        end_keys(&**write, own, last).await?;
        save_key(&**write, own, &BoundKey { key: self.signing, from: first, to: None, revoked: false }).await?;
        remember_certificate(write, identity).await?;
        for earlier in certificates_of(&**write, own).await? {
            set_certificate_state(&**write, own, &earlier.pin, "revoked", None).await?;
        }
        Ok(save_certificate(&**write, &self.certificate).await?)
    }

    /// Removes the files of keys that were not taken into use. Whether they were, the database says: a commit may have been
    /// done though its answer was lost, and without its files this node could never sign again.
    pub async fn discard(&self, context: &Context, keys: &KeysSection) -> Result<(), RotationError> {
        let known = load_keys(context.database.read(), &context.own).await?;
        if known.keys().iter().any(|bound| bound.key == self.signing) {
            return Ok(());
        }
        remove_certificate_file(keys, &self.certificate.pin)?;
        Ok(remove_signing_file(keys, &self.signing)?)
    }

    /// The id of the signing key.
    #[must_use]
    pub fn signing_key_id(&self) -> Hash {
        self.signing.kid()
    }
}
