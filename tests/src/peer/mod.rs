//! Peers by hand: they speak with a node over the wire, rightly or with one fault.

pub mod authority;
pub mod by_hand;
pub mod forged_certificate;
pub mod forged_run;
pub mod impostor;
pub mod independent_verifier;
pub mod outsider;
pub mod raw_request;
