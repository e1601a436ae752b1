//! Tables of peers: their certificates, keys and links.

pub mod digest_key;
pub mod link;
pub mod peer_certificate;
pub mod peer_key;
pub mod row;
