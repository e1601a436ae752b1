//! This node's own key files beside the present ones: those of keys that are announced or retiring.
//!
//! A file bears the beginning of its key's fingerprint in its name. `exchange.pem`, `exchange.crt.pem` and
//! `signing.pem` are copies of the present ones, written last. However a change is stopped on its way, the key's own
//! file is there, and the change that the database notes is done again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use hotline_protocol::bytes::Hash;
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::proof_message;
use hotline_protocol::signature::{PublicKey, SigningKey};
use rustls::SignatureScheme;
use rustls::sign::CertifiedKey;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

use super::exchange_file::{exchange_files, named, present_pin};
use super::identity::{read_credential, read_signing_key};
use super::identity_error::IdentityError;
use super::key_file::{KeyFileError, write_pair};
use super::self_signed::{issue_exchange, issue_signing_key};
use crate::config::section::KeysSection;
use crate::secret::{read_secret_file, write_secret_file};
use crate::trust::certificate::NodeCertificate;

/// A new key of this node, in its file, with the proof that it is here.
pub struct NewKey {
    /// Raw key, or DER of the certificate.
    pub bytes: Vec<u8>,
    /// Its signature over the content that an announcement proves.
    pub proof: Vec<u8>,
}

/// Signing keys with files here, by their ids. A key that another process made is found when it is asked for.
pub struct OwnSigningKeys {
    section: KeysSection,
    loaded: Mutex<HashMap<Hash, Arc<SigningKey>>>,
}

impl OwnSigningKeys {
    /// With the present one.
    #[must_use]
    pub fn new(section: KeysSection, present: Arc<SigningKey>) -> Self {
        Self { section, loaded: Mutex::new(HashMap::from([(present.public().kid(), present)])) }
    }

    /// The key with this id; `None` where its file is not here or cannot be read.
    #[must_use]
    pub fn get(&self, kid: &Hash) -> Option<Arc<SigningKey>> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = loaded.get(kid) {
            return Some(Arc::clone(key));
        }
        let key = Arc::new(signing_key_named(&self.section, kid).ok()?);
        loaded.insert(*kid, Arc::clone(&key));
        Some(key)
    }

    /// Forgets a key.
    pub fn forget(&self, kid: &Hash) {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).remove(kid);
    }
}

fn signing_file(section: &KeysSection, kid: &Hash) -> PathBuf {
    named(section, "signing", kid, ".pem")
}

/// Makes a TLS key with its certificate, one year from `now`.
pub fn make_certificate(
    section: &KeysSection,
    network: &Network,
    id: &NodeId,
    now: DateTime<Utc>,
) -> Result<NewKey, IdentityError> {
    keep_present_exchange(section)?;
    let issued = issue_exchange(id, now).map_err(KeyFileError::from)?;
    let pin = NodeCertificate::read(&issued.certificate_der)?.pin;
    let (key_file, certificate_file) = exchange_files(section, &pin);
    write_pair(&key_file, &certificate_file, &issued)?;
    let key = credential_named(section, id, &pin)?;
    let der = issued.certificate_der;
    let proof = sign_proof(&key, &proof_message(network, id, &der)).ok_or(IdentityError::KeyMismatch)?;
    Ok(NewKey { bytes: der, proof })
}

/// The present pair under its own name too, so that it stays when another takes the present one's place.
pub fn keep_present_exchange(section: &KeysSection) -> Result<(), IdentityError> {
    let (key_file, certificate_file) = exchange_files(section, &present_pin(section)?);
    copy_secret(&section.exchange_key(), &key_file)?;
    copy_secret(&section.exchange_certificate(), &certificate_file)?;
    Ok(())
}

/// The present signing key under its own name too.
pub fn keep_present_signing(section: &KeysSection) -> Result<(), KeyFileError> {
    let present = read_signing_key(&section.signing_key())?;
    copy_secret(&section.signing_key(), &signing_file(section, &present.public().kid()))
}

