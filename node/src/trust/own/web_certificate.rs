//! The certificate of a listener for people, with its key: read again when its files change, and watched for its end.
//!
//! A renewal exchanges two files, one after the other: meanwhile they do not belong together. The pair that was there
//! stays in use, and nobody is called before that has lasted.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use thiserror::Error;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::key_file::{KeyFileError, read_private_key};
use crate::secret::SecretError;
use crate::trust::certificate::{Expiry, days_left, own_first, plain, says_days_left};
use crate::watched_file::{Stamp, stamp};

/// Files that do not belong together for so long are no renewal under way.
const SETTLED_SECONDS: i64 = 60;

/// Why a pair cannot be used.
#[derive(Debug, Error)]
pub enum WebCertificateRefused {
    /// One of its files.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// Two files of different pairs.
    #[error("{} is not the key of {}: put the key and the certificate there that were issued together", .key.display(), .certificate.display())]
    Mismatch {
        /// The key's file.
        key: PathBuf,
        /// The certificate's.
        certificate: PathBuf,
    },
    /// A key that TLS does not take.
    #[error("the key in {} is of a kind that TLS does not take here (P-256, P-384, P-521, RSA and Ed25519 are)", .0.display())]
    KeyType(PathBuf),
    /// A certificate that cannot be read.
    #[error("the certificate in {} cannot be read", .0.display())]
    Encoding(PathBuf),
}

/// The certificate that a listener for people shows, as its files say.
#[derive(Debug)]
pub struct WebCertificate {
    listener: &'static str,
    certificate: PathBuf,
    key: PathBuf,
    pair: ArcSwap<Pair>,
    watched: Mutex<Watched>,
}

#[derive(Debug)]
struct Pair {
    key: Arc<CertifiedKey>,
    /// Seconds since 1970.
    not_after: i64,
}

#[derive(Debug)]
struct Watched {
    stamps: [Option<Stamp>; 2],
    /// Why the files as they are cannot be used, and since when (seconds since 1970).
    fault: Option<(String, i64)>,
}

impl WebCertificate {
    /// Reads the pair of `listener`, a section of the configuration: the chain (PEM, in any order) and the key (PEM, for its
    /// owner alone).
    pub fn open(listener: &'static str, certificate: &Path, key: &Path) -> Result<Self, WebCertificateRefused> {
        // Before the content: a change while it is read is then seen by the next look.
        let stamps = [stamp(certificate), stamp(key)];
        let pair = ArcSwap::from_pointee(read_pair(certificate, key)?);
        let watched = Mutex::new(Watched { stamps, fault: None });
        Ok(Self { listener, certificate: certificate.to_owned(), key: key.to_owned(), pair, watched })
    }

    /// Reads the files again that changed; handshakes from then on show them. Costs two `stat` if nothing changed. Blocks
    /// while it reads. `now` in seconds since 1970.
    pub fn refresh(&self, now: i64) {
        let mut watched = self.watched();
        let stamps = [stamp(&self.certificate), stamp(&self.key)];
        if stamps == watched.stamps && stamps.iter().all(Option::is_some) {
            return;
        }
        watched.stamps = stamps;
        match read_pair(&self.certificate, &self.key) {
            Ok(pair) => {
                self.pair.store(Arc::new(pair));
                watched.fault = None;
            }
            Err(refused) => {
                let since = watched.fault.as_ref().map_or(now, |(_, since)| *since);
                watched.fault = Some((refused.to_string(), since));
            }
        }
    }

    /// Returns the listener that shows it.
    #[must_use]
    pub const fn listener(&self) -> &'static str {
        self.listener
    }

    /// When the certificate ends that is shown: seconds since 1970.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        self.pair.load().not_after
    }

    /// Returns the matters that want attention at `now` (seconds since 1970).
    #[must_use]
    pub fn warnings(&self, now: i64) -> Vec<WebCertificateWarning> {
        let listener = self.listener;
        let settled = |(fault, since): &(String, i64)| (now - since >= SETTLED_SECONDS).then(|| fault.clone());
        let fault = self.watched().fault.as_ref().and_then(settled);
        let fault = fault.map(|fault| WebCertificateWarning::Faulty { listener, fault });
        let days = days_left(self.not_after(), now);
        let file = self.certificate.clone();
        let ends = Expiry::of(days).map(|ending| WebCertificateWarning::Ends { listener, file, ending, days });
        fault.into_iter().chain(ends).collect()
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for WebCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.pair.load().key))
    }
}

