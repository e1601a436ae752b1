//! TLS between nodes: 1.3 alone, both sides show a certificate, and nothing is resumed.
//!
//! Resumption would skip the client's certificate, and so a revocation: no tickets, no session storage, no early data.
//! Names in DNS prove nothing here; who somebody is, the pin and the URI name say.

use std::path::Path;
use std::sync::Arc;

use hotline_protocol::id::NodeId;
use rustls::crypto::CryptoProvider;
use rustls::server::NoServerSessionStorage;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, Error, ServerConfig};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::directory::PeerDirectory;
use super::identity::{IdentityError, certified};
use super::key_file::KeyFileError;
use super::shown::{ShownCertificate, ShownToPeer};
use super::verifier::{PeerAsClient, PeerAsServer};
use crate::secret::SecretError;

/// The provider of all cryptography in TLS.
#[must_use]
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// The exchange listener's TLS. Live: a change of `directory` or of what is shown needs no new one.
pub fn server_config(shown: Arc<ShownCertificate>, directory: Arc<PeerDirectory>) -> Result<ServerConfig, Error> {
    let provider = provider();
    let verifier = PeerAsClient::new(directory, Arc::clone(&provider));
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
    let shown = SingleCertAndKey::from(certified(chain, key)?);
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| IdentityError::KeyMismatch)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shown));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// TLS towards the peer `expected`, and nobody else; live, as [`server_config`] is. HTTP/1.1 alone: one push, one long
/// poll and four body fetches a peer do not need streams, and HTTP/2 on few streams is slower.
pub fn client_config(
    shown: Arc<ShownCertificate>,
    directory: Arc<PeerDirectory>,
    expected: NodeId,
) -> Result<ClientConfig, Error> {
    let provider = provider();
    let verifier = PeerAsServer::new(expected.clone(), directory, Arc::clone(&provider));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(Arc::new(ShownToPeer { shown, peer: expected }));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_early_data = false;
    Ok(config)
}
