//! The folder that holds the nodes' folders.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::cli::console::exit::CliError;
use crate::cli::console::output::tell;

/// A folder that was named and stays, or a temporary one.
pub(super) enum Folder {
    Named(PathBuf),
    Temporary(TempDir),
}

impl Folder {
    pub(super) fn make(named: Option<PathBuf>) -> Result<Self, CliError> {
        match named {
            Some(path) => {
                std::fs::create_dir_all(&path).map_err(|cause| CliError::file(path.display(), cause))?;
                Ok(Self::Named(path.canonicalize().map_err(|cause| CliError::file(path.display(), cause))?))
            }
            None => tempfile::Builder::new()
                .prefix("hotline-demo-")
                .tempdir()
                .map(Self::Temporary)
                .map_err(|cause| CliError::file("the temporary folder", cause)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// Whether it is still there after the end.
    pub(super) const fn stays(&self) -> bool {
        matches!(self, Self::Named(_))
    }

    /// Removes a temporary folder; leaves it after a failure, because the nodes' logs tell the cause.
    pub(super) fn end(self, failed: bool) {
        let Self::Temporary(folder) = self else { return };
        if failed {
            tell(&format!("the nodes' folders are left for examination: {}", folder.keep().display()));
        } else if let Err(cause) = folder.close() {
            tell(&format!("the temporary folder could not be removed: {cause}"));
        }
    }
}