fn read_pair(certificate: &Path, key: &Path) -> Result<Pair, WebCertificateRefused> {
    let chain = read_public_chain(certificate)?;
    let private = read_private_key(key)?;
    // Pass a reference: the provider does not wipe a key that it owns.
    let signing = any_supported_type(&private).map_err(|_| WebCertificateRefused::KeyType(key.to_owned()))?;
    let chain = match signing.public_key() {
        Some(own) => own_first(chain, |certificate| certificate.public_key().raw == own.as_ref()),
        None => chain,
    };
    let leaf =
        X509Certificate::from_der(&chain[0]).map_err(|_| WebCertificateRefused::Encoding(certificate.to_owned()))?.1;
    let not_after = leaf.validity().not_after.timestamp();
    let pair = CertifiedKey::new(chain, signing);
    pair.keys_match()
        .map_err(|_| WebCertificateRefused::Mismatch { key: key.to_owned(), certificate: certificate.to_owned() })?;
    Ok(Pair { key: Arc::new(pair), not_after })
}

/// The certificates in a file that anybody may read.
fn read_public_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, KeyFileError> {
    let content = std::fs::read(path).map_err(|cause| SecretError::File { path: path.to_owned(), cause })?;
    match CertificateDer::pem_slice_iter(&plain(&content)).collect::<Result<Vec<_>, _>>() {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(SecretError::Malformed { path: path.to_owned(), expected: "a certificate chain in PEM" }.into()),
    }
}

/// A standing warning about the certificate of a listener for people, for the log, alerts, `doctor` and `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebCertificateWarning {
    /// Its files changed into a pair that cannot be used, so the former one still is.
    Faulty {
        /// The listener that shows it.
        listener: &'static str,
        /// The fault, with the file's name.
        fault: String,
    },
    /// It ends soon, or has ended.
    Ends {
        /// The listener that shows it.
        listener: &'static str,
        /// Where it stands.
        file: PathBuf,
        /// How near its end is.
        ending: Expiry,
        /// Whole days; negative when it is over.
        days: i64,
    },
}

impl WebCertificateWarning {
    /// Whether browsers refuse the listener, or will once the node is started again.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        matches!(self, Self::Faulty { .. } | Self::Ends { ending: Expiry::Over, .. })
    }

    /// Returns its subject.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Faulty { listener, .. } => format!("files of the {listener} listener's certificate"),
            Self::Ends { listener, .. } => format!("certificate of the {listener} listener"),
        }
    }

    /// How far it has gone: at each stage people are told anew.
    #[must_use]
    pub fn stage(&self) -> String {
        match self {
            Self::Faulty { .. } => String::new(),
            Self::Ends { ending, .. } => ending.to_string(),
        }
    }

    /// Returns advice for people.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Faulty { .. } => "mend it before the node is started again, as it would not start",
            Self::Ends { .. } => {
                "put a new certificate and its key in their places (node/docs/install.md, \"Certificates of the office \
                 and of the form\"); both are read again by themselves"
            }
        }
    }
}

