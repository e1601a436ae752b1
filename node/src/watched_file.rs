//! A file's parsed content; it follows the file as it changes.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, fs};

use arc_swap::{ArcSwap, ArcSwapOption, Guard};

/// How a file's content is read and checked; an error is a sentence for the operator.
type Read<T> = Box<dyn Fn(&Path) -> Result<T, String> + Send + Sync>;

/// The content of a file, as last read without a fault.
pub struct WatchedFile<T> {
    path: PathBuf,
    read: Read<T>,
    content: ArcSwap<T>,
    fault: ArcSwapOption<String>,
    /// The stamp of the last reading, good or faulty: a faulty file is not read again until it changes.
    seen: Mutex<Option<Stamp>>,
}

/// Cheap signs that a file changed: modification time in seconds and nanoseconds, length, inode.
pub(crate) type Stamp = (i64, i64, u64, u64);

impl<T> WatchedFile<T> {
    /// Reads the file for the first time; `read` is how, now and later.
    pub fn open<E: fmt::Display>(
        path: &Path,
        read: impl Fn(&Path) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<Self, E> {
        // Before the content: a change while it is read is then seen by the next refresh.
        let seen = stamp(path);
        let content = read(path)?;
        Ok(Self {
            path: path.to_owned(),
            read: Box::new(move |path| read(path).map_err(|fault| fault.to_string())),
            content: ArcSwap::from_pointee(content),
            fault: ArcSwapOption::empty(),
            seen: Mutex::new(seen),
        })
    }

    /// Returns the file's content at the last reading without a fault.
    #[must_use]
    pub fn content(&self) -> Guard<Arc<T>> {
        self.content.load()
    }

    /// Why the file as it now is cannot be used; `None` if it can.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.fault.load().as_deref().cloned()
    }

    /// Reads the file again if it changed; gives whether there is another content. A faulty one leaves the content as it
    /// was and is told by [`WatchedFile::fault`]. Costs one `stat` if nothing changed.
    pub fn refresh(&self) -> bool {
        // Nothing is left half done under this lock, so a panic elsewhere does not spoil it.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamp(&self.path);
        if now.is_some() && now == *seen {
            return false;
        }
        *seen = now;
        match (self.read)(&self.path) {
            Ok(content) => {
                self.content.store(Arc::new(content));
                self.fault.store(None);
                true
            }
            Err(fault) => {
                self.fault.store(Some(Arc::new(fault)));
                false
            }
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for WatchedFile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchedFile").field("path", &self.path).field("content", &self.content).finish_non_exhaustive()
    }
}

pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.mtime(), metadata.mtime_nsec(), metadata.size(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(path: &Path) -> Result<u32, String> {
        let text = fs::read_to_string(path).map_err(|cause| cause.to_string())?;
        text.parse().map_err(|_| "no number".to_owned())
    }

    #[test]
    fn a_changed_file_is_read_and_a_faulty_one_keeps_the_former_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("number");
        fs::write(&path, "1").expect("is written");
        let file = WatchedFile::open(&path, number).expect("opens");
        let holds = |expected: u32, is_new: bool, faulty: bool| {
            assert_eq!((file.refresh(), **file.content(), file.fault().is_some()), (is_new, expected, faulty));
        };
        holds(1, false, false);
        fs::write(&path, "22").expect("is written");
        holds(22, true, false);
        fs::write(&path, "nothing of the kind").expect("is written");
        holds(22, false, true);
        holds(22, false, true);
        fs::remove_file(&path).expect("is removed");
        holds(22, false, true);
        fs::write(&path, "333").expect("is written");
        holds(333, true, false);
    }
}
