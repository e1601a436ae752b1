//! Reading a file of the authority within bounds.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use thiserror::Error;

/// Longest file that is read, in bytes: lists in PEM are a third longer than their content.
const FILE_LIMIT: u64 = 2 * 1024 * 1024;

/// Why a file cannot be read.
#[derive(Debug, Error)]
pub(super) enum FileUnreadable {
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    #[error("it is over 2 MiB")]
    TooLarge,
}

/// Reads a file of the authority; one byte more than the limit shows that there is more.
pub(super) fn read_bounded(path: &Path) -> Result<Vec<u8>, FileUnreadable> {
    let mut content = Vec::new();
    fs::File::open(path)?.take(FILE_LIMIT + 1).read_to_end(&mut content)?;
    if content.len() as u64 > FILE_LIMIT { Err(FileUnreadable::TooLarge) } else { Ok(content) }
}
