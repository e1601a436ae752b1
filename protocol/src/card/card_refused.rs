//! Why a card is refused.

use thiserror::Error;

use super::CardFault;
use crate::json::JsonFault;
use crate::signature::SignatureRefused;

/// Why a text is not a card.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CardRefused {
    /// The token's form or signature is wrong.
    #[error("the card's signature does not hold: {0}")]
    Signature(#[from] SignatureRefused),
    /// The payload breaks the rules for JSON in this protocol.
    #[error("the card's content is not well-formed: {0}")]
    Json(#[from] JsonFault),
    /// A field is missing or has the wrong form.
    #[error("the card's fields do not have the form of the specification")]
    Fields,
    /// A rule of the content is broken.
    #[error("the card cannot be used: {0}")]
    Content(#[from] CardFault),
    /// The signing key is not among the card's own keys.
    #[error("the card is signed by a key that it does not name")]
    ForeignKey,
    /// The signing key is one of the card's past keys.
    #[error("the card is not signed by the node's present key")]
    PastKey,
}
