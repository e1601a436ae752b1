//! Reports and bodies that do not go on by themselves, counted with the report that came first. Queries about reports
//! are answered from the partial indexes of rare, held or offered ones. Queries about missing bodies read all of
//! `want`, a table with nothing else.

use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{RouteReason, State};

use super::waits_for::WaitsFor;
use crate::storage::batch::Field::Plain;
use crate::storage::batch::{read_packed, read_packed_sound};
use crate::storage::{ConnectionTrait, StorageError, Value};

/// Reports that stand still for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck<W> {
    /// Why, more exactly.
    pub why: W,
    /// How many.
    pub count: u64,
    /// Since when the first of them, microseconds since 1970.
    pub since: i64,
}

const COUNT: [crate::storage::batch::Field; 2] = [Plain("COUNT(*)"), Plain("MIN(updated_at)")];

/// Received, and nobody has assessed them. `None` where there are none.
pub async fn unassessed<C: ConnectionTrait>(connection: &C) -> Result<Option<Stuck<()>>, StorageError> {
    let rows = "report WHERE state = 'received' AND house IS NULL AND number IS NOT NULL";
    let found: Vec<(u64, Option<i64>)> = read_packed(connection, "report", &COUNT, rows, Vec::new()).await?;
    Ok(found.into_iter().find_map(|(count, since)| Some(Stuck { why: (), count, since: since? })))
}

/// As `Report::shown_state` says it.
const SHOWN: &str = "CASE WHEN state = 'received' AND house IS NOT NULL OR state = 'assessed' AND house = 'held' \
    THEN house ELSE state END";

/// All reports that are known, by their state; `since` is when the one was touched that was not touched for longest.
pub async fn by_state<C: ConnectionTrait>(connection: &C) -> Result<Vec<Stuck<State>>, StorageError> {
    let fields = [Plain(SHOWN), COUNT[0], COUNT[1]];
    let rows = format!("report GROUP BY {SHOWN}");
    let found: Vec<(State, u64, i64)> = read_packed_sound(connection, "report", &fields, &rows, Vec::new()).await?;
    Ok(found.into_iter().map(|(why, count, since)| Stuck { why, count, since }).collect())
}

/// Held by `holder` without anybody to offer them to, by the reason.
pub async fn held<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
) -> Result<Vec<Stuck<Option<RouteReason>>>, StorageError> {
    by_reason(connection, "house = 'held' AND holder = ?", holder).await
}

/// Returns reports held by `holder`, by the party that they wait for. That is a hotline to be heard from, a hotline of
/// a country to be added here, or a person of this house.
pub async fn held_for<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
) -> Result<Vec<Stuck<(Option<RouteReason>, WaitsFor)>>, StorageError> {
    type Row = (Option<String>, Option<String>, Option<String>, u64, i64);
    const COUNTRY: &str = "CASE WHEN route_reason = 'no_peer' AND destination IS NULL THEN country END";
    let fields = [Plain("route_reason"), Plain("destination"), Plain(COUNTRY), COUNT[0], COUNT[1]];
    let rows = "report WHERE house = 'held' AND holder = ? GROUP BY f0, f1, f2";
    let found: Vec<Row> = read_packed(connection, "report", &fields, rows, vec![holder.as_str().into()]).await?;
    let stuck = |(reason, node, country, count, since): Row| {
        let (reason, node, country) = (known(reason), known::<NodeId>(node), known(country));
        let waits_for = node.map(WaitsFor::Hotline).or(country.map(WaitsFor::Enrolment)).unwrap_or(WaitsFor::Person);
        Stuck { why: (reason, waits_for), count, since }
    };
    Ok(found.into_iter().map(stuck).collect())
}

/// Returns reports held by `holder`, published and offered to nobody, by the reason; those hosted at home are not among
/// them.
pub async fn unplaced_by_reason<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
) -> Result<Vec<Stuck<Option<RouteReason>>>, StorageError> {
    let rows = "state = 'assessed' AND house IS NULL AND holder = ?";
    by_reason(connection, rows, holder).await
}

/// Offered by `holder` and refused, and not yet placed again.
pub async fn refused<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
) -> Result<Vec<Stuck<Option<RouteReason>>>, StorageError> {
    by_reason(connection, "state = 'refused' AND house IS NULL AND holder = ?", holder).await
}

async fn by_reason<C: ConnectionTrait>(
    connection: &C,
    rows: &str,
    holder: &NodeId,
) -> Result<Vec<Stuck<Option<RouteReason>>>, StorageError> {
    let fields = [Plain("route_reason"), COUNT[0], COUNT[1]];
    let rows = format!("report WHERE {rows} GROUP BY route_reason");
    let found: Vec<(Option<String>, u64, i64)> =
        read_packed(connection, "report", &fields, &rows, vec![holder.as_str().into()]).await?;
    Ok(found.into_iter().map(|(why, count, since)| Stuck { why: known(why), count, since }).collect())
}

/// Everything counted is told, even under a code unknown to this version.
fn known<T: std::str::FromStr>(text: Option<String>) -> Option<T> {
    text.and_then(|text| text.parse().ok())
}

/// The index `report_offer` tells all of it.
const UNANSWERED: &str = "report WHERE waits_since IS NOT NULL AND offer_target IS NOT NULL \
    AND (holder = ? OR offer_target = ?) GROUP BY offer_target";

/// Returns offers that wait for an answer, by the asked hotline and whether `own` asks: those of `own`, and those to
/// `own`.
pub async fn unanswered<C: ConnectionTrait>(connection: &C, own: &NodeId) -> Result<Vec<Stuck<NodeId>>, StorageError> {
    const FIELDS: [crate::storage::batch::Field; 3] =
        [Plain("offer_target"), Plain("COUNT(*)"), Plain("MIN(waits_since)")];
    let values: Vec<Value> = vec![own.as_str().into(), own.as_str().into()];
    let found: Vec<(NodeId, u64, i64)> = read_packed_sound(connection, "report", &FIELDS, UNANSWERED, values).await?;
    Ok(found.into_iter().map(|(why, count, since)| Stuck { why, count, since }).collect())
}

/// Returns bodies that this node is to have and that have not come, by the log of their entry.
pub async fn missing_bodies<C: ConnectionTrait>(connection: &C) -> Result<Vec<Stuck<NodeId>>, StorageError> {
    const FIELDS: [crate::storage::batch::Field; 3] = [Plain("log"), Plain("COUNT(*)"), Plain("MIN(since)")];
    let found: Vec<(NodeId, u64, i64)> =
        read_packed(connection, "want", &FIELDS, "want GROUP BY log", Vec::new()).await?;
    Ok(found.into_iter().map(|(why, count, since)| Stuck { why, count, since }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::plan;

    #[tokio::test]
    async fn open_offers_are_counted_without_their_reports_being_read() {
        let plan = plan(&format!("offer_target, COUNT(*), MIN(waits_since) FROM {UNANSWERED}")).await;
        assert!(plan.contains("USING COVERING INDEX report_offer"), "{plan}");
    }
}
