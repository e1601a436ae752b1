//! Offers in the database: those between this hotline and others.

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use sea_orm::Statement;

use super::offer::{OfferRow, Stand};
use crate::storage::batch::Field::{Flag, Plain};
use crate::storage::batch::{Columns, Field, Known, key_lists, read_packed};
use crate::storage::{ConnectionTrait, DatabaseTransaction, StorageError, Value};

const OFFER: Columns = Columns {
    table: "offer",
    names: &["at", "report", "place", "peer", "is_outgoing", "country", "stand", "answered_at", "acted_at", "gone_at"],
};

/// How each column is read, in their order.
const FIELDS: &[Field] = &[
    Plain("report"),
    Plain("place"),
    Plain("peer"),
    Flag("is_outgoing"),
    Plain("stand"),
    Plain("at"),
    Plain("answered_at"),
    Plain("acted_at"),
    Plain("gone_at"),
    Plain("country"),
];

/// The rows of reports, of these times: of each pair when an offer may have been made, and the report's key.
pub(super) async fn offers_about<C: ConnectionTrait>(
    connection: &C,
    made: &[(i64, i64)],
) -> Result<Vec<OfferRow>, StorageError> {
    let mut found = Vec::with_capacity(made.len());
    for made in key_lists(made) {
        let rows = of_times(made.len());
        let values = made.into_iter().flat_map(|(at, report)| [at, report].map(Value::from)).collect();
        found.extend(read_packed::<_, OfferRow>(connection, "offer", FIELDS, &rows, values).await?);
    }
    Ok(found)
}

fn of_times(count: usize) -> String {
    format!("offer WHERE (at, report) IN (VALUES {})", vec!["(?, ?)"; count].join(", "))
}

/// Offers that do not agree with a peer's log and are not open. Written as in the index: a partial index serves only
/// queries with its condition in their text.
const DIFFERING: &str = "offer WHERE peer = ? AND (stand = 'over' OR stand = 'stray_offer' OR stand = 'stray_answer')";

/// Condition for reports with an open offer: nobody answered it, and it was not taken back.
pub const OPEN: &str = "waits_since IS NOT NULL AND state IN ('offered', 'moved') AND offer_at IS NOT NULL";

/// The fields read of an open offer: the report, the time of the offer, and the hosting country that it states.
const OPEN_FIELDS: &[Field] = &[Plain("id"), Plain("offer_at"), Plain("offer_country")];

/// Returns the offers that do not agree with a peer's log, by the report's key: the rows of reports after one. The rows
/// of a report stay together. So the result has at least `limit` rows where there are as many, and the rest of the last
/// report's.
pub async fn differing_offers<C: ConnectionTrait>(
    connection: &C,
    (own, peer): (&NodeId, &NodeId),
    after: i64,
    limit: u32,
) -> Result<Vec<OfferRow>, StorageError> {
    let rows = format!("{DIFFERING} AND report > ? ORDER BY report, place LIMIT ?");
    let values = vec![peer.as_str().into(), after.into(), i64::from(limit).into()];
    let mut found: Vec<OfferRow> = read_packed(connection, "offer", FIELDS, &rows, values).await?;
    let is_full = found.len() >= limit as usize;
    if let Some((report, place)) = found.last().filter(|_| is_full).map(|row| (row.report, row.place)) {
        let rows = format!("{DIFFERING} AND report = ? AND place > ? ORDER BY place");
        let values = vec![peer.as_str().into(), report.into(), place.into()];
        let rest: Vec<OfferRow> = read_packed(connection, "offer", FIELDS, &rows, values).await?;
        found.extend(rest);
    }
    for is_outgoing in [true, false] {
        let (by, target) = if is_outgoing { (own, peer) } else { (peer, own) };
        let rows = format!("report WHERE {OPEN} AND holder = ? AND offer_target = ? AND id > ? ORDER BY id LIMIT ?");
        let values = vec![by.as_str().into(), target.as_str().into(), after.into(), i64::from(limit).into()];
        let open: Vec<(i64, i64, Option<Country>)> =
            read_packed(connection, "report", OPEN_FIELDS, &rows, values).await?;
        found.extend(open.into_iter().map(|open| open_offer(peer, is_outgoing, open)));
    }
    found.sort_unstable_by_key(|row| (row.report, row.place));
    if let Some(last) = found.get(limit.saturating_sub(1) as usize).map(|row| row.report) {
        found.retain(|row| row.report <= last);
    }
    Ok(found)
}

/// It stands behind all that is stored of its report.
fn open_offer(peer: &NodeId, is_outgoing: bool, (report, at, country): (i64, i64, Option<Country>)) -> OfferRow {
    let (peer, stand) = (peer.clone(), Stand::Open);
    let (answered_at, acted_at, gone_at) = (None, None, None);
    OfferRow { report, place: i64::MAX, peer, is_outgoing, stand, at, answered_at, acted_at, gone_at, country }
}

/// Writes rows in the place of those that are here.
pub(super) async fn save_offers(write: &DatabaseTransaction, offers: &[&OfferRow]) -> Result<(), StorageError> {
    OFFER.insert(write, Known::Replaced { keys: 3, left: 3 }, values(offers)).await
}

/// Writes the outcome of offers that are here.
pub(super) async fn save_outcomes(write: &DatabaseTransaction, offers: &[&OfferRow]) -> Result<(), StorageError> {
    OFFER.insert(write, Known::Replaced { keys: 3, left: 6 }, values(offers)).await
}

fn values(offers: &[&OfferRow]) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::with_capacity(offers.len() * OFFER.names.len());
    for offer in offers {
        values.extend([
            offer.at.into(),
            offer.report.into(),
            offer.place.into(),
            offer.peer.as_str().into(),
            offer.is_outgoing.into(),
            offer.country.as_ref().map(Country::as_str).into(),
            offer.stand.code().into(),
            offer.answered_at.into(),
            offer.acted_at.into(),
            offer.gone_at.into(),
        ]);
    }
    values
}

/// Takes rows away.
pub(super) async fn forget_offers(write: &DatabaseTransaction, offers: &[&OfferRow]) -> Result<(), StorageError> {
    let backend = write.get_database_backend();
    for offer in offers {
        let sql = match backend {
            sea_orm::DbBackend::Postgres => "DELETE FROM offer WHERE at = $1 AND report = $2 AND place = $3",
            _ => "DELETE FROM offer WHERE at = ? AND report = ? AND place = ?",
        };
        let key = [offer.at, offer.report, offer.place].map(Value::from);
        write.execute_raw(Statement::from_sql_and_values(backend, sql, key)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::plan;

    #[tokio::test]
    async fn no_question_goes_through_all_offers_or_all_reports() {
        for (rows, found) in [
            (of_times(3), "SEARCH offer USING PRIMARY KEY (at=? AND report=?)"),
            (
                format!("{DIFFERING} AND report > ? ORDER BY report, place LIMIT ?"),
                "offer_differing (peer=? AND report>?)",
            ),
            (
                format!("report WHERE {OPEN} AND holder = ? AND offer_target = ? AND id > ?"),
                "report_offer (offer_target=? AND id>?)",
            ),
            (
                format!("report WHERE {OPEN} AND offer_at >= ? AND offer_at < ? AND holder = ?"),
                "USING INDEX report_offer",
            ),
            (
                format!("report WHERE {OPEN} AND offer_at >= ? AND offer_at < ? AND offer_target = ?"),
                "report_offer (offer_target=?)",
            ),
        ] {
            let plan = plan(&format!("* FROM {rows}")).await;
            assert!(plan.contains(found), "{rows}: {plan}");
        }
    }
}
