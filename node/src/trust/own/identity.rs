//! This node's own keys, loaded.

use std::path::Path;
use std::sync::Arc;

use hotline_protocol::id::NodeId;
use hotline_protocol::signature::SigningKey;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::sign::CertifiedKey;
use rustls_pki_types::CertificateDer;

use super::exchange_file::{exchange_files, present_pin};
use super::identity_error::IdentityError;
use super::key_file::{KeyFileError, read_chain, read_private_key};
use super::presented::ShownCertificate;
use crate::config::section::KeysSection;
use crate::secret::SecretError;
use crate::trust::certificate::NodeCertificate;

/// This node's keys.
pub struct Identity {
    /// Signs the log and the card.
    pub signing: Arc<SigningKey>,
    /// The certificate that TLS shows.
    pub shown: Arc<ShownCertificate>,
    /// The certificate, read.
    pub certificate: NodeCertificate,
    /// The certificate's bytes.
    pub certificate_der: Vec<u8>,
}

impl Identity {
    /// Loads the keys of the node `id`.
    pub fn load(keys: &KeysSection, id: &NodeId) -> Result<Self, IdentityError> {
        let credential = read_present(keys, id)?;
        let signing = read_signing_key(&keys.signing_key())?;
        Ok(Self {
            signing: Arc::new(signing),
            certificate_der: credential.key.cert[0].to_vec(),
            shown: Arc::new(ShownCertificate::new(credential.key)),
            certificate: credential.certificate,
        })
    }

    /// Reads the TLS key and certificate of the node `id` again; handshakes from now on show them, without a restart. On
    /// an error the old ones stay.
    pub fn reload_certificate(&mut self, keys: &KeysSection, id: &NodeId) -> Result<(), IdentityError> {
        let credential = read_present(keys, id)?;
        self.certificate_der = credential.key.cert[0].to_vec();
        self.certificate = credential.certificate;
        self.shown.replace(credential.key);
        Ok(())
    }
}

/// The TLS key, with the content of its certificate. Behind the certificate those of its issuers may stand.
pub(super) struct Credential {
    pub(super) key: CertifiedKey,
    pub(super) certificate: NodeCertificate,
}

/// Reads a signing key.
pub(super) fn read_signing_key(path: &Path) -> Result<SigningKey, KeyFileError> {
    let private = read_private_key(path)?;
    SigningKey::from_pkcs8(private.secret_der())
        .map_err(|_| SecretError::Malformed { path: path.to_owned(), expected: "an Ed25519 key in PEM" }.into())
}

/// The present pair. Its two files are exchanged one after the other; meanwhile the pair stands under its own name.
fn read_present(keys: &KeysSection, id: &NodeId) -> Result<Credential, IdentityError> {
    let (key, certificate) = exchange_files(keys, &present_pin(keys)?);
    match read_credential(&key, &certificate, id) {
        Ok(credential) => Ok(credential),
        Err(_) => read_credential(&keys.exchange_key(), &keys.exchange_certificate(), id),
    }
}

/// Reads a TLS key with its certificate, made for `id`.
pub(super) fn read_credential(key: &Path, certificate: &Path, id: &NodeId) -> Result<Credential, IdentityError> {
    let chain = read_chain(certificate)?;
    let certificate = NodeCertificate::read(&chain[0])?;
    if certificate.node != *id {
        return Err(IdentityError::OtherNode(certificate.node));
    }
    Ok(Credential { key: certified(chain, key)?, certificate })
}

