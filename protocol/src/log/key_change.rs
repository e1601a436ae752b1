//! A node's statements about its own keys in its log (`key.announce`).
//!
//! A new key is told before it is used, with a proof that its author has it. A switch of the signing key takes effect
//! with the entry after it, so that one key signs each position; certificates overlap.

use data_encoding::BASE64URL_NOPAD;
use thiserror::Error;

use crate::entry::{Content, EntryType, KeyAct, KeyUse};
use crate::id::{Network, NodeId};
use crate::signature::PublicKey;

/// Longest proof, in bytes: a signature by a P-384 key.
const PROOF_LIMIT: usize = 128;

/// Why an entry changes no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyChangeRefused {
    /// It is no `key.announce`.
    #[error("the entry announces no key")]
    OtherType,
    /// `use`, `act` or `key` is missing, or the key is no base64url.
    #[error("the entry does not name a key, its use and what happens to it")]
    Fields,
    /// No Ed25519 key, or one of small order.
    #[error("the signing key is no Ed25519 key")]
    KeyMalformed,
    /// An announcement without a proof, or with one that is no signature.
    #[error("the announcement has no proof that its author has the key")]
    ProofMissing,
    /// The proof does not hold.
    #[error("the proof that the author has the key does not hold")]
    Proof,
}

/// The key that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangedKey {
    /// One that signs the log.
    Signing(PublicKey),
    /// A TLS certificate (DER), as bytes that nobody has looked into yet.
    Certificate(Vec<u8>),
}

/// A change of one of the author's keys: its form is right. Its effect depends on the facts known of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// The key.
    pub key: ChangedKey,
    /// The act on it.
    pub act: KeyAct,
    /// The proof of an announcement; empty otherwise.
    proof: Vec<u8>,
}

impl KeyChange {
    /// Reads the content of an entry.
    pub fn read(content: &Content) -> Result<Self, KeyChangeRefused> {
        if content.entry_type != EntryType::KeyAnnounce {
            return Err(KeyChangeRefused::OtherType);
        }
        let (Some(key_use), Some(act), Some(key)) = (content.key_use, content.key_act, &content.key) else {
            return Err(KeyChangeRefused::Fields);
        };
        let bytes = BASE64URL_NOPAD.decode(key.as_bytes()).map_err(|_| KeyChangeRefused::Fields)?;
        let key = match key_use {
            KeyUse::Sign => ChangedKey::Signing(read_signing_key(&bytes)?),
            KeyUse::Tls => ChangedKey::Certificate(bytes),
        };
        let proof = match act {
            KeyAct::Announce => read_proof(content)?,
            KeyAct::Switch | KeyAct::Retire | KeyAct::Revoke => Vec::new(),
        };
        Ok(Self { key, act, proof })
    }

    /// The entry that says it: an announcement with `proof`, the new key's signature over [`proof_message`]. `ts` in
    /// seconds since 1970.
    #[must_use]
    pub fn to_content(key: &ChangedKey, act: KeyAct, proof: Option<&[u8]>, ts: i64) -> Content {
        let mut content = Content::new(EntryType::KeyAnnounce, ts);
        content.key_use = Some(key.key_use());
        content.key_act = Some(act);
        content.key = Some(BASE64URL_NOPAD.encode(key.as_bytes()).into());
        content.pop = proof.map(|proof| BASE64URL_NOPAD.encode(proof).into());
        content
    }

    /// The proof of an announcement: a signature over [`proof_message`]. For a certificate, its reader checks it.
    #[must_use]
    pub fn proof(&self) -> &[u8] {
        &self.proof
    }

    /// Checks the proof of a signing key that is announced in the log of `log`; of a certificate nothing is said.
    pub fn check_signing_proof(&self, network: &Network, log: &NodeId) -> Result<(), KeyChangeRefused> {
        match (&self.key, self.act) {
            (ChangedKey::Signing(key), KeyAct::Announce) => {
                let message = proof_message(network, log, key.as_bytes());
                key.verify(&message, &self.proof).map_err(|_| KeyChangeRefused::Proof)
            }
            _ => Ok(()),
        }
    }
}

impl ChangedKey {
    /// The use of the key.
    #[must_use]
    pub const fn key_use(&self) -> KeyUse {
        match self {
            Self::Signing(_) => KeyUse::Sign,
            Self::Certificate(_) => KeyUse::Tls,
        }
    }

    /// The raw key, or the certificate's DER.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Signing(key) => key.as_bytes(),
            Self::Certificate(der) => der,
        }
    }
}

