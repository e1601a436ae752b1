//! The word of a node's log about its keys, at work: a peer's, and our own.
//!
//! Nothing here is trusted beyond the word of the log's present key: the entry stands in a run that was verified. A
//! change that cannot be applied changes nothing, and a person is told.

use hotline_protocol::entry::{Content, KeyAct};
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{BoundKey, ChangedKey, KeyChange, KeyChangeRefused, Position, proof_message};
use hotline_protocol::signature::PublicKey;
use thiserror::Error;

use super::key_repository::{self, AnnouncedKey, announced_keys, load_keys, save_key};
use super::repository::{StoredCertificate, certificates_of, save_certificate, set_certificate_state};
use crate::storage::{ConnectionTrait, StorageError};
use crate::trust::certificate::{CertificateRefused, NodeCertificate};

/// Signing keys, and certificates, of one node that are kept, the ended ones too: those of twenty years with a new one each
/// week. All of a log's are read whenever a run of it is verified; without a bound its author slows that down for ever.
const KEPT_LIMIT: usize = 1_024;

/// Why a log's word about a key has no effect.
#[derive(Debug, Error)]
pub enum KeyChangeFault {
    /// Its form, or its proof.
    #[error(transparent)]
    Form(#[from] KeyChangeRefused),
    /// The certificate.
    #[error("the announced certificate cannot be used: {0}")]
    Certificate(#[from] CertificateRefused),
    /// The certificate names another node.
    #[error("the announced certificate names {0}")]
    OthersCertificate(NodeId),
    /// It is not known, or does not count.
    #[error("it switches to, or ends, a key that was not announced before")]
    NotAnnounced,
    /// It was ended before.
    #[error("it announces a key that was ended before")]
    Ended,
    /// As many as are kept are known.
    #[error("it announces more than the {KEPT_LIMIT} keys that are kept of a node")]
    TooMany,
    /// Nothing would be left to know the node by.
    #[error("it would end the last certificate by which the node is known")]
    LastCertificate,
    /// Everything that a key has signed stays signed.
    #[error("a signing key that was in use is ended by a switch to another one, and by nothing else")]
    InUse,
    /// Ours.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Applies the change of a key from the entry at `place` in the log of `log`.
pub async fn apply_key_change<C: ConnectionTrait>(
    connection: &C,
    network: &Network,
    log: &NodeId,
    place: Position,
    content: &Content,
) -> Result<(), KeyChangeFault> {
    let change = KeyChange::read(content)?;
    match &change.key {
        ChangedKey::Signing(key) => {
            change.check_signing_proof(network, log)?;
            change_signing_key(connection, log, place, change.act, key).await
        }
        ChangedKey::Certificate(der) => {
            let certificate = NodeCertificate::read(der)?;
            if certificate.node != *log {
                return Err(KeyChangeFault::OthersCertificate(certificate.node));
            }
            if change.act == KeyAct::Announce
                && !NodeCertificate::verify_proof(der, &proof_message(network, log, der), change.proof())
            {
                return Err(KeyChangeRefused::Proof.into());
            }
            change_certificate(connection, place, change.act, &certificate, der).await
        }
    }
}

async fn change_signing_key<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
    act: KeyAct,
    key: &PublicKey,
) -> Result<(), KeyChangeFault> {
    let is_announced = announced_keys(connection, log).await?.iter().any(|announced| announced.key == *key);
    // A card that is newer than the entry brought the key already.
    let keys = load_keys(connection, log).await?;
    let begins_later = keys.keys().iter().any(|bound| bound.key == *key && !bound.revoked && bound.from > place);
    match act {
        KeyAct::Announce | KeyAct::Switch if begins_later => Ok(()),
        KeyAct::Announce if is_announced => Ok(()),
        KeyAct::Announce if key_repository::is_known(connection, log, key).await? => Err(KeyChangeFault::Ended),
        KeyAct::Announce if key_repository::kept_keys(connection, log).await? >= KEPT_LIMIT as u64 => {
            Err(KeyChangeFault::TooMany)
        }
        KeyAct::Announce => {
            let announced = AnnouncedKey { key: *key, announced: place };
            Ok(key_repository::save_announced(connection, log, &announced).await?)
        }
        KeyAct::Switch if is_announced => {
            for bound in keys.keys().iter().filter(|bound| bound.to.is_none()) {
                let ended = BoundKey { to: Some(place), ..bound.clone() };
                save_key(connection, log, &ended).await?;
            }
            let from = Position { epoch: place.epoch, seq: place.seq + 1 };
            Ok(save_key(connection, log, &BoundKey { key: *key, from, to: None, revoked: false }).await?)
        }
        KeyAct::Retire | KeyAct::Revoke if is_announced => {
            Ok(key_repository::revoke_announced(connection, log, key).await?)
        }
        KeyAct::Switch => Err(KeyChangeFault::NotAnnounced),
        KeyAct::Retire | KeyAct::Revoke => Err(KeyChangeFault::InUse),
    }
}

async fn change_certificate<C: ConnectionTrait>(
    connection: &C,
    place: Position,
    act: KeyAct,
    certificate: &NodeCertificate,
    der: &[u8],
) -> Result<(), KeyChangeFault> {
    let node = &certificate.node;
    let known = certificates_of(connection, node).await?;
    let found = known.iter().find(|known| known.pin == certificate.pin);
    let others_count = known.iter().any(|known| known.pin != certificate.pin && known.counts());
    let end = async |state: &str| match found {
        Some(_) if !others_count => Err(KeyChangeFault::LastCertificate),
        Some(_) => Ok(set_certificate_state(connection, node, &certificate.pin, state, None).await?),
        // A card that is newer than the entry does not have it any more.
        None => Ok(()),
    };
    match (act, found) {
        (KeyAct::Announce, Some(found)) if found.counts() => Ok(()),
        (KeyAct::Announce, Some(_)) => Err(KeyChangeFault::Ended),
        (KeyAct::Announce, None) if known.len() >= KEPT_LIMIT => Err(KeyChangeFault::TooMany),
        (KeyAct::Announce, None) => {
            let announced = StoredCertificate {
                node: node.clone(),
                pin: certificate.pin,
                der: der.to_vec(),
                state: "announced".to_owned(),
                not_before: certificate.not_before,
                not_after: certificate.not_after,
                announced: Some(place),
                retire_at: None,
            };
            Ok(save_certificate(connection, &announced).await?)
        }
        (KeyAct::Switch, Some(found)) if found.counts() => {
            for before in known.iter().filter(|known| known.state == "active") {
                set_certificate_state(connection, node, &before.pin, "retiring", before.retire_at).await?;
            }
            Ok(set_certificate_state(connection, node, &certificate.pin, "active", None).await?)
        }
        (KeyAct::Switch, _) => Err(KeyChangeFault::NotAnnounced),
        (KeyAct::Retire, _) => end("retired").await,
        (KeyAct::Revoke, _) => end("revoked").await,
    }
}

#[cfg(test)]
mod tests {
    use hotline_protocol::signature::SigningKey;
    use rustls::SignatureScheme;

    use super::*;
    use crate::storage::Database;
    use crate::trust::handshake::test_certificate::{TestCertificate, node};
    use crate::trust::peer::repository::certificates;

    const LOG: &str = "de-example";

    /// A node that knows one signing key and one certificate of another.
    struct House {
        _folder: tempfile::TempDir,
        database: Database,
        first: TestCertificate,
    }

    fn signing(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32]).expect("any 32 bytes are a seed")
    }

