//! Results for a caller where TLS stands in the way, tried over loopback.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::bytes::Hash;
use hotline_protocol::log::Position;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::client::{PeerClient, SendFault};
use crate::trust::handshake::PeerRefused;
use crate::trust::handshake::test_certificate::{TestCertificate, node, peer};
use crate::trust::handshake::test_handshake::{Federation, OTHER, OWN, PEER};
use crate::trust::own::ShownCertificate;
use crate::trust::peer::{Peer, PeerStanding};

/// Returns the result for a node that shows `own` and calls [`PEER`], where a node that shows `theirs` answers.
/// `callee` is the knowledge of the other node.
async fn call(
    caller: &Federation,
    own: Arc<ShownCertificate>,
    callee: &Federation,
    theirs: &TestCertificate,
) -> SendFault {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let called = Peer { endpoint: format!("https://{address}"), ..peer(PEER, PeerStanding::Active) };
    let client = PeerClient::new(own, Arc::clone(&caller.directory), &called).expect("a client");
    let acceptor = TlsAcceptor::from(callee.server(theirs));
    let entry = Hash::of(&[b""]);
    let answer = async {
        let (stream, _) = listener.accept().await.expect("a connection");
        // Dropping the stream ends the connection; everything that matters has happened by then.
        let _ = acceptor.accept(stream).await;
    };
    let (result, ()) = tokio::join!(client.body(Position { epoch: 1, seq: 1 }, &entry), answer);
    result.expect_err("nobody answers")
}

#[tokio::test]
async fn a_caller_learns_why_its_own_side_refused() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let (other, unpinned) = (TestCertificate::of(OTHER), TestCertificate::of(PEER));
    let all = || Federation::of(&[(OWN, &own), (PEER, &theirs), (OTHER, &other)]);
    let late = all();
    late.clock.advance(Duration::from_hours(24 * 367));
    for (caller, shown, refused) in [
        (all(), &unpinned, PeerRefused::CertificateUnknown(node(PEER))),
        (all(), &other, PeerRefused::OtherPeer { called: node(PEER), answered: node(OTHER) }),
        (Federation::of(&[(OWN, &own)]), &theirs, PeerRefused::PeerUnknown(node(PEER))),
        (late, &theirs, PeerRefused::Expired),
    ] {
        let fault = call(&caller, own.shown(), &all(), shown).await;
        assert!(matches!(&fault, SendFault::Refused(reason) if *reason == refused), "{fault:?}");
    }
}

#[tokio::test]
async fn a_caller_whom_the_other_side_does_not_know_is_told_so() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let stranger_to_them = Federation::of(&[(PEER, &theirs)]);
    let shown = own.shown();
    let fault = call(&Federation::of_two(&own, &theirs), Arc::clone(&shown), &stranger_to_them, &theirs).await;
    assert!(matches!(fault, SendFault::Handshake), "{fault:?}");
    assert_eq!(shown.refused_by(&node(PEER)), BTreeSet::from([own.pin]));
    assert_eq!(shown.refused_by(&node(OTHER)), BTreeSet::new());
    shown.note_accepted(&node(PEER));
    assert_eq!(shown.refused_by(&node(PEER)), BTreeSet::new());
}

#[tokio::test]
async fn a_caller_whose_certificate_the_other_side_finds_over_is_told_so() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let late = Federation::of_two(&own, &theirs);
    late.clock.advance(Duration::from_hours(24 * 367));
    let fault = call(&Federation::of_two(&own, &theirs), own.shown(), &late, &theirs).await;
    assert!(matches!(fault, SendFault::OwnCertificateOver), "{fault:?}");
}
