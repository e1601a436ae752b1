//! Rules for every connection between nodes, tried over loopback: its version, no resumption, live certificates.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::server::ServerSessionMemoryCache;
use rustls::{ClientConfig, HandshakeKind, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::test_certificate::{TestCertificate, node, now, peer};
use super::test_handshake::{Federation, OWN, PEER, connect, host, tls_error};
use super::tls::{client_config, server_config};
use crate::config::section::KeysSection;
use crate::secret::write_secret_file;
use crate::trust::own::{Identity, issue_exchange, make_key_files};
use crate::trust::peer::{PeerStanding, StoredCertificate};

/// A hello of TLS 1.2 (RFC 5246, 7.4.1.2) with one suite, the P-256 group and ECDSA with SHA-256.
fn tls12_hello() -> Vec<u8> {
    let extensions: &[u8] =
        &[0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 4, 0, 2, 4, 3, 0, 23, 0, 0, 0xff, 1, 0, 1, 0];
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).expect("under 256 bytes");
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x2b, 1, 0, 0, length(extensions)]);
    hello.extend(extensions);
    let mut record = vec![22, 3, 1, 0, length(&hello) + 4, 1, 0, 0, length(&hello)];
    record.extend(hello);
    record
}

#[tokio::test]
async fn a_client_of_tls_1_2_is_refused() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let federation = Federation::of_two(&own, &theirs);
    let (listener, mut stream) = connect().await;
    stream.write_all(&tls12_hello()).await.expect("written");
    let (accepted, _) = listener.accept().await.expect("a connection");
    let error = TlsAcceptor::from(federation.server(&own)).accept(accepted).await.expect_err("refused");
    assert!(matches!(tls_error(&error), rustls::Error::PeerIncompatible(_)), "{error}");
}

#[tokio::test]
async fn no_session_is_resumed_and_nodes_speak_http_1_1() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let federation = Federation::of_two(&own, &theirs);
    let server = TlsAcceptor::from(federation.server(&own));
    let client = TlsConnector::from(Arc::new(federation.client(&theirs, OWN)));
    for _ in 0..2 {
        let (listener, stream) = connect().await;
        let (accepted, _) = listener.accept().await.expect("a connection");
        let (at_server, at_client) = tokio::join!(server.accept(accepted), client.connect(host(), stream));
        let (at_server, at_client) = (at_server.expect("accepted"), at_client.expect("accepted"));
        assert_eq!(at_server.get_ref().1.handshake_kind(), Some(HandshakeKind::Full));
        assert_eq!(at_client.get_ref().1.tls13_tickets_received(), 0);
        assert_eq!(at_client.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
    }
}

/// Returns the kind of the second handshake between a client and a server, and whether the client would send data
/// before a third.
async fn second_handshake(server: Arc<ServerConfig>, client: ClientConfig) -> (Option<HandshakeKind>, bool) {
    let (acceptor, client) = (TlsAcceptor::from(server), Arc::new(client));
    let mut kind = None;
    for _ in 0..2 {
        let (listener, stream) = connect().await;
        let (accepted, _) = listener.accept().await.expect("a connection");
        let at_server = async {
            let mut tls = acceptor.accept(accepted).await.expect("accepted");
            tls.write_all(b"!").await.expect("written");
            tls.flush().await.expect("written");
            tls
        };
        let at_client = async {
            let mut tls = TlsConnector::from(Arc::clone(&client)).connect(host(), stream).await.expect("accepted");
            // Tickets come before the first byte.
            tls.read_exact(&mut [0]).await.expect("read");
            tls.get_ref().1.handshake_kind()
        };
        (_, kind) = tokio::join!(at_server, at_client);
    }
    let mut third = rustls::ClientConnection::new(client, host()).expect("a client");
    (kind, third.early_data().is_some())
}

#[tokio::test]
async fn sessions_that_the_other_side_would_resume_are_not_resumed_and_no_early_data_is_sent() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let federation = Federation::of_two(&own, &theirs);
    let mut eager = federation.client(&theirs, OWN);
    eager.resumption = Resumption::in_memory_sessions(8);
    eager.enable_early_data = true;
    let mut generous = ServerConfig::clone(&federation.server(&own));
    generous.send_tls13_tickets = 2;
    generous.session_storage = ServerSessionMemoryCache::new(8);
    generous.max_early_data_size = 1_024;
    let generous = Arc::new(generous);
    let resumed = second_handshake(Arc::clone(&generous), eager.clone()).await;
    assert_eq!(resumed, (Some(HandshakeKind::Resumed), true), "what this test looks for can be seen");
    let full = (Some(HandshakeKind::Full), false);
    assert_eq!(second_handshake(federation.server(&own), eager).await, full, "our server");
    assert_eq!(second_handshake(generous, federation.client(&theirs, OWN)).await, full, "our client");
}

/// A node with key files of its own.
struct Keeper {
    id: &'static str,
    keys: KeysSection,
    identity: Identity,
}

impl Keeper {
    fn new(id: &'static str, folder: &std::path::Path) -> Self {
        let keys = KeysSection { folder: folder.join(id) };
        std::fs::create_dir(&keys.folder).expect("a folder");
        make_key_files(&keys, &node(id), now()).expect("keys");
        let identity = Identity::load(&keys, &node(id)).expect("an identity");
        Self { id, keys, identity }
    }

    fn renew(&mut self) {
        let issued = issue_exchange(&node(self.id), now()).expect("a new key");
        write_secret_file(&self.keys.exchange_key(), issued.key_pem.as_bytes()).expect("written");
        write_secret_file(&self.keys.exchange_certificate(), issued.certificate_pem.as_bytes()).expect("written");
        self.identity.reload_certificate(&self.keys, &node(self.id)).expect("a pair");
    }

    fn stored(&self) -> StoredCertificate {
        let certificate = &self.identity.certificate;
        StoredCertificate {
            node: node(self.id),
            pin: certificate.pin,
            der: self.identity.certificate_der.clone(),
            state: "active".to_owned(),
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            announced: None,
            retire_at: None,
        }
    }
}

#[tokio::test]
async fn both_sides_show_the_certificate_in_use_without_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut nodes = [Keeper::new(OWN, folder.path()), Keeper::new(PEER, folder.path())];
    let federation = Federation::of(&[]);
    let directory = &federation.directory;
    let pin_again = |nodes: &[Keeper; 2]| {
        let peers = nodes.iter().map(|keeper| peer(keeper.id, PeerStanding::Active)).collect();
        directory.replace(peers, &nodes.each_ref().map(Keeper::stored));
    };
    pin_again(&nodes);
    let shown = nodes.each_ref().map(|keeper| Arc::clone(&keeper.identity.shown));
    let server = Arc::new(server_config(Arc::clone(&shown[0]), Arc::clone(directory)).expect("TLS 1.3"));
    let client = client_config(Arc::clone(&shown[1]), Arc::clone(directory), node(OWN)).expect("TLS 1.3");
    for renewed in [0, 1] {
        nodes[renewed].renew();
        let (by_server, by_client) = federation.shake_hands(Arc::clone(&server), client.clone()).await;
        assert!(by_server.is_err() || by_client.is_err(), "a certificate that nobody announced");
        pin_again(&nodes);
        let (by_server, by_client) = federation.shake_hands(Arc::clone(&server), client.clone()).await;
        assert_eq!(by_server.expect("accepted").id(), &node(PEER));
        assert_eq!(by_client.expect("accepted").id(), &node(OWN));
    }
}
