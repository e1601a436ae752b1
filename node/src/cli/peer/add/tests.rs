//! Things that a card brings back, and things that it does not.

use hotline_protocol::bytes::Hash;
use hotline_protocol::card::{CardKey, CardUpdateRefused, NodeCard, VerifiedCard};
use hotline_protocol::log::{Cursor, Position};
use hotline_protocol::signature::SigningKey;

use crate::cli::test_node::new_node;
use crate::context::Context;
use crate::report::{BodyState, EntryToStore, insert_entries, set_head};
use crate::trust::TrustError;
use crate::trust::handshake::test_certificate::{TestCertificate, node};
use crate::trust::peer::{
    Added, PeerStanding, add_peer, certificates_of, load_keys, set_certificates_state, set_standing,
};

const PEER: &str = "nl-example";

/// A new node, and another one's key.
struct House {
    _folder: tempfile::TempDir,
    context: Context,
}

impl House {
    async fn new() -> Self {
        let (folder, context) = new_node().await;
        Self { _folder: folder, context }
    }

    async fn add(&self, card: &VerifiedCard, replace: bool) -> Result<Added, TrustError> {
        let write = self.context.database.write("test").await.expect("begun");
        let added = add_peer(&self.context, &write, card, Some(&card.fingerprint()), replace).await?;
        write.commit().await.expect("committed");
        Ok(added)
    }

    async fn set_standing(&self, standing: PeerStanding) {
        let write = self.context.database.write("test").await.expect("begun");
        set_standing(&write, &node(PEER), standing).await.expect("known");
        write.commit().await.expect("committed");
    }

    async fn states(&self) -> Vec<String> {
        let known = certificates_of(self.context.database.read(), &node(PEER)).await.expect("readable");
        known.into_iter().map(|known| known.state).collect()
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).expect("any 32 bytes are a seed")
}

fn card(certificates: &[&TestCertificate], counter: u64) -> VerifiedCard {
    let whole_log = CardKey { key: key(3).public(), from: at(1, 1), to: None };
    card_under(&key(3), vec![whole_log], certificates, counter)
}

fn at(epoch: u64, seq: u64) -> Position {
    Position { epoch, seq }
}

/// A card with a second key that signs the log from the second epoch on; the first key's last good entry is given.
fn card_after_theft(last_good: Cursor) -> VerifiedCard {
    let stolen = CardKey { key: key(3).public(), from: at(1, 1), to: Some(last_good) };
    let new = CardKey { key: key(4).public(), from: at(2, 1), to: None };
    card_under(&key(4), vec![stolen, new], &[&TestCertificate::of(PEER)], 1)
}

fn card_under(
    signer: &SigningKey,
    keys: Vec<CardKey>,
    certificates: &[&TestCertificate],
    counter: u64,
) -> VerifiedCard {
    let card = NodeCard {
        network: hotline_protocol::id::Network::default(),
        id: node(PEER),
        countries: vec!["NL".parse().expect("a country")],
        name: "Example".to_owned(),
        endpoints: vec!["https://node.example:7443".parse().expect("an address")],
        certificates: certificates.iter().map(|certificate| certificate.der().to_vec()).collect(),
        keys,
        counter,
    };
    card.sign(signer).expect("a card")
}

/// Entry 5 is the last good one of nine that are here.
async fn with_nine_entries() -> (House, Cursor) {
    let house = House::new().await;
    house.add(&card(&[&TestCertificate::of(PEER)], 7), false).await.expect("added");
    let hash = |seq: u64| Hash::of(&[&seq.to_be_bytes()]);
    let entry = |seq| EntryToStore {
        log: node(PEER),
        place: at(1, seq),
        hash: hash(seq),
        report: None,
        header: String::new(),
        body: None,
        body_state: BodyState::None,
    };
    let write = house.context.database.write("test").await.expect("begun");
    insert_entries(&write, (1..=9).map(entry).collect()).await.expect("stored");
    let end = Cursor { epoch: 1, seq: 9, hash: hash(9) };
    set_head(&*write, &node(PEER), &end, 0).await.expect("stored");
    write.commit().await.expect("committed");
    (house, Cursor { seq: 5, hash: hash(5), ..end })
}

