//! Errors with peers, by the party that must act.

use hotline_protocol::card::{CardRefused, CardUpdateRefused};
use hotline_protocol::fingerprint::{FingerprintMalformed, FingerprintMismatch};
use hotline_protocol::id::{Network, NodeId};
use thiserror::Error;

use super::certificate::CertificateRefused;
use crate::storage::StorageError;

/// Why nothing was changed.
#[derive(Debug, Error)]
pub enum TrustError {
    /// The caller: no such peer.
    #[error("no peer {0} was added; add its card first: hotline-node peer add CARD_FILE --fingerprint F")]
    PeerUnknown(NodeId),
    /// The caller: the card is this node's own.
    #[error("this card is this node's own; a peer's card is needed")]
    OwnCard,
    /// The caller: another federation's.
    #[error("the card belongs to the network '{0}', this node to '{1}'; practice and production are never mixed")]
    OtherNetwork(Network, Network),
    /// The caller: the card does not hold.
    #[error("the card does not hold: {0}")]
    Card(#[from] CardRefused),
    /// The caller: the card does not follow the one that is known.
    #[error("{0}; if the other hotline confirms by telephone that its keys were replaced, add it with --replace")]
    Update(#[from] CardUpdateRefused),
    /// The caller: a certificate in the card.
    #[error("a certificate in the card does not hold: {0}")]
    Certificate(#[from] CertificateRefused),
    /// The caller: all of the card's certificates were revoked here.
    #[error("every certificate of this card was revoked here for good; ask that hotline for a card with a new one")]
    CertificatesRevoked,
    /// The caller: a certificate in the card names another node.
    #[error("a certificate in the card names {0}, not the card's node")]
    OthersCertificate(NodeId),
    /// The caller: a card of an earlier time.
    #[error(
        "the card is signed by a key that was exchanged or revoked here since; ask that hotline for its newest card \
         (hotline-node identity card)"
    )]
    CardOfEndedKey,
    /// The caller: the card's key would sign a part of the log that another key has signed.
    #[error(
        "the log of {node} that is here goes up to epoch {epoch} and was signed by another key, and the card does not say \
         up to where it counts: that hotline goes on in an epoch beyond that first (hotline-node log open-epoch --new-keys \
         --beyond-epoch {epoch}), and gives the card that it has then"
    )]
    CardOmitsLog {
        /// The author of the log.
        node: NodeId,
        /// Where its log ends here.
        epoch: u64,
    },
    /// The caller: the last good entry is another one here.
    #[error(
        "the card says that entry {seq} of epoch {epoch} is the last that counts, and another one stands there here: that \
         hotline must go back further (hotline-node log open-epoch --new-keys --last-good EPOCH.SEQ), and give the card \
         that it has then"
    )]
    LastGoodDiffers {
        /// Where the card says so: epoch.
        epoch: u64,
        /// Position.
        seq: u64,
    },
    /// The caller: the last good entry does not count any more here.
    #[error(
        "the card says that entry {seq} of epoch {epoch} is the last that counts, and a later epoch has left it behind \
         here: that hotline must go back further (hotline-node log open-epoch --new-keys --last-good EPOCH.SEQ \
         --beyond-epoch {newest}), and give the card that it has then"
    )]
    LastGoodLeftBehind {
        /// Where the card says so: epoch.
        epoch: u64,
        /// Position.
        seq: u64,
        /// The newest epoch here.
        newest: u64,
    },
    /// The caller: mistyped.
    #[error("the fingerprint cannot be read: {0}; let it be read to you again")]
    FingerprintMalformed(#[from] FingerprintMalformed),
    /// The caller: not the card's.
    #[error("{0}: this is not the card that the other hotline has; nothing was trusted")]
    FingerprintMismatch(#[from] FingerprintMismatch),
    /// The caller: none given.
    #[error("a new peer is added with the fingerprint that the other hotline reads to you: --fingerprint F")]
    FingerprintMissing,
    /// Ours: for a moment.
    #[error("this node's signing key is being exchanged right now; try again in a second")]
    OwnKeyMoves,
    /// Ours: the configuration.
    #[error("exchange.url cannot stand in a card: an https URL without a path is needed")]
    OwnEndpoint,
    /// Ours: the database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
