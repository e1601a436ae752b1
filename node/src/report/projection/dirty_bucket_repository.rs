//! Marks on buckets that must be counted anew.

use std::collections::BTreeSet;

use super::dirty_bucket::{Bucket, buckets_of, buckets_of_notice};
use super::fact::Fact;
use crate::report::model::Report;
use crate::storage::batch::{Columns, Known};
use crate::storage::{DatabaseTransaction, StorageError, Value};

const STALE: Columns = Columns { table: "stale", names: &["bucket", "changes"] };

/// Marks buckets. A mark holds the number of times it was made, so that the counter of the bucket sees later changes.
pub(super) async fn mark(write: &DatabaseTransaction, buckets: BTreeSet<Bucket>) -> Result<(), StorageError> {
    let values = buckets.into_iter().flat_map(|bucket| [Value::from(bucket.to_stored()), Value::from(1_i64)]);
    STALE.insert(write, Known::AddedTo, values.collect()).await
}

/// Marks the buckets of reports with changing rows.
pub(crate) async fn mark_reports(write: &DatabaseTransaction, reports: &[Report]) -> Result<(), StorageError> {
    mark(write, reports.iter().flat_map(buckets_of).collect()).await
}

/// Marks the buckets of these facts' notices.
pub(crate) async fn mark_notices(
    write: &DatabaseTransaction,
    facts: impl Iterator<Item = &Fact>,
) -> Result<(), StorageError> {
    let buckets: BTreeSet<Bucket> = facts.flat_map(buckets_of_notice).collect();
    if buckets.is_empty() { Ok(()) } else { mark(write, buckets).await }
}
