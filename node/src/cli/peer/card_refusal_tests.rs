//! Cards that are not taken: each begins as one that is, and one thing is changed.

use data_encoding::BASE64URL_NOPAD;
use hotline_protocol::card::{CardKey, CardUpdateRefused, NodeCard, VerifiedCard};
use hotline_protocol::log::Position;
use hotline_protocol::signature::SigningKey;

use crate::access::audit::list_acts;
use crate::cli::console::exit::CliError;
use crate::cli::test_node::{call, new_node};
use crate::context::Context;
use crate::trust::TrustError;
use crate::trust::handshake::test_certificate::{TestCertificate, node};
use crate::trust::peer::{certificates_of, load_keys};

const PEER: &str = "nl-example";

/// A new node that knows a peer by its card, number 2.
struct House {
    folder: tempfile::TempDir,
    context: Context,
    certificate: TestCertificate,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).expect("any 32 bytes are a seed")
}

/// The content of the card of the peer with the signing key of `seed`.
fn content(certificate: &TestCertificate, seed: u8, counter: u64) -> NodeCard {
    NodeCard {
        network: hotline_protocol::id::Network::default(),
        id: node(PEER),
        countries: vec!["NL".parse().expect("a country")],
        name: "Example".to_owned(),
        endpoints: vec!["https://node.example:7443".parse().expect("an address")],
        certificates: vec![certificate.der().to_vec()],
        keys: vec![CardKey { key: key(seed).public(), from: Position { epoch: 1, seq: 1 }, to: None }],
        counter,
    }
}

fn card(certificate: &TestCertificate, seed: u8, counter: u64) -> VerifiedCard {
    content(certificate, seed, counter).sign(&key(seed)).expect("a card")
}

impl House {
    async fn new() -> Self {
        let (folder, context) = new_node().await;
        Self { folder, context, certificate: TestCertificate::of(PEER) }
    }

    async fn knowing() -> Self {
        let house = Self::new().await;
        let known = card(&house.certificate, 1, 2);
        house.add(known.token(), &["--fingerprint", &known.fingerprint().to_string()]).await.expect("added");
        house
    }

    async fn add(&self, token: &str, more: &[&str]) -> Result<(), CliError> {
        let file = self.folder.path().join("given.card");
        std::fs::write(&file, token).expect("written");
        let file = file.to_str().expect("UTF-8");
        call(self.folder.path(), &[&["peer", "add", file], more].concat()).await
    }

    /// The known state of the peer, and the number of recorded acts.
    async fn state(&self) -> String {
        let connection = self.context.database.read();
        let certificates = certificates_of(connection, &node(PEER)).await.expect("readable");
        let keys = load_keys(connection, &node(PEER)).await.expect("readable");
        let acts = list_acts(&self.context.database, 100).await.expect("readable").len();
        format!("{certificates:?} {keys:?} {acts}")
    }

