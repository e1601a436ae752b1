//! A node's log: a chain of entries, signed in runs.

mod checkpoint;
mod cursor;
mod fork;
mod key_change;
mod keys;
mod run;

pub use checkpoint::{CHECKPOINT_TYPE, Checkpoint, CheckpointRefused, SignedCheckpoint, VerifiedCheckpoint};
pub use cursor::{Cursor, Position};
pub use fork::{FORK_BYTES_LIMIT, FORK_HEADERS_LIMIT, FORK_MEDIA_TYPE, ForkProof, ForkRefused};
pub use key_change::{ChangedKey, KeyChange, KeyChangeRefused, proof_message};
pub use keys::{BoundKey, KeyHistory};
pub use run::{RUN_BYTES_LIMIT, RUN_ENTRIES_LIMIT, RunRefused, RunWriter, UnverifiedRun, VerifiedEntry, VerifiedRun};

#[cfg(test)]
mod test_keys;
#[cfg(test)]
mod tests;