/// Returns a certificate chain with the key from this file: the key of its first certificate.
pub(super) fn certified(chain: Vec<CertificateDer<'static>>, key: &Path) -> Result<CertifiedKey, IdentityError> {
    let private = read_private_key(key)?;
    // Pass a reference: the provider does not wipe a key that it owns.
    let key = any_supported_type(&private).map_err(|_| IdentityError::KeyMismatch)?;
    let key = CertifiedKey::new(chain, key);
    key.keys_match().map_err(|_| IdentityError::KeyMismatch)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::secret::write_secret_file;
    use crate::trust::handshake::test_certificate::{node, now};
    use crate::trust::own::key_file::make_key_files;
    use crate::trust::own::self_signed::issue_exchange;

    const OWN: &str = "fr-example";

    /// A new node in a folder of its own.
    fn created() -> (tempfile::TempDir, KeysSection, Identity) {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = KeysSection { folder: folder.path().to_owned() };
        make_key_files(&keys, &node(OWN), now()).expect("keys");
        let identity = Identity::load(&keys, &node(OWN)).expect("an identity");
        (folder, keys, identity)
    }

    #[test]
    fn a_new_node_has_keys_that_only_its_owner_may_read() {
        let (_folder, keys, identity) = created();
        let mode = |path: &std::path::Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        let mut names: Vec<_> = fs::read_dir(&keys.folder)
            .expect("a folder")
            .map(|file| file.expect("a file"))
            .inspect(|file| assert_eq!(mode(&file.path()), 0o600, "{file:?}"))
            .map(|file| file.file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        let expected = ["exchange.crt.pem", "exchange.pem", "office.crt.pem", "office.pem", "signing.pem"];
        assert_eq!(names, expected);
        let office = crate::trust::own::web_certificate::WebCertificate::open(
            "office",
            &keys.office_certificate(),
            &keys.office_key(),
        );
        assert!(office.is_ok(), "{office:?}");
        assert_eq!(identity.certificate.not_after, (now() + chrono::TimeDelta::days(365)).timestamp());
    }

    #[test]
    fn what_is_read_of_a_key_file_is_wiped_when_it_is_dropped() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        let (_folder, keys, _) = created();
        is_wiped(&read_private_key(&keys.signing_key()).expect("a key"));
        is_wiped(&crate::secret::read_secret_file(&keys.signing_key()).expect("a file"));
        is_wiped(&crate::trust::own::self_signed::issue_signing_key().expect("a key"));
    }

    #[test]
    fn a_node_reads_the_keys_that_it_made_and_never_makes_them_again() {
        let (_folder, keys, identity) = created();
        let token = identity.signing.sign_jws("t", b"{}");
        let again = Identity::load(&keys, &node(OWN)).expect("the same node");
        assert_eq!(again.signing.public().verify_jws("t", &token), Ok(b"{}".to_vec()));
        assert_eq!(again.certificate, identity.certificate);
        assert_eq!(again.certificate_der, identity.certificate_der);
        assert!(matches!(make_key_files(&keys, &node(OWN), now()), Err(KeyFileError::AlreadyThere(_))));
    }

    #[test]
    fn keys_that_do_not_fit_the_node_or_each_other_are_refused() {
        let (_folder, keys, _) = created();
        assert!(matches!(Identity::load(&keys, &node("de-example")), Err(IdentityError::OtherNode(_))));
        let other = issue_exchange(&node(OWN), now()).expect("another key");
        write_secret_file(&keys.exchange_key(), other.key_pem.as_bytes()).expect("written");
        assert!(matches!(Identity::load(&keys, &node(OWN)), Err(IdentityError::KeyMismatch)));
    }

    #[test]
    fn a_new_certificate_is_taken_up_while_the_node_runs_and_only_with_its_key() {
        let (_folder, keys, mut identity) = created();
        let before = identity.certificate.pin;
        let other = issue_exchange(&node(OWN), now()).expect("another key");
        write_secret_file(&keys.exchange_key(), other.key_pem.as_bytes()).expect("written");
        assert!(identity.reload_certificate(&keys, &node(OWN)).is_err());
        assert_eq!(identity.certificate.pin, before);
        write_secret_file(&keys.exchange_certificate(), other.certificate_pem.as_bytes()).expect("written");
        identity.reload_certificate(&keys, &node(OWN)).expect("a pair");
        assert_ne!(identity.certificate.pin, before);
        assert_eq!(NodeCertificate::read(&identity.certificate_der).as_ref(), Ok(&identity.certificate));
    }
}
