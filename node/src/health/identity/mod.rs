//! Identity of this node, and whether others believe it: keys, certificates, its log.

mod authority;
mod certificate;
mod ends;
mod high_water;
mod own_keys;
mod sealing;
mod web_certificate;

pub(super) use authority::check as authority;
pub(super) use certificate::{check as certificate, urgency};
pub(super) use ends::end_of;
pub(super) use high_water::check as high_water;
pub(super) use own_keys::check as own_keys;
pub(super) use sealing::check as sealing;
pub(super) use web_certificate::check as web_certificates;