    fn at(seq: u64) -> Position {
        Position { epoch: 1, seq }
    }

    /// An announcement of a certificate, proved by the key of `prover`.
    fn announced(shown: &TestCertificate, prover: &TestCertificate) -> Content {
        let message = proof_message(&Network::default(), &node(LOG), shown.der());
        let signer = prover.key.key.choose_scheme(&[SignatureScheme::ECDSA_NISTP256_SHA256]).expect("a P-256 key");
        let proof = signer.sign(&message).expect("signed");
        KeyChange::to_content(&ChangedKey::Certificate(shown.der().to_vec()), KeyAct::Announce, Some(&proof), 0)
    }

    fn certificate(shown: &TestCertificate, act: KeyAct) -> Content {
        KeyChange::to_content(&ChangedKey::Certificate(shown.der().to_vec()), act, None, 0)
    }

    fn signing_key(key: &SigningKey, act: KeyAct) -> Content {
        let proof = key.sign(&proof_message(&Network::default(), &node(LOG), key.public().as_bytes()));
        let proof = (act == KeyAct::Announce).then_some(proof.as_slice());
        KeyChange::to_content(&ChangedKey::Signing(key.public()), act, proof, 0)
    }

    impl House {
        async fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let url = format!("sqlite://{}?mode=rwc", folder.path().join("node.sqlite").display());
            let database = Database::create_or_migrate(&url).await.expect("made");
            let first = TestCertificate::of(LOG);
            let house = Self { _folder: folder, database, first };
            let write = house.database.write("test").await.expect("begun");
            let whole_log = BoundKey { key: signing(1).public(), from: at(1), to: None, revoked: false };
            save_key(&*write, &node(LOG), &whole_log).await.expect("kept");
            save_certificate(&*write, &house.first.stored(LOG, "active")).await.expect("kept");
            write.commit().await.expect("committed");
            house
        }

