//! TLS between nodes: 1.3 alone, both sides show a certificate, and nothing is resumed.
//!
//! Resumption would skip the client's certificate, and so a revocation: no tickets, no session storage, no early data.
//! Names in DNS prove nothing here: the pin and the URI name tell the identity.

use std::sync::Arc;

use hotline_protocol::id::NodeId;
use rustls::crypto::CryptoProvider;
use rustls::server::NoServerSessionStorage;
use rustls::{ClientConfig, Error, ServerConfig};

use super::directory::PeerDirectory;
use super::verifier::{PeerAsClient, PeerAsServer};
use crate::trust::own::{ShownCertificate, ShownToPeer, WebCertificate};

/// The provider of all cryptography in TLS.
#[must_use]
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// The exchange listener's TLS. Live: a change of `directory` or of the shown certificates needs no new one.
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

/// TLS of a listener for everybody, TLS 1.2 and 1.3. Live: a change of its files needs no new one.
pub fn web_server_config(shown: Arc<WebCertificate>) -> Result<ServerConfig, Error> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(shown);
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
