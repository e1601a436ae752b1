//! A card with its form and signature checked.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;

use super::card_refused::CardRefused;
use super::{CardKey, Endpoint, NodeCard};
use crate::country::CountryCode;
use crate::fingerprint::Fingerprint;
use crate::id::{Network, NodeId};
use crate::json;
use crate::log::{BoundKey, KeyHistory};
use crate::signature::{self, PublicKey, SignatureRefused, SigningKey};

/// The JWS `typ` of a card.
pub const CARD_TYPE: &str = "hxp-card+jws";
/// Longest card that is read, in bytes of the token.
pub const CARD_BYTES_LIMIT: usize = 64 * 1024;

/// A card that is whole: bounded, well-formed, and signed by the present key that it names. Made only by verification.
///
/// Whether it is the card of the hotline that it names is for people to find out, by its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCard {
    card: NodeCard,
    history: KeyHistory,
    signer: PublicKey,
    token: Box<str>,
}

impl NodeCard {
    /// Signs the card with the node's present key. The line to give away is [`VerifiedCard::token`].
    ///
    /// The result is verified before it is given out: a node never writes a card that others refuse.
    #[expect(clippy::missing_panics_doc, reason = "a card has only strings, integers and lists")]
    pub fn sign(&self, key: &SigningKey) -> Result<VerifiedCard, CardRefused> {
        let payload = serde_json::to_vec(self).expect("a card has only strings, integers and lists");
        VerifiedCard::verify(&key.sign_jws(CARD_TYPE, &payload))
    }
}

impl VerifiedCard {
    /// Reads a card as it was given away; white space around the line does not count.
    pub fn verify(text: &str) -> Result<Self, CardRefused> {
        let card = Self::from_storage(text)?;
        check_endpoints(&card.token)?;
        Ok(card)
    }

    /// Reads a card that was taken before, and is kept. The grammar of addresses is narrower now than it was: an
    /// address taken earlier stays.
    pub fn from_storage(text: &str) -> Result<Self, CardRefused> {
        let token = text.trim_ascii();
        let kid = signature::read_kid(token, CARD_BYTES_LIMIT)?;
        let card = read_unverified(token)?;
        card.check()?;
        let signer = card.keys.iter().find(|bound| bound.key.kid() == kid).ok_or(CardRefused::ForeignKey)?;
        signer.key.verify_jws(CARD_TYPE, token)?;
        if signer.to.is_some() {
            return Err(CardRefused::PastKey);
        }
        let history = KeyHistory::new(card.keys.iter().map(CardKey::bound).collect());
        Ok(Self { signer: signer.key, history, token: token.into(), card })
    }

    /// The network.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.card.network
    }

    /// The node.
    #[must_use]
    pub const fn id(&self) -> &NodeId {
        &self.card.id
    }

    /// The countries that the hotline answers for, the seat first; never empty. Some may be unknown here: they are kept,
    /// and nothing is passed on for them.
    #[must_use]
    pub fn countries(&self) -> &[CountryCode] {
        &self.card.countries
    }

    /// The hotline's name: safe to show, free of controls.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.card.name
    }

    /// Where the node is reached, the preferred address first; never empty.
    #[must_use]
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.card.endpoints
    }

    /// The node's TLS certificates (DER), as bytes that nobody has looked into yet; never empty.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.card.certificates
    }

    /// The signing keys with their ranges of the node's log; one of them, the signer, is open.
    #[must_use]
    pub fn keys(&self) -> &[BoundKey] {
        self.history.keys()
    }

    /// The signing keys, to verify the node's log with.
    #[must_use]
    pub const fn key_history(&self) -> &KeyHistory {
        &self.history
    }

    /// The counter, raised with every change of the card.
    #[must_use]
    pub const fn counter(&self) -> u64 {
        self.card.counter
    }

    /// The present key; it signs the card.
    #[must_use]
    pub const fn signer(&self) -> PublicKey {
        self.signer
    }

    /// The text that people compare over the telephone.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.network(), self.id(), &self.signer)
    }

    /// All that it says, past keys' last entries included.
    #[must_use]
    pub const fn content(&self) -> &NodeCard {
        &self.card
    }

    /// The card as it is given away and stored: one line, without its line feed.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

/// The content before its signature is checked: the key to check it with stands in it.
fn read_unverified(token: &str) -> Result<NodeCard, CardRefused> {
    let payload = payload_of(token)?;
    json::check(&payload, json::BODY)?;
    serde_json::from_slice(&payload).map_err(|_| CardRefused::Fields)
}

/// Whether every address is written by the grammar.
fn check_endpoints(token: &str) -> Result<(), CardRefused> {
    #[derive(Deserialize)]
    struct Written {
        endpoints: Vec<String>,
    }
    let written: Written = serde_json::from_slice(&payload_of(token)?).map_err(|_| CardRefused::Fields)?;
    let is_plain = written.endpoints.iter().all(|text| text.parse::<Endpoint>().is_ok());
    if is_plain { Ok(()) } else { Err(CardRefused::Fields) }
}

fn payload_of(token: &str) -> Result<Vec<u8>, CardRefused> {
    let payload = token.split('.').nth(1).ok_or(SignatureRefused::Form)?;
    Ok(BASE64URL_NOPAD.decode(payload.as_bytes()).map_err(|_| SignatureRefused::Form)?)
}
