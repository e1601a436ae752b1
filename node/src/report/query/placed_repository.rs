//! Reports that were placed, and where nobody has acted yet.

use hotline_protocol::id::NodeId;

use super::repository::newest_key;
use super::silent_repository::Part;
use crate::report::entry_repository::signed;
use crate::report::model::Report;
use crate::report::row_repository::read;
use crate::storage::{ConnectionTrait, StorageError};

/// How many of the newest reports are looked at: three days of a large federation.
const NEWEST: i64 = 50_000;

/// In the order of keys, from a key on.
const UNDONE: &str = "report WHERE id > ? AND origin = ? AND holder = ? \
    AND ((state = 'accepted' AND route_reason = 'hosted_here' AND house IS NULL) OR waits_since IS NOT NULL) \
    ORDER BY id LIMIT ?";

/// Returns reports of `own` that nobody has acted on yet, among the newest that it took for its own or offered.
pub async fn placed_lately<C: ConnectionTrait>(
    connection: &C,
    own: &NodeId,
    part: Part,
) -> Result<Vec<Report>, StorageError> {
    let first = newest_key(connection).await?.saturating_sub(NEWEST);
    let values =
        vec![part.after.max(first).into(), own.as_str().into(), own.as_str().into(), signed(part.limit).into()];
    read(connection, UNDONE, values).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::plan;

    #[tokio::test]
    async fn only_the_newest_reports_are_read() {
        let plan = plan(&format!("* FROM {UNDONE}")).await;
        assert!(plan.contains("INTEGER PRIMARY KEY (rowid>?)") && !plan.contains("TEMP"), "{plan}");
    }
}
