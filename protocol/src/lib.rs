//! HXP/1, the exchange protocol of the federation of hotlines: the rules that two nodes must agree on.
//!
//! Nothing here reads a clock, a network, a file or a database; every rule is a pure function on
//! types that cannot be wrong. The specification, complete for a second implementer, is this
//! crate's `README.md`.

pub mod bytes;
pub mod card;
pub mod country;
pub mod entitlement;
pub mod entry;
pub mod fingerprint;
pub mod from_text;
pub mod hello;
pub mod id;
pub mod json;
pub mod log;
pub mod problem;
pub mod signature;
pub mod state;
pub mod url;
pub mod vocabulary;