impl fmt::Display for WebCertificateWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faulty { listener, fault } => {
                write!(f, "the {listener} listener goes on with its former certificate: {fault}")
            }
            Self::Ends { listener, file, days, .. } => {
                write!(f, "the certificate of the {listener} listener, {}, {}", file.display(), says_days_left(*days))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use chrono::TimeDelta;
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384};

    use super::*;
    use crate::trust::authority::test_authority::TestAuthority;
    use crate::trust::handshake::test_certificate::now;
    use crate::trust::own::self_signed::set_validity;

    struct House {
        folder: tempfile::TempDir,
    }

    impl House {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().expect("a folder") }
        }

        fn paths(&self) -> (PathBuf, PathBuf) {
            (self.folder.path().join("web.crt.pem"), self.folder.path().join("web.pem"))
        }

        /// Moves a file in, as a renewal does: another inode.
        fn put(&self, path: &Path, content: &str) {
            let beside = self.folder.path().join("new");
            fs::write(&beside, content).expect("written");
            fs::set_permissions(&beside, fs::Permissions::from_mode(0o600)).expect("set");
            fs::rename(beside, path).expect("moved");
        }

        fn open(&self) -> Result<WebCertificate, WebCertificateRefused> {
            let (certificate, key) = self.paths();
            WebCertificate::open("office", &certificate, &key)
        }
    }

    /// Key and certificate in PEM, valid for so many days.
    fn pair(days: i64) -> (String, String) {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).expect("a key");
        let mut parameters = CertificateParams::new(["office.example".to_owned()]).expect("a name");
        set_validity(&mut parameters, now(), now() + TimeDelta::days(days));
        (key.serialize_pem(), parameters.self_signed(&key).expect("a certificate").pem())
    }

    #[test]
    fn a_renewed_pair_is_taken_and_one_that_does_not_belong_together_is_told_once_it_lasts() {
        let house = House::new();
        let (certificate, key) = house.paths();
        let (first, second) = (pair(90), pair(200));
        house.put(&key, &first.0);
        house.put(&certificate, &first.1);
        let shown = house.open().expect("a pair");
        let begun = now().timestamp();
        let day = 86_400;
        assert_eq!((shown.not_after(), shown.warnings(begun)), (begun + 90 * day, vec![]));
        house.put(&certificate, &second.1);
        shown.refresh(begun);
        assert_eq!((shown.not_after(), shown.warnings(begun + 59)), (begun + 90 * day, vec![]));
        let warned = shown.warnings(begun + 60);
        let said = warned[0].to_string();
        assert!(warned.len() == 1 && warned[0].is_fault(), "{warned:?}");
        assert!(
            said.contains("web.pem is not the key of") && said.contains("office") && !said.contains("exchange"),
            "{said}"
        );
        house.put(&key, &second.0);
        shown.refresh(begun + 61);
        assert_eq!((shown.not_after(), shown.warnings(begun + 200)), (begun + 200 * day, vec![]));
        let ends = |days_before: i64| shown.warnings(begun + (200 - days_before) * day);
        assert_eq!(ends(61), []);
        for (days, is_fault) in [(60, false), (30, false), (14, false), (7, false), (1, false), (-1, true)] {
            let warned = ends(days);
            assert!(warned.len() == 1 && warned[0].is_fault() == is_fault, "{days}: {warned:?}");
        }
    }

    #[test]
    fn a_chain_in_any_order_is_shown_with_its_own_certificate_first() {
        let house = House::new();
        let (certificate, key) = house.paths();
        let root = TestAuthority::root("Example root");
        let below = root.below("Example issuer", |_| {});
        let own = KeyPair::generate().expect("a key");
        let leaf = below.node_over(&own, "fr-example", |_| {});
        let pem = |der: &[u8]| {
            let base64 = data_encoding::BASE64.encode(der);
            format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
        };
        house.put(&key, &own.serialize_pem());
        house.put(&certificate, &format!("\u{feff}{}{}{}", root.pem(), below.pem(), pem(leaf.der())));
        let shown = house.open().expect("a pair").pair.load_full();
        assert_eq!(shown.key.cert, [CertificateDer::from(leaf.der().to_vec()), below.der()]);
    }

    #[test]
    fn what_cannot_be_shown_is_named_by_its_file() {
        let house = House::new();
        let (certificate, key) = house.paths();
        let (first, second) = (pair(90), pair(90));
        let refused = |own_key: &str, own_certificate: &str| {
            house.put(&key, own_key);
            house.put(&certificate, own_certificate);
            house.open().expect_err("refused").to_string()
        };
        for (own_key, own_certificate, words) in [
            (first.0.as_str(), second.1.as_str(), "web.pem is not the key of"),
            (first.0.as_str(), "a letter", "web.crt.pem is not a certificate chain in PEM"),
            ("a letter", first.1.as_str(), "web.pem is not a private key in PEM"),
            (first.0.as_str(), "", "web.crt.pem is not a certificate chain in PEM"),
        ] {
            let said = refused(own_key, own_certificate);
            assert!(said.contains(words), "{words}: {said}");
        }
        fs::remove_file(&certificate).expect("removed");
        let said = house.open().expect_err("refused").to_string();
        assert!(said.contains("web.crt.pem"), "{said}");
    }
}
