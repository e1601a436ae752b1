//! TLS between nodes: 1.3 alone, both sides show a certificate, and nothing is resumed.
//!
//! Resumption would skip the client's certificate, and so a revocation: no tickets, no session storage, no early data.
//! Names in DNS prove nothing here; who somebody is, the pin and the URI name say.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hotline_protocol::id::NodeId;
use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::directory::{NotAuthenticated, PeerDirectory};
use super::identity::IdentityError;
use super::key_file::{KeyFileError, read_private_key};
use crate::secret::SecretError;

/// The certificate that this node shows; exchanged as a whole when it is rotated.
#[derive(Debug)]
pub struct ShownCertificate(ArcSwap<CertifiedKey>);

impl ShownCertificate {
    /// Shows `key`.
    #[must_use]
    pub fn new(key: CertifiedKey) -> Self {
        Self(ArcSwap::from_pointee(key))
    }
}

impl ResolvesServerCert for ShownCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl ResolvesClientCert for ShownCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// The provider of all cryptography in TLS.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// Checks the certificate of the other side, in either direction. `expected` is the peer that a client called.
#[derive(Debug)]
struct PinVerifier {
    directory: Arc<PeerDirectory>,
    expected: Option<NodeId>,
    provider: Arc<CryptoProvider>,
}

impl PinVerifier {
    fn check(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let peer = self.directory.authenticate(certificate).map_err(|refused| {
            Error::InvalidCertificate(match refused {
                NotAuthenticated::Certificate(super::certificate::CertificateRefused::Validity) => {
                    CertificateError::Expired
                }
                NotAuthenticated::Certificate(_) => CertificateError::BadEncoding,
                NotAuthenticated::UnknownPin => CertificateError::UnknownIssuer,
                NotAuthenticated::OtherNode => CertificateError::NotValidForName,
            })
        })?;
        match &self.expected {
            Some(expected) if expected != peer.id() => {
                Err(Error::InvalidCertificate(CertificateError::NotValidForName))
            }
            _ => Ok(()),
        }
    }

    fn check_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn no_tls12() -> Error {
    Error::PeerIncompatible(rustls::PeerIncompatible::Tls13RequiredForQuic)
}

impl ClientCertVerifier for PinVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(end_entity).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(no_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(end_entity).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(no_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

/// The exchange listener's TLS.
pub fn server_config(shown: Arc<ShownCertificate>, directory: Arc<PeerDirectory>) -> Result<ServerConfig, Error> {
    let provider = provider();
    let verifier = PinVerifier { directory, expected: None, provider: Arc::clone(&provider) };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_cert_resolver(shown);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.max_early_data_size = 0;
    Ok(config)
}

/// TLS of a listener for everybody: a certificate chain and its key from files (PEM), TLS 1.2 and 1.3.
pub fn web_server_config(certificate: &Path, key: &Path) -> Result<ServerConfig, IdentityError> {
    let malformed =
        |path: &Path, expected| KeyFileError::Secret(SecretError::Malformed { path: path.to_owned(), expected });
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|_| malformed(certificate, "a certificate chain in PEM"))?;
    let key = read_private_key(key)?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|_| IdentityError::KeyMismatch)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// TLS towards the peer `expected`, and nobody else. HTTP/1.1 alone: one push, one long poll and four body fetches a
/// peer do not need streams, and HTTP/2 on few streams is slower.
pub fn client_config(
    shown: Arc<ShownCertificate>,
    directory: Arc<PeerDirectory>,
    expected: NodeId,
) -> Result<ClientConfig, Error> {
    let provider = provider();
    let verifier = PinVerifier { directory, expected: Some(expected), provider: Arc::clone(&provider) };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(shown);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_early_data = false;
    Ok(config)
}
