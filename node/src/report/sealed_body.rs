//! Bodies at rest: sealed, each for the hash that its header commits to.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{BodyCommitment, BodyLine};

use super::error::ReportError;
use crate::secret::SealKey;
use crate::storage::StorageError;

/// Seals a body line for the place that its hash names.
#[must_use]
pub fn seal_body(seal: &SealKey, line: &BodyLine) -> Vec<u8> {
    seal.seal(&body_place(line.hash()), line.as_str().as_bytes())
}

/// Opens a stored body and checks it against its header's commitment.
pub fn open_body(seal: &SealKey, commitment: Option<BodyCommitment>, sealed: &[u8]) -> Result<BodyLine, ReportError> {
    let commitment = commitment.ok_or(StorageError::Inconsistent("entry"))?;
    let plain = seal.open(&body_place(&commitment.hash), sealed)?;
    let line = std::str::from_utf8(&plain).map_err(|_| StorageError::Inconsistent("entry"))?;
    Ok(BodyLine::from_storage(line, &commitment)?)
}

fn body_place(hash: &Hash) -> [u8; 37] {
    let mut place = *b"body/\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    place[5..].copy_from_slice(hash.as_bytes());
    place
}
