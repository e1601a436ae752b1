//! A log that tests read.

use std::io;
use std::sync::{Arc, Mutex};

/// Lines that are kept instead of written.
#[derive(Clone, Default)]
pub(crate) struct KeptLines(Arc<Mutex<Vec<u8>>>);

impl KeptLines {
    /// Returns the lines written since the last call.
    pub(crate) fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().expect("nobody panicked"));
        String::from_utf8(bytes).expect("a log is text")
    }
}

impl io::Write for KeptLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
