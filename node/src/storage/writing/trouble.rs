//! The trouble of the last write, for checks whether the node can do its work.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::storage::error::StorageError;

/// Why nothing can be written at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is no room.
    Full,
    /// The disk cannot be read or written.
    DiskFails,
    /// The file may not be written.
    ReadOnly,
    /// The server takes no writes.
    Standby,
}

impl Trouble {
    fn of(error: &StorageError) -> Option<Self> {
        match error {
            StorageError::Full => Some(Self::Full),
            StorageError::DiskFails => Some(Self::DiskFails),
            StorageError::ReadOnly => Some(Self::ReadOnly),
            StorageError::Standby => Some(Self::Standby),
            _ => None,
        }
    }

    /// Returns one sentence for people, with advice.
    #[must_use]
    pub fn sentence(self) -> String {
        let error = match self {
            Self::Full => StorageError::Full,
            Self::DiskFails => StorageError::DiskFails,
            Self::ReadOnly => StorageError::ReadOnly,
            Self::Standby => StorageError::Standby,
        };
        error.to_string()
    }
}

/// The last write's trouble, shared by all users of the database.
#[derive(Debug, Clone, Default)]
pub(in crate::storage) struct Remembered(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) last: Option<Trouble>,
    /// How often something was written again after a trouble.
    pub(super) ended: u64,
}

impl Remembered {
    /// Trouble stays until something is written; an error that says nothing of the disk changes nothing.
    pub(in crate::storage) fn note(&self, error: Option<&StorageError>) {
        let mut memory = self.lock();
        let now = error.and_then(|error| Trouble::of(error).or(memory.last));
        memory.ended += u64::from(memory.last.is_some() && now.is_none());
        memory.last = now;
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
