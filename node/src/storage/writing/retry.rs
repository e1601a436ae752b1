//! The obstacle to the last write, and a check whether it is still there.

use super::trouble::Trouble;
use crate::storage::database::Database;
use crate::storage::error::StorageError;
use crate::storage::setting::leave_setting;

impl Database {
    /// Why the last write of this process failed, if it was for want of room or of a disk that works; `None` again as
    /// soon as something was written. [`Database::retry_write`] finds out where nobody else writes.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        self.trouble.lock().last
    }

    /// How often a trouble has ended in this process: it rises even where one came and went between two looks.
    #[must_use]
    pub fn troubles_ended(&self) -> u64 {
        self.trouble.lock().ended
    }

    /// Where the last write failed: writes a little, so that [`Database::trouble`] ends with its cause. For a loop that
    /// goes round.
    pub async fn retry_write(&self) -> Result<(), StorageError> {
        if self.trouble().is_none() {
            return Ok(());
        }
        let write = self.write("retry_write").await?;
        leave_setting(&write, "retried_write", "1").await?;
        write.commit().await
    }
}
