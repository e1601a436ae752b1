//! How long a field may be.

/// Longest field, in bytes.
pub(crate) const FIELD_LIMIT_BYTES: usize = 8_192;
