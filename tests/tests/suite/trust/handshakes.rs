//! Rules for every handshake of a node: the permitted keys of a certificate, and that no session is resumed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use hotline_tests::node::cli::done;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::peer::impostor::Impostor;
use hotline_tests::peer::outsider::{Shown, tls_of};
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::openssl::{call_with, make_certificate, tls_fingerprint};
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use rustls::HandshakeKind;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

const PEER: &str = "de-cedar";
/// A node notes a command, and calls again, within this time.
const SOON: Duration = Duration::from_secs(20);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "handshakes",
        store,
        [a_weak_key_or_one_of_another_type_is_neither_pinned_nor_let_in, no_session_is_resumed_by_a_node_or_with_one,]
    )
}

async fn a_weak_key_or_one_of_another_type_is_neither_pinned_nor_let_in(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[1..]).await?;
    federation[0].start().await?;
    let address = federation[0].exchange_address();
    let pin = async |folder: &Path| -> anyhow::Result<_> {
        let fingerprint = tls_fingerprint(folder).await?;
        let file = folder.join("certificate.pem");
        let add = ["peer", "certificate", "add", PEER, &file.to_string_lossy(), "--fingerprint", &fingerprint];
        federation[0].cli.output(&add, None).await
    };
    for (algorithm, is_taken) in [
        ("ec:prime256v1", true),
        ("ec:secp384r1", true),
        ("ed25519", true),
        ("ec:secp224r1", false),
        ("ec:secp521r1", false),
        ("ec:secp256k1", false),
        ("rsa:1024", false),
        ("rsa:2048", false),
        ("ed448", false),
    ] {
        let folder = tempfile::tempdir()?;
        make_certificate(folder.path(), PEER, algorithm).await?;
        let pinned = pin(folder.path()).await?;
        if is_taken {
            done(&pinned)?;
            until("it is let in", SOON, async || {
                let call = call_with(folder.path(), address).await?;
                Ok(call.answer.starts_with("HTTP/1.1 400").then_some(()))
            })
            .await?;
        } else {
            refused_with(&pinned, FAILED, &["neither P-256, P-384 nor Ed25519"])?;
            let call = call_with(folder.path(), address).await?;
            ensure!(call.answer.is_empty(), "{algorithm}: {call:?}");
        }
    }
    Ok(())
}

/// A client and a server of rustls as it comes: they keep sessions, and offer and take tickets.
async fn no_session_is_resumed_by_a_node_or_with_one(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[1..]).await?;
    let shown = || Shown::of_folder(federation[1].folder());
    let impostor = Impostor::at(federation[1].exchange_address(), shown()?).await?;
    let client = TlsConnector::from(Arc::new(tls_of(&rustls::version::TLS13, Some(shown()?))?));
    let control = {
        let connect = async {
            let stream = TcpStream::connect(federation[1].exchange_address()).await?;
            let mut tls = client.connect(ServerName::try_from("localhost")?, stream).await?;
            // Tickets come before the first byte.
            tls.read_exact(&mut [0]).await?;
            anyhow::Ok(tls.get_ref().1.tls13_tickets_received())
        };
        let answer = async {
            let mut call = impostor.accept().await?;
            call.write_all(b"!").await?;
            call.flush().await?;
            anyhow::Ok(call)
        };
        let (tickets, call) = tokio::join!(connect, answer);
        call?;
        tickets?
    };
    ensure!(control > 0, "the impostor gives tickets, else this test shows nothing");

    federation[0].start().await?;
    for _ in 0..2 {
        let mut call = timeout(SOON, impostor.accept()).await??;
        ensure!(call.get_ref().1.handshake_kind() == Some(HandshakeKind::Full), "the node resumes a session");
        // With the end it has read the tickets, and got no answer: it calls again.
        call.read_exact(&mut [0]).await?;
        call.shutdown().await?;
    }
    drop(impostor);
    for _ in 0..2 {
        let stream = TcpStream::connect(federation[0].exchange_address()).await?;
        let mut tls = client.connect(ServerName::try_from("localhost")?, stream).await?;
        tls.write_all(b"GET /hxp/v1/no-such-path HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        tls.flush().await?;
        let mut answer = Vec::new();
        // How it ends does not matter.
        let _ = tls.read_to_end(&mut answer).await;
        ensure!(answer.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&answer));
        let (_, connection) = tls.get_ref();
        let is_full = connection.handshake_kind() == Some(HandshakeKind::Full);
        ensure!(is_full && connection.tls13_tickets_received() == 0, "the node lets a session be resumed");
    }
    Ok(())
}
