//! The high-water file: the last signed place of our own log, outside the database and its backups.
//!
//! A database that was restored from a backup is behind this file; without it, the node would number new entries as it
//! had numbered others before, and every peer would see a fork.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use hotline_protocol::log::Cursor;

use crate::exchange::log::error::LogError;

/// Where the file is.
#[derive(Debug, Clone)]
pub struct HighWater {
    path: PathBuf,
}

impl HighWater {
    /// The file in the node's folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("high-water") }
    }

    /// Reads it; `None` where there is no file.
    pub fn read(&self) -> Result<Option<Cursor>, LogError> {
        match std::fs::read(&self.path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| {
                self.failed(io::Error::new(io::ErrorKind::InvalidData, "it does not hold a place in a log"))
            }),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(self.failed(cause)),
        }
    }

    /// Writes it beside its place, flushes it to disk, moves it in, and flushes that too: a move that a power cut undoes
    /// would leave an older place.
    #[expect(clippy::missing_panics_doc, reason = "a cursor is numbers and text")]
    pub fn write(&self, place: &Cursor) -> Result<(), LogError> {
        let beside = self.path.with_extension("new");
        let text = serde_json::to_vec(place).expect("a cursor is numbers and text");
        let write = || {
            let mut file = std::fs::File::create(&beside)?;
            file.write_all(&text)?;
            file.sync_all()?;
            std::fs::rename(&beside, &self.path)?;
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        write().map_err(|cause| self.failed(cause))
    }

    fn failed(&self, cause: io::Error) -> LogError {
        LogError::HighWater { path: self.path.clone(), cause }
    }
}