        async fn apply(&self, seq: u64, content: &Content) -> Result<(), KeyChangeFault> {
            let write = self.database.write("test").await.expect("begun");
            apply_key_change(&*write, &Network::default(), &node(LOG), at(seq), content).await?;
            write.commit().await.expect("committed");
            Ok(())
        }

        async fn state(&self, shown: &TestCertificate) -> Option<String> {
            let all = certificates(self.database.read()).await.expect("readable");
            all.into_iter().find(|certificate| certificate.der == shown.der()).map(|certificate| certificate.state)
        }

        /// Tells for each of two keys whether it may sign a place.
        async fn signs(&self, seq: u64) -> [bool; 2] {
            let keys = load_keys(self.database.read(), &node(LOG)).await.expect("readable");
            [1, 2].map(|seed| keys.key_at(&signing(seed).public().kid(), at(seq)).is_some())
        }
    }

    #[tokio::test]
    async fn a_signing_key_signs_from_the_entry_after_its_switch_and_not_before() {
        let house = House::new().await;
        house.apply(5, &signing_key(&signing(2), KeyAct::Announce)).await.expect("announced");
        assert_eq!(house.signs(9).await, [true, false]);
        house.apply(5, &signing_key(&signing(2), KeyAct::Announce)).await.expect("nothing new");
        house.apply(9, &signing_key(&signing(2), KeyAct::Switch)).await.expect("switched");
        assert_eq!([house.signs(9).await, house.signs(10).await], [[true, false], [false, true]]);
        let again = house.apply(11, &signing_key(&signing(1), KeyAct::Announce)).await;
        assert!(matches!(again, Err(KeyChangeFault::Ended)), "{again:?}");
        let ended = house.apply(11, &signing_key(&signing(2), KeyAct::Revoke)).await;
        assert!(matches!(ended, Err(KeyChangeFault::InUse)), "{ended:?}");
    }

    #[tokio::test]
    async fn a_signing_key_that_was_not_announced_or_was_taken_back_is_not_switched_to() {
        let house = House::new().await;
        let switch = signing_key(&signing(2), KeyAct::Switch);
        assert!(matches!(house.apply(5, &switch).await, Err(KeyChangeFault::NotAnnounced)));
        house.apply(6, &signing_key(&signing(2), KeyAct::Announce)).await.expect("announced");
        house.apply(7, &signing_key(&signing(2), KeyAct::Revoke)).await.expect("taken back");
        assert!(matches!(house.apply(8, &switch).await, Err(KeyChangeFault::NotAnnounced)));
        assert_eq!(house.signs(9).await, [true, false]);
    }

    #[tokio::test]
    async fn beyond_the_keys_that_are_kept_of_a_node_none_is_announced_and_those_that_are_here_go_on() {
        let house = House::new().await;
        let keys = (1..KEPT_LIMIT as u64).map(|number| {
            let mut seed = [0; 32];
            seed[..8].copy_from_slice(&number.to_le_bytes());
            SigningKey::from_seed(&seed).expect("any 32 bytes are a seed").public()
        });
        let write = house.database.write("test").await.expect("begun");
        for key in keys {
            let announced = AnnouncedKey { key, announced: at(5) };
            key_repository::save_announced(&*write, &node(LOG), &announced).await.expect("kept");
        }
        write.commit().await.expect("committed");
        let more = house.apply(6, &signing_key(&signing(2), KeyAct::Announce)).await;
        assert!(matches!(more, Err(KeyChangeFault::TooMany)), "{more:?}");
        assert_eq!(house.signs(9).await, [true, false]);
    }

    #[tokio::test]
    async fn what_a_newer_card_brought_already_is_nothing_new() {
        let house = House::new().await;
        let write = house.database.write("test").await.expect("begun");
        for (seed, from, to) in [(1, at(1), Some(at(9))), (2, at(10), None)] {
            let bound = BoundKey { key: signing(seed).public(), from, to, revoked: false };
            save_key(&*write, &node(LOG), &bound).await.expect("kept");
        }
        write.commit().await.expect("committed");
        house.apply(5, &signing_key(&signing(2), KeyAct::Announce)).await.expect("nothing new");
        house.apply(9, &signing_key(&signing(2), KeyAct::Switch)).await.expect("nothing new");
        assert_eq!([house.signs(9).await, house.signs(10).await], [[true, false], [false, true]]);
        house.apply(11, &certificate(&TestCertificate::of(LOG), KeyAct::Retire)).await.expect("nothing to end");
        assert_eq!(house.state(&house.first).await.as_deref(), Some("active"));
    }

    #[tokio::test]
    async fn certificates_overlap_until_the_old_one_is_retired() {
        let house = House::new().await;
        let second = TestCertificate::of(LOG);
        house.apply(5, &announced(&second, &second)).await.expect("announced");
        assert_eq!(house.state(&second).await.as_deref(), Some("announced"));
        house.apply(6, &certificate(&second, KeyAct::Switch)).await.expect("switched");
        let states = [house.state(&house.first).await, house.state(&second).await];
        assert_eq!(states.each_ref().map(Option::as_deref), [Some("retiring"), Some("active")]);
        house.apply(7, &certificate(&house.first, KeyAct::Retire)).await.expect("retired");
        assert_eq!(house.state(&house.first).await.as_deref(), Some("retired"));
        let back = house.apply(8, &announced(&house.first, &house.first)).await;
        assert!(matches!(back, Err(KeyChangeFault::Ended)), "{back:?}");
    }

    #[tokio::test]
    async fn a_certificate_is_taken_with_the_proof_of_its_own_key_for_its_own_node_alone() {
        let house = House::new().await;
        let second = TestCertificate::of(LOG);
        let stolen = house.apply(5, &announced(&second, &house.first)).await;
        assert!(matches!(stolen, Err(KeyChangeFault::Form(KeyChangeRefused::Proof))), "{stolen:?}");
        let others = TestCertificate::of("nl-example");
        let named = house.apply(5, &announced(&others, &others)).await;
        assert!(matches!(named, Err(KeyChangeFault::OthersCertificate(_))), "{named:?}");
        let unknown = house.apply(5, &certificate(&second, KeyAct::Switch)).await;
        assert!(matches!(unknown, Err(KeyChangeFault::NotAnnounced)), "{unknown:?}");
        assert_eq!(house.state(&second).await, None);
    }

    #[tokio::test]
    async fn a_node_cannot_take_away_the_last_certificate_by_which_it_is_known() {
        let house = House::new().await;
        for act in [KeyAct::Retire, KeyAct::Revoke] {
            let last = house.apply(5, &certificate(&house.first, act)).await;
            assert!(matches!(last, Err(KeyChangeFault::LastCertificate)), "{last:?}");
        }
        assert_eq!(house.state(&house.first).await.as_deref(), Some("active"));
    }
}
