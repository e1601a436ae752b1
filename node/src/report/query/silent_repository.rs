//! Reports with an unanswered offer, and reports that wait until somebody is heard from again.

use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::RouteReason;

use crate::report::entry_repository::signed;
use crate::report::model::{Report, Route};
use crate::report::row_repository::read;
use crate::storage::{ConnectionTrait, StorageError, Value};

/// The index `report_offer` finds these by `offer_target`, in the order of keys.
const UNANSWERED: &str = "report WHERE offer_target = ? AND waits_since <= ? AND id > ? AND holder = ? \
    AND alarmed = TRUE ORDER BY id LIMIT ?";

/// The index `report_house` finds these among all that is held, in the order of keys.
const HELD_FOR_NODE: &str =
    "report WHERE house = 'held' AND id > ? AND holder = ? AND destination = ? ORDER BY id LIMIT ?";

/// As [`HELD_FOR_NODE`].
const HELD_FOR_ANYBODY: &str =
    "report WHERE house = 'held' AND id > ? AND holder = ? AND destination IS NOT NULL ORDER BY id LIMIT ?";

/// The requested part of a long list: at most `limit` reports with a key above `after`.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The key of the last report that was looked at.
    pub after: i64,
    /// At most so many.
    pub limit: u64,
}

/// Returns reports that `holder` has offered to `target` without an answer since `before` (microseconds since 1970) or
/// longer, and that a person was called for.
pub async fn unanswered_since<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    target: &NodeId,
    before: i64,
    part: Part,
) -> Result<Vec<Report>, StorageError> {
    let values = vec![
        target.as_str().into(),
        before.into(),
        part.after.into(),
        holder.as_str().into(),
        signed(part.limit).into(),
    ];
    read(connection, UNANSWERED, values).await
}

/// Returns reports of `holder` that wait until the hotline that left an offer unanswered is heard from: `node`, or any.
pub async fn awaiting<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    node: Option<&NodeId>,
    part: Part,
) -> Result<Vec<Report>, StorageError> {
    let mut values: Vec<Value> = vec![part.after.into(), holder.as_str().into()];
    values.extend(node.map(|node| node.as_str().into()));
    values.push(signed(part.limit).into());
    read(connection, if node.is_some() { HELD_FOR_NODE } else { HELD_FOR_ANYBODY }, values).await
}

/// The index `report_house` tells all but the reason.
const NOT_LOCATED: &str = "report WHERE house = 'held' AND id > ? AND holder = ? AND state = 'assessed' \
    AND destination IS NULL AND route_reason = 'held' AND country IS NULL ORDER BY id LIMIT ?";

/// Returns reports of `holder` without a located server, because the name servers had not answered.
pub async fn not_located<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    part: Part,
) -> Result<Vec<Report>, StorageError> {
    let values = vec![part.after.into(), holder.as_str().into(), signed(part.limit).into()];
    read(connection, NOT_LOCATED, values).await
}

/// Whether a report is one of those.
#[must_use]
pub fn is_not_located(report: &Report) -> bool {
    let held = |route: &Route| route.destination.is_none() && route.reason == RouteReason::Held;
    report.offer.is_none() && report.country.is_none() && report.route.as_ref().is_some_and(held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::plan;

    #[tokio::test]
    async fn these_questions_are_answered_from_an_index_in_its_order() {
        for (rows, index) in [
            (UNANSWERED, "INDEX report_offer (offer_target=? AND id>?)"),
            (HELD_FOR_NODE, "INDEX report_house (house=? AND id>?)"),
            (HELD_FOR_ANYBODY, "INDEX report_house (house=? AND id>?)"),
            (NOT_LOCATED, "INDEX report_house (house=? AND id>?)"),
        ] {
            let plan = plan(&format!("* FROM {rows}")).await;
            assert!(plan.contains(index) && !plan.contains("SORT") && !plan.contains("TEMP"), "{plan}");
        }
    }
}
