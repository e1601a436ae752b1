//! Faults of a card.

use thiserror::Error;

/// Longest name, in characters.
pub(crate) const NAME_LIMIT: usize = 100;

/// Most countries: all of ISO 3166-1, and room for new ones.
pub(crate) const COUNTRIES_LIMIT: usize = 260;

pub(crate) const ENDPOINTS_LIMIT: usize = 8;

pub(crate) const CERTIFICATES_LIMIT: usize = 8;

/// Longest certificate, in bytes of DER.
pub(crate) const CERTIFICATE_LIMIT: usize = 16 * 1024;

pub(crate) const KEYS_LIMIT: usize = 64;

/// A rule that a card breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CardFault {
    /// No country, too many, or one twice.
    #[error("a card names 1 to {COUNTRIES_LIMIT} countries, each once")]
    Countries,
    /// The first country is not the one in the node's id.
    #[error("the first country of a card is the seat, which the node's id names")]
    Seat,
    /// No name, a long one, or one with characters that could deceive its reader on a screen.
    #[error("a card's name has 1 to {NAME_LIMIT} characters, none of them invisible at its ends or a control")]
    Name,
    /// No address, or too many.
    #[error("a card names 1 to {ENDPOINTS_LIMIT} addresses")]
    Endpoints,
    /// No certificate, too many, or one that is empty or too long.
    #[error("a card holds 1 to {CERTIFICATES_LIMIT} certificates of at most {CERTIFICATE_LIMIT} bytes")]
    Certificates,
    /// Too many keys, or one twice.
    #[error("a card names 1 to {KEYS_LIMIT} keys, each once")]
    Keys,
    /// A key's range begins before the log, ends before it begins, or overlaps another key's range.
    #[error("the keys of a card sign ranges of the log that do not overlap")]
    KeyRanges,
    /// The counter is beyond the integers that every JSON reader holds.
    #[error("a card's counter is at most 2^53 - 1")]
    Counter,
}
