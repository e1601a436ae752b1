//! Two nodes on loopback that shake hands, for tests.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use rustls::{ClientConfig, ServerConfig};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::authenticated_peer::AuthenticatedPeer;
use super::directory::PeerDirectory;
use super::test_certificate::{TestCertificate, node, now, peer};
use super::tls::{client_config, server_config};
use crate::clock::Clock;
use crate::trust::authority::Authority;
use crate::trust::peer::PeerStanding;

pub(crate) const OWN: &str = "fr-example";
pub(crate) const PEER: &str = "de-example";
pub(crate) const OTHER: &str = "nl-example";

/// One side's finding about the other.
pub(crate) type Seen = Result<AuthenticatedPeer, std::io::Error>;

/// Both sides' picture of the federation, and their clock.
pub(crate) struct Federation {
    pub(crate) directory: Arc<PeerDirectory>,
    pub(crate) clock: Clock,
}

impl Federation {
    /// Of active nodes, each with its certificate.
    pub(crate) fn of(nodes: &[(&str, &TestCertificate)]) -> Self {
        let nodes: Vec<_> = nodes.iter().map(|(id, certificate)| (*id, PeerStanding::Active, *certificate)).collect();
        Self::standing(&nodes)
    }

    /// Of nodes that stand as it is said.
    pub(crate) fn standing(nodes: &[(&str, PeerStanding, &TestCertificate)]) -> Self {
        Self::under(None, nodes)
    }

    /// Of nodes that stand as it is said, in a federation with this authority.
    pub(crate) fn under(authority: Option<Arc<Authority>>, nodes: &[(&str, PeerStanding, &TestCertificate)]) -> Self {
        let clock = Clock::set_at(now());
        let directory = PeerDirectory::under(clock.clone(), authority);
        let certificates: Vec<_> = nodes.iter().map(|(id, _, certificate)| certificate.stored(id, "active")).collect();
        directory.replace(nodes.iter().map(|(id, standing, _)| peer(id, *standing)).collect(), &certificates);
        Self { directory: Arc::new(directory), clock }
    }

    /// Two active nodes.
    pub(crate) fn of_two(own: &TestCertificate, other: &TestCertificate) -> Self {
        Self::of(&[(OWN, own), (PEER, other)])
    }

    pub(crate) fn server(&self, shown: &TestCertificate) -> Arc<ServerConfig> {
        Arc::new(server_config(shown.shown(), Arc::clone(&self.directory)).expect("TLS 1.3"))
    }

    pub(crate) fn client(&self, shown: &TestCertificate, called: &str) -> ClientConfig {
        client_config(shown.shown(), Arc::clone(&self.directory), node(called)).expect("TLS 1.3")
    }

    /// Returns the server's and the client's findings about each other.
    pub(crate) async fn shake_hands(&self, server: Arc<ServerConfig>, client: ClientConfig) -> (Seen, Seen) {
        let (listener, stream) = connect().await;
        let (accepted, _) = listener.accept().await.expect("a connection");
        let connector = TlsConnector::from(Arc::new(client));
        let (at_server, at_client) =
            tokio::join!(TlsAcceptor::from(server).accept(accepted), connector.connect(host(), stream));
        let seen_by_server = at_server.map(|tls| self.recognise(tls.get_ref().1.peer_certificates()));
        let seen_by_client = at_client.map(|tls| self.recognise(tls.get_ref().1.peer_certificates()));
        (seen_by_server, seen_by_client)
    }

    fn recognise(&self, shown: Option<&[CertificateDer<'_>]>) -> AuthenticatedPeer {
        let (shown, intermediates) =
            shown.and_then(<[_]>::split_first).expect("a completed handshake has the other side's certificate");
        self.directory.authenticate(shown, intermediates).expect("a completed handshake is with a peer")
    }

    /// Why `faulty`, shown as [`PEER`]'s, is refused: by the server that it calls, and by the client that calls it.
    pub(crate) async fn refusals(&self, own: &TestCertificate, faulty: &TestCertificate) -> [std::io::Error; 2] {
        let (by_server, _) = self.shake_hands(self.server(own), self.client(faulty, OWN)).await;
        let (_, by_client) = self.shake_hands(self.server(faulty), self.client(own, PEER)).await;
        [by_server.expect_err("the server refuses"), by_client.expect_err("the client refuses")]
    }
}

pub(crate) async fn connect() -> (TcpListener, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let stream = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("a connection");
    (listener, stream)
}

pub(crate) fn tls_error(error: &std::io::Error) -> &rustls::Error {
    error.get_ref().and_then(|cause| cause.downcast_ref()).expect("TLS ended the handshake")
}

/// Returns the host that is called; it says nothing about the node that answers.
pub(crate) fn host() -> ServerName<'static> {
    ServerName::from(IpAddr::from(Ipv4Addr::LOCALHOST))
}