    /// The sentence that refuses a card; the refusal changes nothing.
    async fn refused(&self, token: &str, more: &[&str]) -> TrustError {
        let before = self.state().await;
        let error = self.add(token, more).await.expect_err("refused");
        assert_eq!(self.state().await, before);
        match error {
            CliError::Trust(error) => error,
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_first_card_is_taken_with_its_own_fingerprint_alone() {
    let house = House::new().await;
    let (true_one, self_made) = (card(&house.certificate, 1, 1), card(&TestCertificate::of(PEER), 2, 1));
    let told = true_one.fingerprint().to_string();
    assert!(matches!(house.refused(self_made.token(), &[]).await, TrustError::FingerprintMissing));
    let refused = house.refused(self_made.token(), &["--fingerprint", &told]).await;
    assert!(matches!(refused, TrustError::FingerprintMismatch(_)), "{refused}");
    let refused = house.refused(true_one.token(), &["--fingerprint", &told[..told.len() - 1]]).await;
    assert!(matches!(refused, TrustError::FingerprintMalformed(_)), "{refused}");
    house.add(true_one.token(), &["--fingerprint", &told]).await.expect("added");
}

#[tokio::test]
async fn a_self_made_card_of_a_known_peer_is_refused() {
    let house = House::knowing().await;
    let self_made = card(&house.certificate, 2, 3);
    let refused = house.refused(self_made.token(), &[]).await;
    assert!(matches!(refused, TrustError::Update(CardUpdateRefused::UnknownKey)), "{refused}");
    house.add(card(&house.certificate, 1, 3).token(), &[]).await.expect("its own newer one is taken");
}

#[tokio::test]
async fn a_card_with_a_swapped_key_is_refused() {
    let house = House::knowing().await;
    let newer = card(&house.certificate, 1, 3);
    let parts: Vec<&str> = newer.token().split('.').collect();
    let payload = String::from_utf8(BASE64URL_NOPAD.decode(parts[1].as_bytes()).expect("base64url")).expect("UTF-8");
    let encoded = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    let stranger = TestCertificate::of(PEER);
    for (own, anothers) in [
        (encoded(key(1).public().as_bytes()), encoded(key(2).public().as_bytes())),
        (encoded(house.certificate.der()), encoded(stranger.der())),
    ] {
        assert!(payload.contains(&own), "{payload}");
        let swapped = encoded(payload.replace(&own, &anothers).as_bytes());
        let refused = house.refused(&format!("{}.{swapped}.{}", parts[0], parts[2]), &[]).await;
        assert!(matches!(refused, TrustError::Card(_)), "{refused}");
    }
    house.add(newer.token(), &[]).await.expect("as it was, it is taken");
}

#[tokio::test]
async fn a_downgraded_card_is_refused() {
    let house = House::knowing().await;
    let refused = house.refused(card(&house.certificate, 1, 1).token(), &[]).await;
    assert!(matches!(refused, TrustError::Update(CardUpdateRefused::LowerCounter)), "{refused}");
    let other = TestCertificate::of(PEER);
    let refused = house.refused(card(&other, 1, 2).token(), &[]).await;
    assert!(matches!(refused, TrustError::Update(CardUpdateRefused::SameCounter)), "{refused}");
    let before = house.state().await;
    house.add(card(&house.certificate, 1, 2).token(), &[]).await.expect("the very same one");
    assert_eq!(house.state().await, before);
}

#[tokio::test]
async fn a_card_of_another_network_or_with_another_node_s_certificate_is_refused() {
    let house = House::new().await;
    let good = content(&house.certificate, 1, 1);
    let elsewhere = NodeCard { network: "practice".parse().expect("a network"), ..good.clone() };
    let elsewhere = elsewhere.sign(&key(1)).expect("a card");
    let refused = house.refused(elsewhere.token(), &["--fingerprint", &elsewhere.fingerprint().to_string()]).await;
    assert!(matches!(refused, TrustError::OtherNetwork(..)), "{refused}");
    let others = NodeCard { certificates: vec![TestCertificate::of("de-example").der().to_vec()], ..good };
    let others = others.sign(&key(1)).expect("a card");
    let refused = house.refused(others.token(), &["--fingerprint", &others.fingerprint().to_string()]).await;
    assert!(matches!(refused, TrustError::OthersCertificate(_)), "{refused}");
}

#[tokio::test]
async fn a_real_card_that_mail_folded_is_taken_and_one_in_a_letter_is_not() {
    let house = House::new().await;
    let known = card(&house.certificate, 1, 2);
    let fold = |end: &str, before: &str| {
        let lines = known.token().as_bytes().chunks(72).map(|line| std::str::from_utf8(line).expect("ASCII"));
        lines.map(|line| [before, line, end].concat()).collect::<Vec<_>>().concat()
    };
    let fingerprint = known.fingerprint().to_string();
    let letter = format!("Dear colleagues,\r\n{}", fold("\r\n", ""));
    let refused = house.add(&letter, &["--fingerprint", &fingerprint]).await.expect_err("it is not alone");
    assert!(refused.to_string().contains("keep its lines alone"), "{refused}");
    for folded in [fold("=\r\n", ""), fold("\r\n", "> "), fold(" \n", ">> ")] {
        house.add(&folded, &["--fingerprint", &fingerprint]).await.expect("it is one card");
    }
}
