//! More of something than anybody needs, each piece of it right.

pub(super) mod digest_keys;
pub(super) mod epochs;
pub(super) mod hosted_elsewhere;
pub(super) mod many_reports;
pub(super) mod one_report;
pub(super) mod unknown_types;
