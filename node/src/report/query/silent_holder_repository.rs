//! Reports of this hotline that another has accepted and says nothing of.

use hotline_protocol::id::{NodeId, ReportId};

use crate::storage::batch::Field::{Plain, Uuid};
use crate::storage::batch::{Packed, read_packed};
use crate::storage::{ConnectionTrait, StorageError};

/// Written as the index `report_accepted` has it.
const SILENT: &str = "report WHERE number IS NOT NULL AND state = 'accepted' AND holder = ? AND updated_at <= ? \
    AND origin = ? ORDER BY updated_at LIMIT ?";

/// More are not counted.
const LIMIT: i64 = 1_000;

/// Reports that one hotline has accepted, with nothing said of them for long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentAbout {
    /// How many there are; at most a thousand are counted.
    pub count: usize,
    /// The report that waits longest.
    pub oldest: ReportId,
}

/// Returns the reports of `own` that `holder` has accepted, with nothing said of them since `before` (microseconds
/// since 1970). Returns `None` where there are none.
pub async fn silent_about<C: ConnectionTrait>(
    connection: &C,
    (own, holder): (&NodeId, &NodeId),
    before: i64,
) -> Result<Option<SilentAbout>, StorageError> {
    let values = vec![holder.as_str().into(), before.into(), own.as_str().into(), LIMIT.into()];
    let fields = &[Uuid("rid"), Plain("updated_at")];
    let found: Vec<(Packed, i64)> = read_packed(connection, "report", fields, SILENT, values).await?;
    let Some((rid, _)) = found.first() else { return Ok(None) };
    let rid = uuid::Uuid::from_slice(&rid.0).map_err(|_| StorageError::Inconsistent("report"))?;
    Ok(Some(SilentAbout { count: found.len(), oldest: ReportId { origin: own.clone(), rid } }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::plan;

    #[tokio::test]
    async fn a_silent_holder_is_found_from_the_index() {
        let plan = plan(&format!("* FROM {SILENT}")).await;
        assert!(plan.contains("INDEX report_accepted (holder=? AND updated_at<?)") && !plan.contains("TEMP"), "{plan}");
    }
}
