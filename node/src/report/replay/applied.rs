//! The result of applying entries.

use hotline_protocol::log::VerifiedEntry;

use super::received_body::ReceivedBody;

/// An entry that is applied, with its body where this node keeps it.
pub type Applied<'e> = (&'e VerifiedEntry, Option<&'e ReceivedBody>);
