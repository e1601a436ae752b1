//! What a card brings back, and what it does not.

use hotline_protocol::card::{CardKey, NodeCard, VerifiedCard};
use hotline_protocol::log::Position;
use hotline_protocol::signature::SigningKey;

use crate::cli::test_node::new_node;
use crate::context::Context;
use crate::trust::test_certificate::{TestCertificate, node};
use crate::trust::{Added, PeerStanding, TrustError, add_peer, certificates_of, set_certificates_state, set_standing};

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

fn card(certificates: &[&TestCertificate], counter: u64) -> VerifiedCard {
    let key = SigningKey::from_seed(&[3; 32]).expect("any 32 bytes are a seed");
    let card = NodeCard {
        network: hotline_protocol::id::Network::default(),
        id: node(PEER),
        countries: vec!["NL".parse().expect("a country")],
        name: "Example".to_owned(),
        endpoints: vec!["https://node.example:7443".parse().expect("an address")],
        certificates: certificates.iter().map(|certificate| certificate.der().to_vec()).collect(),
        keys: vec![CardKey { key: key.public(), from: Position { epoch: 1, seq: 1 }, to: None }],
        counter,
    };
    card.sign(&key).expect("a card")
}

#[tokio::test]
async fn a_removed_peer_that_is_added_again_is_known_by_its_certificates_again() {
    let (house, certificate) = (House::new().await, TestCertificate::of(PEER));
    let card = card(&[&certificate], 1);
    assert_eq!(house.add(&card, false).await.expect("added"), Added::New);
    house.set_standing(PeerStanding::Removed).await;
    assert_eq!(house.states().await, ["retired"]);
    assert_eq!(house.add(&card, false).await.expect("added"), Added::Replaced);
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