#[tokio::test]
async fn a_card_after_a_theft_ends_the_stolen_key_with_the_last_good_entry() {
    let (house, last_good) = with_nine_entries().await;
    assert_eq!(house.add(&card_after_theft(last_good), true).await.expect("replaced"), Added::Replaced);
    let keys = load_keys(house.context.database.read(), &node(PEER)).await.expect("readable");
    let may_sign = |seed: u8, place| keys.key_at(&key(seed).public().kid(), place).is_some();
    assert_eq!([at(1, 5), at(1, 6), at(2, 1)].map(|place| may_sign(3, place)), [true, false, false]);
    assert_eq!([at(1, 6), at(2, 1)].map(|place| may_sign(4, place)), [false, true]);
}

#[tokio::test]
async fn a_card_of_before_the_theft_brings_nothing_back() {
    let (house, last_good) = with_nine_entries().await;
    house.add(&card_after_theft(last_good), true).await.expect("replaced");
    for counter in [7, 99] {
        let back = house.add(&card(&[&TestCertificate::of(PEER)], counter), true).await;
        assert!(matches!(back, Err(TrustError::CardOfEndedKey)), "{back:?}");
    }
    assert_eq!(house.states().await.iter().filter(|state| *state == "active").count(), 1);
}

#[tokio::test]
async fn a_card_after_a_theft_that_names_another_last_entry_than_the_one_here_is_refused() {
    let (house, last_good) = with_nine_entries().await;
    let another = Cursor { hash: Hash::of(&[b"another"]), ..last_good };
    let refused = house.add(&card_after_theft(another), true).await;
    assert!(matches!(refused, Err(TrustError::LastGoodDiffers { epoch: 1, seq: 5 })), "{refused:?}");
    let not_here = Cursor { seq: 12, hash: Hash::of(&[b"later"]), ..last_good };
    house.add(&card_after_theft(not_here), true).await.expect("what is not here may come");
}

#[tokio::test]
async fn a_card_whose_key_would_sign_anew_what_another_has_signed_is_refused() {
    let (house, _) = with_nine_entries().await;
    let whole_log = CardKey { key: key(4).public(), from: at(1, 1), to: None };
    let new = card_under(&key(4), vec![whole_log], &[&TestCertificate::of(PEER)], 1);
    let refused = house.add(&new, true).await;
    assert!(matches!(refused, Err(TrustError::CardOmitsLog { epoch: 1, .. })), "{refused:?}");
    assert!(refused.expect_err("refused").to_string().contains("log open-epoch --new-keys"));
    let older = house.add(&card(&[&TestCertificate::of(PEER)], 6), true).await;
    assert!(matches!(older, Err(TrustError::Update(CardUpdateRefused::LowerCounter))), "{older:?}");
    let same_key = card(&[&TestCertificate::of(PEER)], 8);
    house.add(&same_key, true).await.expect("the key that signed it goes on");
}

#[tokio::test]
async fn a_removed_peer_that_is_added_again_is_known_by_its_certificates_again() {
    let (house, certificate) = (House::new().await, TestCertificate::of(PEER));
    let card = card(&[&certificate], 1);
    assert_eq!(house.add(&card, false).await.expect("added"), Added::New);
    house.set_standing(PeerStanding::Removed).await;
    assert_eq!(house.states().await, ["retired"]);
    assert_eq!(house.add(&card, false).await.expect("added"), Added::Back);
    assert_eq!(house.states().await, ["active"]);
}

#[tokio::test]
async fn a_certificate_that_was_revoked_comes_back_with_no_card() {
    let (house, stolen) = (House::new().await, TestCertificate::of(PEER));
    house.add(&card(&[&stolen], 1), false).await.expect("added");
    let write = house.context.database.write("test").await.expect("begun");
    set_certificates_state(&*write, &node(PEER), "revoked").await.expect("revoked");
    write.commit().await.expect("committed");
    house.set_standing(PeerStanding::Removed).await;
    let again = house.add(&card(&[&stolen], 2), false).await;
    assert!(matches!(again, Err(TrustError::CertificatesRevoked)), "{again:?}");
    let again = house.add(&card(&[&stolen], 2), true).await;
    assert!(matches!(again, Err(TrustError::CertificatesRevoked)), "{again:?}");
    let new = TestCertificate::of(PEER);
    house.add(&card(&[&stolen, &new], 3), true).await.expect("one of them counts");
    let mut states = house.states().await;
    states.sort();
    assert_eq!(states, ["active", "revoked"]);
}