/// Makes a signing key.
pub fn make_signing_key(section: &KeysSection, network: &Network, id: &NodeId) -> Result<NewKey, IdentityError> {
    keep_present_signing(section)?;
    let pem = issue_signing_key().map_err(KeyFileError::from)?;
    let private =
        PrivateKeyDer::from_pem_slice(pem.as_bytes()).map(Zeroizing::new).map_err(|_| IdentityError::KeyMissing)?;
    let key = SigningKey::from_pkcs8(private.secret_der()).map_err(|_| IdentityError::KeyMissing)?;
    let file = signing_file(section, &key.public().kid());
    write_secret_file(&file, pem.as_bytes()).map_err(KeyFileError::from)?;
    let public = key.public();
    let proof = key.sign(&proof_message(network, id, public.as_bytes())).to_vec();
    Ok(NewKey { bytes: public.as_bytes().to_vec(), proof })
}

pub(super) fn sign_proof(key: &CertifiedKey, message: &[u8]) -> Option<Vec<u8>> {
    let schemes =
        [SignatureScheme::ECDSA_NISTP256_SHA256, SignatureScheme::ECDSA_NISTP384_SHA384, SignatureScheme::ED25519];
    key.key.choose_scheme(&schemes)?.sign(message).ok()
}

/// The TLS key with this pin, from its own file or the present one's.
pub fn credential_named(section: &KeysSection, id: &NodeId, pin: &Hash) -> Result<CertifiedKey, IdentityError> {
    let (key, certificate) = exchange_files(section, pin);
    let credential = if certificate.exists() {
        read_credential(&key, &certificate, id)?
    } else {
        read_credential(&section.exchange_key(), &section.exchange_certificate(), id)?
    };
    if credential.certificate.pin == *pin { Ok(credential.key) } else { Err(IdentityError::KeyMissing) }
}

/// The signing key with this id, from its own file or the present one's.
pub fn signing_key_named(section: &KeysSection, kid: &Hash) -> Result<SigningKey, IdentityError> {
    let read = |file: &Path| match read_signing_key(file) {
        Ok(key) if key.public().kid() == *kid => Ok(key),
        Ok(_) => Err(IdentityError::KeyMissing),
        Err(error) => Err(error.into()),
    };
    let own_file = signing_file(section, kid);
    let own = if own_file.exists() { read(&own_file) } else { Err(IdentityError::KeyMissing) };
    own.or_else(|error| read(&section.signing_key()).map_err(|_| error))
}

/// Puts the pair with this pin into the present one's place, where it is not there already.
pub fn install_certificate(section: &KeysSection, pin: &Hash) -> Result<(), IdentityError> {
    let (key, certificate) = exchange_files(section, pin);
    // The certificate is moved in last: where it is the present one, its key is.
    if certificate.exists() && !present_pin(section).is_ok_and(|present| present == *pin) {
        copy_secret(&key, &section.exchange_key())?;
        copy_secret(&certificate, &section.exchange_certificate())?;
    }
    Ok(())
}

/// Puts a signing key into the present one's place, where it is not there already.
pub fn install_signing_key(section: &KeysSection, key: &PublicKey) -> Result<(), IdentityError> {
    let file = signing_file(section, &key.kid());
    if file.exists() && !read_signing_key(&section.signing_key()).is_ok_and(|present| present.public() == *key) {
        copy_secret(&file, &section.signing_key())?;
    }
    Ok(())
}

/// Removes the own files of the present TLS key, once it stands in the present one's place: a switch may have been
/// stopped between the database and the files.
pub fn settle_certificate(section: &KeysSection, pin: &Hash) -> Result<(), IdentityError> {
    install_certificate(section, pin)?;
    if present_pin(section)? == *pin { Ok(remove_certificate_file(section, pin)?) } else { Ok(()) }
}

/// Removes the own file of the present signing key, once it stands in the present one's place.
pub fn settle_signing_key(section: &KeysSection, key: &PublicKey) -> Result<(), IdentityError> {
    install_signing_key(section, key)?;
    let is_present = read_signing_key(&section.signing_key())?.public() == *key;
    if is_present { Ok(remove_signing_file(section, key)?) } else { Ok(()) }
}

