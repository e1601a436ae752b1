//! A peer's certificates by hand: pinning, revocation, refusals and records.

use std::fs;

use hotline_protocol::bytes::Hash;

use crate::access::audit::list_acts;
use crate::cli::console::exit::CliError;
use crate::cli::test_node::{call, new_node};
use crate::context::Context;
use crate::trust::certificate::CertificateRefused;
use crate::trust::handshake::test_certificate::{TestCertificate, node, peer};
use crate::trust::peer::{PeerStanding, PinRefused, StoredCertificate, peer_certificates, save_certificate, save_peer};

const PEER: &str = "de-example";

/// A node with one peer, and one certificate of that peer.
struct House {
    folder: tempfile::TempDir,
    context: Context,
    first: TestCertificate,
}

/// A certificate that is valid at any time when these tests may run.
fn certificate(id: &str) -> TestCertificate {
    TestCertificate::changed(id, |parameters| parameters.not_after = rcgen::date_time_ymd(2999, 1, 1))
}

impl House {
    async fn new() -> Self {
        let (folder, context) = new_node().await;
        let house = Self { folder, context, first: certificate(PEER) };
        house.stand(PeerStanding::Active).await;
        house.pin(&house.first.stored(PEER, "active")).await;
        house
    }

    async fn stand(&self, standing: PeerStanding) {
        let write = self.context.database.write("stand").await.expect("a turn");
        save_peer(&*write, &peer(PEER, standing)).await.expect("saved");
        write.commit().await.expect("committed");
    }

    async fn pin(&self, certificate: &StoredCertificate) {
        let write = self.context.database.write("pin").await.expect("a turn");
        save_certificate(&*write, certificate).await.expect("saved");
        write.commit().await.expect("committed");
    }

    /// Calls `peer certificate add` with this content of a file.
    async fn add(&self, content: &[u8], fingerprint: &Hash) -> Result<(), CliError> {
        let file = self.folder.path().join("given.crt");
        fs::write(&file, content).expect("written");
        let (file, fingerprint) = (file.to_str().expect("UTF-8"), fingerprint.to_string());
        let arguments = ["add", PEER, file, "--fingerprint", &fingerprint, "--reason", "renewed"];
        self.call(&arguments).await
    }

    async fn call(&self, arguments: &[&str]) -> Result<(), CliError> {
        call(self.folder.path(), &[&["peer", "certificate"], arguments].concat()).await
    }

    /// States of the peer's certificates by their fingerprints.
    async fn state(&self, pin: Hash) -> Option<String> {
        let all = peer_certificates(self.context.database.read(), &node(PEER)).await.expect("readable");
        all.into_iter().find(|certificate| certificate.pin == pin).map(|certificate| certificate.state)
    }

    async fn newest_act(&self) -> (String, String) {
        let act = list_acts(&self.context.database, 1).await.expect("readable").remove(0);
        (act.act, act.what)
    }
}

fn in_pem(certificate: &TestCertificate) -> Vec<u8> {
    let base64 = data_encoding::BASE64.encode(certificate.der());
    format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n").into_bytes()
}

#[tokio::test]
async fn a_certificate_is_pinned_beside_the_first_and_recorded_once() {
    let house = House::new().await;
    let second = certificate(PEER);
    house.add(&in_pem(&second), &second.pin).await.expect("pinned");
    assert_eq!(house.state(second.pin).await.as_deref(), Some("active"));
    assert_eq!(house.state(house.first.pin).await.as_deref(), Some("active"));
    let recorded = ("add_certificate".to_owned(), format!("{PEER} {} renewed", second.pin));
    assert_eq!(house.newest_act().await, recorded);
    let acts = list_acts(&house.context.database, 100).await.expect("readable").len();
    house.add(second.der(), &second.pin).await.expect("known");
    assert_eq!(list_acts(&house.context.database, 100).await.expect("readable").len(), acts);
    for arguments in [vec!["list", PEER], vec!["show", PEER, &second.pin.to_string()[..8]]] {
        house.call(&arguments).await.expect("shown");
    }
}

#[tokio::test]
async fn a_later_certificate_over_a_pinned_key_takes_its_place() {
    let house = House::new().await;
    let key = rcgen::KeyPair::generate().expect("a key");
    let ending =
        |year| TestCertificate::over(&key, PEER, |parameters| parameters.not_after = rcgen::date_time_ymd(year, 1, 1));
    let (old, new) = (ending(2998), ending(2999));
    house.pin(&old.stored(PEER, "retiring")).await;
    house.add(new.der(), &new.pin).await.expect("pinned");
    let all = peer_certificates(house.context.database.read(), &node(PEER)).await.expect("readable");
    let found = all.iter().find(|certificate| certificate.pin == old.pin).expect("it is there");
    assert_eq!((found.state.as_str(), found.der.as_slice()), ("active", new.der()));
    assert_eq!(found.not_after, new.stored(PEER, "active").not_after);
}

