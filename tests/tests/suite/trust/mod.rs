//! Keys, certificates and handshakes.

pub(crate) mod authority;
pub(crate) mod certificate_end;
pub(crate) mod handshakes;
pub(crate) mod peer_check;
pub(crate) mod revocation;
pub(crate) mod rotation;
pub(crate) mod secrets;
pub(crate) mod web_certificates;