/// Removes the own files of a TLS key that is used for nothing any more.
pub fn remove_certificate_file(section: &KeysSection, pin: &Hash) -> Result<(), KeyFileError> {
    let (key, certificate) = exchange_files(section, pin);
    remove(&key)?;
    remove(&certificate)
}

/// Removes the own file of a signing key that signs nothing any more.
pub fn remove_signing_file(section: &KeysSection, key: &PublicKey) -> Result<(), KeyFileError> {
    remove(&signing_file(section, &key.kid()))
}

fn remove(path: &Path) -> Result<(), KeyFileError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(crate::secret::SecretError::File { path: path.to_owned(), cause }.into())
        }
        _ => Ok(()),
    }
}

/// Copies a key file where the other is not the same already; each is moved in at once.
fn copy_secret(from: &Path, to: &Path) -> Result<(), KeyFileError> {
    let content = read_secret_file(from)?;
    let is_there = read_secret_file(to).is_ok_and(|there| there == content);
    if is_there { Ok(()) } else { Ok(write_secret_file(to, &content)?) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::handshake::test_certificate::{node, now};
    use crate::trust::own::identity::Identity;
    use crate::trust::own::key_file::make_key_files;

    const OWN: &str = "fr-example";

    fn created() -> (tempfile::TempDir, KeysSection) {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = KeysSection { folder: folder.path().to_owned() };
        make_key_files(&keys, &node(OWN), now()).expect("keys");
        (folder, keys)
    }

    fn files(keys: &KeysSection) -> usize {
        fs::read_dir(&keys.folder).expect("a folder").count()
    }

    #[test]
    fn a_signing_key_whose_switch_was_stopped_before_its_file_was_moved_is_not_lost() {
        let (_folder, keys) = created();
        let before = files(&keys);
        let new = make_signing_key(&keys, &Network::default(), &node(OWN)).expect("made");
        let key = PublicKey::from_bytes(new.bytes.as_slice().try_into().expect("32 bytes"));
        let old = read_signing_key(&keys.signing_key()).expect("the present one").public();
        assert_ne!(old, key);
        settle_signing_key(&keys, &key).expect("settled");
        assert_eq!(read_signing_key(&keys.signing_key()).expect("the new one").public(), key);
        remove_signing_file(&keys, &old).expect("removed");
        settle_signing_key(&keys, &key).expect("nothing to do");
        assert_eq!(files(&keys), before);
    }

    #[test]
    fn a_certificate_whose_switch_was_stopped_before_its_files_were_moved_is_not_lost() {
        let (_folder, keys) = created();
        let before = files(&keys);
        let old = present_pin(&keys).expect("the present one");
        let new = make_certificate(&keys, &Network::default(), &node(OWN), now()).expect("made");
        let pin = NodeCertificate::read(&new.bytes).expect("a certificate").pin;
        // Stopped between the two files: the key is the new one's already.
        copy_secret(&exchange_files(&keys, &pin).0, &keys.exchange_key()).expect("copied");
        assert_eq!(Identity::load(&keys, &node(OWN)).expect("the old pair").certificate.pin, old);
        settle_certificate(&keys, &pin).expect("settled");
        remove_certificate_file(&keys, &old).expect("removed");
        assert_eq!(Identity::load(&keys, &node(OWN)).expect("the new pair").certificate.pin, pin);
        assert_eq!(files(&keys), before);
    }

    #[test]
    fn a_key_that_is_not_here_takes_nothing_away() {
        let (_folder, keys) = created();
        let (pin, present) =
            (present_pin(&keys).expect("a pin"), read_signing_key(&keys.signing_key()).expect("a key"));
        settle_certificate(&keys, &Hash::ZERO).expect("nothing to do");
        settle_signing_key(&keys, &PublicKey::from_bytes([1; 32])).expect("nothing to do");
        assert_eq!(present_pin(&keys).expect("a pin"), pin);
        let after = read_signing_key(&keys.signing_key()).expect("a key");
        assert_eq!(after.public(), present.public());
    }
}