#[tokio::test]
async fn what_is_not_that_peer_s_good_certificate_is_not_pinned() {
    let house = House::new().await;
    let (good, others) = (certificate(PEER), certificate("nl-example"));
    let expired = TestCertificate::changed(PEER, |parameters| {
        parameters.not_before = rcgen::date_time_ymd(2001, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2002, 1, 1);
    });
    let faulty = TestCertificate::changed(PEER, |parameters| {
        parameters.not_after = rcgen::date_time_ymd(2999, 1, 1);
        parameters.extended_key_usages.clear();
    });
    let before = house.newest_act().await;
    let refused = house.add(good.der(), &house.first.pin).await.expect_err("another one");
    assert!(matches!(refused, CliError::Pin(PinRefused::OtherFingerprint)), "{refused}");
    assert!(!refused.to_string().contains(&good.pin.to_string()), "{refused}");
    let refused = house.add(others.der(), &others.pin).await.expect_err("another's");
    assert!(matches!(refused, CliError::Pin(PinRefused::OtherNode { .. })), "{refused}");
    let refused = house.add(expired.der(), &expired.pin).await.expect_err("over");
    assert!(matches!(refused, CliError::Pin(PinRefused::Expired)), "{refused}");
    let refused = house.add(faulty.der(), &faulty.pin).await.expect_err("for no use");
    assert!(matches!(refused, CliError::Pin(PinRefused::Faulty(CertificateRefused::Usage))), "{refused}");
    for content in [&b""[..], b"no certificate", &[in_pem(&good), in_pem(&good)].concat(), &vec![b' '; 70_000]] {
        let refused = house.add(content, &good.pin).await.expect_err("no certificate");
        assert!(matches!(refused, CliError::Refused(_)), "{refused}");
    }
    house.stand(PeerStanding::Removed).await;
    let refused = house.add(good.der(), &good.pin).await.expect_err("no peer");
    assert!(matches!(refused, CliError::Pin(PinRefused::PeerUnknown(_))), "{refused}");
    assert_eq!(house.state(good.pin).await, None);
    assert_eq!(house.newest_act().await, before);
}

#[tokio::test]
async fn a_certificate_is_revoked_for_good_and_no_other() {
    let house = House::new().await;
    let second = certificate(PEER);
    house.add(second.der(), &second.pin).await.expect("pinned");
    let digits = &second.pin.to_string()[..10];
    let revoke = ["revoke", PEER, digits, "--reason", "its key was lost", "--yes"];
    house.call(&revoke).await.expect("revoked");
    assert_eq!(house.state(second.pin).await.as_deref(), Some("revoked"));
    assert_eq!(house.state(house.first.pin).await.as_deref(), Some("active"));
    let recorded = ("revoke_certificate".to_owned(), format!("{PEER} {} its key was lost", second.pin));
    assert_eq!(house.newest_act().await, recorded);

    let again = house.call(&revoke).await.expect_err("it is revoked");
    assert!(matches!(again, CliError::Pin(PinRefused::Revoked(_))), "{again}");
    let back = house.add(second.der(), &second.pin).await.expect_err("it is revoked");
    assert!(matches!(back, CliError::Pin(PinRefused::Revoked(_))), "{back}");
    assert_eq!(house.newest_act().await, recorded);
}

#[tokio::test]
async fn a_certificate_that_is_not_there_or_not_the_only_one_is_not_revoked() {
    let house = House::new().await;
    let like = |last: u8| {
        let pin = Hash::from_bytes([[0xaa; 31].as_slice(), &[last]].concat().try_into().expect("32 bytes"));
        StoredCertificate { pin, ..house.first.stored(PEER, "active") }
    };
    let (one, other) = (like(1), like(2));
    house.pin(&one).await;
    house.pin(&other).await;
    let before = house.newest_act().await;
    let refused = house.call(&["revoke", PEER, "aaaaaaaa", "--yes"]).await.expect_err("two");
    assert!(matches!(refused, CliError::Pin(PinRefused::Ambiguous(..))), "{refused}");
    let refused = house.call(&["revoke", PEER, "bbbbbbbb", "--yes"]).await.expect_err("none");
    assert!(matches!(refused, CliError::Pin(PinRefused::CertificateUnknown(..))), "{refused}");
    let refused = house.call(&["revoke", "nl-example", "aaaaaaaa", "--yes"]).await.expect_err("no peer");
    assert!(matches!(refused, CliError::Pin(PinRefused::PeerUnknown(_))), "{refused}");
    let refused = house.call(&["list", "nl-example"]).await.expect_err("no peer");
    assert_eq!(refused.exit_code(), 1, "{refused}");
    let url = ["revoke", PEER, &one.pin.to_string(), "--reason", "see www.a.example", "--yes"];
    assert!(matches!(house.call(&url).await, Err(CliError::Usage(_))));
    assert_eq!(house.newest_act().await, before);
    house.call(&["revoke", PEER, &one.pin.to_string(), "--yes"]).await.expect("revoked");
    assert_eq!(house.state(other.pin).await.as_deref(), Some("active"));
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_still_shown() {
    let house = House::new().await;
    let useless = StoredCertificate {
        der: b"no certificate".to_vec(),
        pin: Hash::from_bytes([0xcc; 32]),
        ..house.first.stored(PEER, "active")
    };
    house.pin(&useless).await;
    house.call(&["show", PEER, "cccccccc"]).await.expect("shown");
}