/// The message that a new key signs to prove that its author has it:
/// `"hxp/pop/1\0" ‖ net ‖ "/" ‖ log ‖ "\0" ‖ key bytes`.
#[must_use]
pub fn proof_message(network: &Network, log: &NodeId, key: &[u8]) -> Vec<u8> {
    [b"hxp/pop/1\0", network.as_str().as_bytes(), b"/", log.as_str().as_bytes(), b"\0", key].concat()
}

fn read_signing_key(bytes: &[u8]) -> Result<PublicKey, KeyChangeRefused> {
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| KeyChangeRefused::KeyMalformed)?;
    let key = PublicKey::from_bytes(bytes);
    if key.is_of_small_order() { Err(KeyChangeRefused::KeyMalformed) } else { Ok(key) }
}

fn read_proof(content: &Content) -> Result<Vec<u8>, KeyChangeRefused> {
    let proof = content.pop.as_ref().and_then(|proof| BASE64URL_NOPAD.decode(proof.as_bytes()).ok());
    proof.filter(|proof| (1..=PROOF_LIMIT).contains(&proof.len())).ok_or(KeyChangeRefused::ProofMissing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::SigningKey;

    fn announced(seed: u8, signer: u8) -> (Content, PublicKey) {
        let key = SigningKey::from_seed(&[seed; 32]).expect("a key").public();
        let signer = SigningKey::from_seed(&[signer; 32]).expect("a key");
        let proof = signer.sign(&proof_message(&Network::default(), &log(), key.as_bytes()));
        (KeyChange::to_content(&ChangedKey::Signing(key), KeyAct::Announce, Some(&proof), 1), key)
    }

    fn log() -> NodeId {
        "fr-example".parse().expect("an id")
    }

    fn check(content: &Content, log: &NodeId) -> Result<KeyChange, KeyChangeRefused> {
        let change = KeyChange::read(content)?;
        change.check_signing_proof(&Network::default(), log)?;
        Ok(change)
    }

    #[test]
    fn an_announced_signing_key_is_proved_by_itself_for_its_own_log_and_network() {
        let (content, key) = announced(1, 1);
        let change = check(&content, &log()).expect("proved");
        assert_eq!((change.key, change.act), (ChangedKey::Signing(key), KeyAct::Announce));
        assert_eq!(check(&content, &"nl-example".parse().expect("an id")), Err(KeyChangeRefused::Proof));
        let change = KeyChange::read(&content).expect("its form is right");
        let practice = "practice".parse().expect("a network");
        assert_eq!(change.check_signing_proof(&practice, &log()), Err(KeyChangeRefused::Proof));
        assert_eq!(check(&announced(1, 2).0, &log()), Err(KeyChangeRefused::Proof));
    }

    #[test]
    fn what_names_no_key_changes_none() {
        let (content, _) = announced(1, 1);
        let without = |change: fn(&mut Content)| {
            let mut content = content.clone();
            change(&mut content);
            check(&content, &log())
        };
        assert_eq!(without(|content| content.key_use = None), Err(KeyChangeRefused::Fields));
        assert_eq!(without(|content| content.key_act = None), Err(KeyChangeRefused::Fields));
        assert_eq!(without(|content| content.key = None), Err(KeyChangeRefused::Fields));
        assert_eq!(without(|content| content.key = Some("é".into())), Err(KeyChangeRefused::Fields));
        assert_eq!(without(|content| content.key = Some("AAAA".into())), Err(KeyChangeRefused::KeyMalformed));
        let weak = BASE64URL_NOPAD.encode(&[0; 32]);
        let mut of_small_order = content.clone();
        of_small_order.key = Some(weak.into());
        assert_eq!(check(&of_small_order, &log()), Err(KeyChangeRefused::KeyMalformed));
        assert_eq!(without(|content| content.pop = None), Err(KeyChangeRefused::ProofMissing));
        assert_eq!(without(|content| content.pop = Some("".into())), Err(KeyChangeRefused::ProofMissing));
        assert_eq!(without(|content| content.entry_type = EntryType::Create), Err(KeyChangeRefused::OtherType));
    }

    #[test]
    fn a_switch_needs_no_proof() {
        let (_, key) = announced(1, 1);
        let content = KeyChange::to_content(&ChangedKey::Signing(key), KeyAct::Switch, None, 1);
        assert_eq!(check(&content, &log()).map(|change| change.act), Ok(KeyAct::Switch));
    }
}
