//! A file's parsed content, which follows the file as it changes.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption, Guard};

use super::error::GeolocationError;
use super::warning::Warning;

/// How a file's content is read and checked.
type Read<T> = fn(&Path) -> Result<T, GeolocationError>;

/// The content of a file, as last read without a fault.
#[derive(Debug)]
pub(super) struct WatchedFile<T> {
    path: PathBuf,
    read: Read<T>,
    content: ArcSwap<T>,
    fault: ArcSwapOption<String>,
    /// The stamp of the last reading, good or faulty: a faulty file is not read again until it changes.
    seen: Mutex<Option<Stamp>>,
}

/// What shows cheaply that a file changed: modification time in seconds and nanoseconds, length, inode.
type Stamp = (i64, i64, u64, u64);

impl<T> WatchedFile<T> {
    pub(super) fn open(path: &Path, read: Read<T>) -> Result<Self, GeolocationError> {
        // Before the content: a change while it is read is then seen by the next refresh.
        let seen = stamp(path);
        let content = read(path)?;
        Ok(Self {
            path: path.to_owned(),
            read,
            content: ArcSwap::from_pointee(content),
            fault: ArcSwapOption::empty(),
            seen: Mutex::new(seen),
        })
    }

    pub(super) fn content(&self) -> Guard<Arc<T>> {
        self.content.load()
    }

    /// That the file as it now is cannot be used; `None` if it can.
    pub(super) fn warning(&self) -> Option<Warning> {
        let fault = self.fault.load().as_deref()?.clone();
        Some(Warning::FileFaulty { fault })
    }

    /// Reads the file again if it changed. A faulty one leaves the content as it was and is told by
    /// [`WatchedFile::warning`]. Costs one `stat` if nothing changed.
    pub(super) fn refresh(&self) {
        // Nothing is left half done under this lock, so a panic elsewhere does not spoil it.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamp(&self.path);
        if now.is_some() && now == *seen {
            return;
        }
        *seen = now;
        match (self.read)(&self.path) {
            Ok(content) => {
                self.content.store(Arc::new(content));
                self.fault.store(None);
            }
            Err(fault) => self.fault.store(Some(Arc::new(fault.to_string()))),
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.mtime(), metadata.mtime_nsec(), metadata.size(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geolocation::HostsFile;

    #[test]
    fn a_changed_file_is_read_and_a_faulty_one_keeps_the_former_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("hosts");
        fs::write(&path, "192.0.2.1 a.test").expect("is written");
        let hosts = WatchedFile::open(&path, HostsFile::open).expect("opens");
        let names = |expected: usize, faulty: bool| {
            hosts.refresh();
            assert_eq!((hosts.content().names(), hosts.warning().is_some()), (expected, faulty));
        };
        names(1, false);
        fs::write(&path, "192.0.2.1 a.test b.test").expect("is written");
        names(2, false);
        fs::write(&path, "nothing of the kind").expect("is written");
        names(2, true);
        names(2, true);
        fs::remove_file(&path).expect("is removed");
        names(2, true);
        fs::write(&path, "192.0.2.1 a.test b.test c.test").expect("is written");
        names(3, false);
    }
}
