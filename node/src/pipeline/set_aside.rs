//! One bad report costs itself alone: it is set aside for a person, who is called once, and the step goes on.
//!
//! What is every report's trouble (the database is away, say) is none of this: then the step ends and runs again.

use crate::access::alert::{self, AlertKind, Cause};
use crate::context::Context;
use crate::report::{ReportError, ids_of};
use crate::storage::StorageError;

/// Whether an error is one report's own, and not the whole database's.
pub(super) const fn is_its_own(error: &ReportError) -> bool {
    match error {
        ReportError::Storage(StorageError::Inconsistent(_))
        | ReportError::NotFound
        | ReportError::Name(_)
        | ReportError::Refused(_)
        | ReportError::Body(_)
        | ReportError::Secret(_)
        | ReportError::Header(_) => true,
        ReportError::Storage(_) => false,
    }
}

/// Calls a person about reports that a step could not deal with, about each once. `faults` are keys with what is wrong.
pub(super) async fn call_about(context: &Context, faults: &[(i64, ReportError)]) -> Result<(), ReportError> {
    if faults.is_empty() {
        return Ok(());
    }
    let keys: Vec<i64> = faults.iter().map(|(key, _)| *key).collect();
    let write = context.database.write("set_reports_aside").await?;
    // By their ids alone: it may be a row that cannot be read.
    for (key, id) in ids_of(&*write, &keys).await? {
        let Some((_, fault)) = faults.iter().find(|(faulty, _)| *faulty == key) else { continue };
        let id = id.to_string();
        let text = format!("report {id} cannot be dealt with: {fault}; look at: hotline-node report show {id}");
        let cause = Cause::new(AlertKind::ReportSetAside, &*id, text).with("report", &id);
        if alert::raise_once(&write, &context.clock, cause).await? {
            tracing::warn!(report = %id, %fault, "a report is set aside");
        }
    }
    Ok(write.commit().await?)
}
