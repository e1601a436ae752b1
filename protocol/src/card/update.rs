//! The worth of a further card of a known node.

use thiserror::Error;

use super::VerifiedCard;
use crate::log::KeyHistory;

/// The kind of a card of a known node that may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardUpdate {
    /// The card that is known, to the byte.
    Same,
    /// A later one.
    Newer,
}

/// Why a card does not follow the one that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CardUpdateRefused {
    /// It is a card of another node, or of another network.
    #[error("the card is another node's")]
    OtherNode,
    /// Its key is not one that we trust today. Only an operator may replace a peer's keys.
    #[error("the card is signed by a key that we do not trust for this node")]
    UnknownKey,
    /// It is older than the one that is known.
    #[error("the card is older than the one that we have")]
    LowerCounter,
    /// It says something else under the counter of the one that is known.
    #[error("the card differs from the one that we have, under the same counter")]
    SameCounter,
}

impl VerifiedCard {
    /// Decides the rank of this card beside `known`, the newest card of the same node. `trusted` are the node's keys in
    /// our own store, those included that were announced in its log since.
    ///
    /// Only a key that is still open there counts. Otherwise the finder of a retired or revoked key could sign a card
    /// that calls it the present one, and take the node's place.
    pub fn verify_update(&self, known: &Self, trusted: &KeyHistory) -> Result<CardUpdate, CardUpdateRefused> {
        if self.id() != known.id() || self.network() != known.network() {
            return Err(CardUpdateRefused::OtherNode);
        }
        if self.token() == known.token() {
            return Ok(CardUpdate::Same);
        }
        let is_trusted =
            trusted.keys().iter().any(|bound| bound.key == self.signer() && bound.to.is_none() && !bound.revoked);
        if !is_trusted {
            return Err(CardUpdateRefused::UnknownKey);
        }
        match self.counter().cmp(&known.counter()) {
            std::cmp::Ordering::Less => Err(CardUpdateRefused::LowerCounter),
            std::cmp::Ordering::Equal => Err(CardUpdateRefused::SameCounter),
            std::cmp::Ordering::Greater => Ok(CardUpdate::Newer),
        }
    }
}
