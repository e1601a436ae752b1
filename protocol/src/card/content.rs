//! The content of a card, and the rules that it keeps.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Endpoint;
use super::card_fault::{
    CERTIFICATE_LIMIT, CERTIFICATES_LIMIT, COUNTRIES_LIMIT, CardFault, ENDPOINTS_LIMIT, KEYS_LIMIT, NAME_LIMIT,
};
use crate::country::CountryCode;
use crate::id::{Network, NodeId};
use crate::json::{MAX_INTEGER, only_as_object};
use crate::log::{BoundKey, Cursor, Position};
use crate::signature::PublicKey;

/// A signing key of a card, and the range of the node's log that it signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct CardKey {
    /// The key.
    pub key: PublicKey,
    /// First position that it signs.
    pub from: Position,
    /// Last entry that it signs; open while it is the present key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Cursor>,
}

only_as_object!(CardKey);

impl CardKey {
    /// The key with its range, as a log's history holds it.
    #[must_use]
    pub fn bound(&self) -> BoundKey {
        BoundKey { key: self.key, from: self.from, to: self.last(), revoked: false }
    }

    fn last(&self) -> Option<Position> {
        self.to.map(|last| last.position())
    }
}

/// The content of a card. As written by its node; of another node only [`VerifiedCard`](super::VerifiedCard) counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeCard {
    /// The network.
    #[serde(rename = "net")]
    pub network: Network,
    /// The node.
    pub id: NodeId,
    /// The countries and territories that the hotline answers for, the seat first; known here or not.
    pub countries: Vec<CountryCode>,
    /// The hotline's name, for people.
    pub name: String,
    /// Where the node is reached, the preferred address first.
    pub endpoints: Vec<Endpoint>,
    /// The node's TLS certificates, DER.
    #[serde(rename = "tls", serialize_with = "write_certificates", deserialize_with = "read_certificates")]
    pub certificates: Vec<Vec<u8>>,
    /// Its signing keys, past and present.
    pub keys: Vec<CardKey>,
    /// Raised with every change of the card.
    #[serde(rename = "n")]
    pub counter: u64,
}

impl NodeCard {
    /// Every rule but the signature.
    pub(super) fn check(&self) -> Result<(), CardFault> {
        let certificates_fit = self.certificates.iter().all(|der| (1..=CERTIFICATE_LIMIT).contains(&der.len()));
        let rules = [
            (
                (1..=COUNTRIES_LIMIT).contains(&self.countries.len()) && all_differ(&self.countries),
                CardFault::Countries,
            ),
            (self.countries.first() == Some(&self.id.seat()), CardFault::Seat),
            (is_card_name(&self.name), CardFault::Name),
            ((1..=ENDPOINTS_LIMIT).contains(&self.endpoints.len()), CardFault::Endpoints),
            ((1..=CERTIFICATES_LIMIT).contains(&self.certificates.len()) && certificates_fit, CardFault::Certificates),
            ((1..=KEYS_LIMIT).contains(&self.keys.len()) && self.each_key_once(), CardFault::Keys),
            (self.ranges_are_apart(), CardFault::KeyRanges),
            (self.counter <= MAX_INTEGER, CardFault::Counter),
        ];
        rules.into_iter().find(|(kept, _)| !kept).map_or(Ok(()), |(_, fault)| Err(fault))
    }

    fn each_key_once(&self) -> bool {
        let keys: Vec<PublicKey> = self.keys.iter().map(|bound| bound.key).collect();
        all_differ(&keys)
    }

    /// One signing key a sequence number; so only one range can be open.
    fn ranges_are_apart(&self) -> bool {
        let exists = |at: Position| (1..=MAX_INTEGER).contains(&at.epoch) && (1..=MAX_INTEGER).contains(&at.seq);
        let mut ranges: Vec<_> = self.keys.iter().map(|bound| (bound.from, bound.last())).collect();
        ranges.sort_unstable_by_key(|(from, _)| *from);
        let sound = ranges.iter().all(|(from, to)| exists(*from) && to.is_none_or(|to| exists(to) && *from <= to));
        sound && ranges.windows(2).all(|pair| pair[0].1.is_some_and(|last| last < pair[1].0))
    }
}

fn all_differ<T: PartialEq>(list: &[T]) -> bool {
    list.iter().enumerate().all(|(index, one)| !list[..index].contains(one))
}

/// Whether a card can hold this name of a hotline: 1 to 100 characters.
///
/// An operator reads the name on a terminal when adding a peer: no escape sequences, and no marks that turn the
/// direction of the text and so show another name than the one that is stored.
#[must_use]
pub fn is_card_name(name: &str) -> bool {
    let turns = |symbol: char| matches!(symbol, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |symbol: char| symbol.is_control() || matches!(symbol, '\u{2028}' | '\u{2029}') || turns(symbol);
    (1..=NAME_LIMIT).contains(&name.chars().count()) && name.trim() == name && !name.contains(breaks)
}

fn write_certificates<S: Serializer>(certificates: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(certificates.iter().map(|der| BASE64URL_NOPAD.encode(der)))
}

fn read_certificates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
    let certificates = Vec::<String>::deserialize(deserializer)?;
    certificates
        .iter()
        .map(|text| BASE64URL_NOPAD.decode(text.as_bytes()))
        .collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}
