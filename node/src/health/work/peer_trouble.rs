//! Faults of a peer, with advice.

use crate::access::alert::Cause;
use crate::health::check::Status;

/// Something that wants attention.
pub(super) struct Trouble {
    pub(super) status: Status,
    pub(super) text: String,
    pub(super) advice: String,
    /// Why a person is called.
    pub(super) cause: Option<Cause>,
}
