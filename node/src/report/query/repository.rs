//! Reports in the database. Every function takes many, in as few statements as the batches of
//! `storage` make.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::vocabulary::{RouteReason, State};

use crate::report::entry_repository::signed;
use crate::report::model::Report;
use crate::report::number::Number;
use crate::report::projection::{Fact, mark_notices, mark_reports};
use crate::report::row_repository::{CHANGEABLE, STANDING, WHOLE, changeable, read, standing, whole};
use crate::storage::batch::{Columns, Field, Known, Packed, key_lists, list, read_packed, statement};
use crate::storage::{ConnectionTrait, DatabaseTransaction, StorageError, Value};

/// The possible conditions of `report list`.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// State: a folded one, regardless of the house's word beside it; or a word of the house.
    pub state: Option<State>,
    /// Origin.
    pub origin: Option<NodeId>,
    /// Holder.
    pub holder: Option<NodeId>,
    /// Hosting country.
    pub country: Option<Country>,
    /// Only reports that came before the one with this key.
    pub before: Option<i64>,
    /// Only the report with this key, and those that came after it.
    pub since: Option<i64>,
    /// At most so many.
    pub limit: u64,
}

/// Returns the first eight bytes of a hash, as an index holds it. The header tells for sure.
pub(super) fn prefix(hash: &Hash) -> i64 {
    i64::from_be_bytes(hash.as_bytes()[..8].try_into().expect("eight bytes of 32"))
}

const DIGEST: Columns = Columns { table: "digest", names: &["prefix", "report"] };

/// Makes reports findable by the keyed digests of their URLs.
pub(crate) async fn insert_digests(write: &DatabaseTransaction, digests: Vec<(Hash, i64)>) -> Result<(), StorageError> {
    let values = digests.iter().flat_map(|(digest, report)| [prefix(digest).into(), (*report).into()]).collect();
    DIGEST.insert(write, Known::Left, values).await
}

/// The keys of reports that may have one of these digests: eight bytes are compared, the header tells for sure.
pub async fn by_digests<C: ConnectionTrait>(connection: &C, digests: &[Hash]) -> Result<Vec<i64>, StorageError> {
    let prefixes: Vec<i64> = digests.iter().map(prefix).collect();
    let mut found = Vec::new();
    for prefixes in key_lists(&prefixes) {
        let rows = format!("digest WHERE prefix IN {} LIMIT 1000", list(prefixes.len()));
        let values = prefixes.into_iter().map(Value::from).collect();
        let keys: Vec<[i64; 1]> = read_packed(connection, "digest", &[Field::Plain("report")], &rows, values).await?;
        found.extend(keys.into_iter().flatten());
    }
    Ok(found)
}

/// Inserts new reports, each with its fact; those that are none of this hotline's business have none.
pub(crate) async fn insert(
    write: &DatabaseTransaction,
    reports: &[Report],
    facts: &[Option<Fact>],
) -> Result<(), StorageError> {
    let mut values = Vec::with_capacity(reports.len() * WHOLE.names.len());
    for (report, fact) in reports.iter().zip(facts) {
        whole(report, fact.as_ref(), &mut values);
    }
    WHOLE.insert(write, Known::Refused, values).await?;
    mark_notices(write, facts.iter().flatten()).await?;
    mark_reports(write, reports).await
}

/// Writes known reports, all but the columns that never change.
pub(crate) async fn update(write: &DatabaseTransaction, reports: &[Report]) -> Result<(), StorageError> {
    all_readable(reports)?;
    all_of(reports, CHANGEABLE.update(write, values(reports, changeable)).await?)?;
    mark_reports(write, reports).await
}

/// Writes the standing of known reports: the result of the fold, and where they are hosted and go.
pub(crate) async fn update_standing(write: &DatabaseTransaction, reports: &[Report]) -> Result<(), StorageError> {
    all_readable(reports)?;
    all_of(reports, STANDING.update(write, values(reports, standing)).await?)?;
    mark_reports(write, reports).await
}

fn values(reports: &[Report], row: fn(&Report, &mut Vec<Value>)) -> Vec<Value> {
    let mut values = Vec::with_capacity(reports.len() * CHANGEABLE.names.len());
    for report in reports {
        row(report, &mut values);
    }
    values
}

/// A stand-in for an unreadable row is never written over it.
fn all_readable(reports: &[Report]) -> Result<(), StorageError> {
    if reports.iter().any(|report| report.is_unreadable) { Err(StorageError::Inconsistent("report")) } else { Ok(()) }
}

/// Holds reports for a person, for a reason; those that others hold get the reason alone. Gives how many had another.
pub async fn hold_reports(
    write: &DatabaseTransaction,
    own: &NodeId,
    keys: &[i64],
    reason: RouteReason,
) -> Result<u64, StorageError> {
    let backend = write.get_database_backend();
    let mut held = 0;
    for keys in key_lists(keys) {
        let sql = "UPDATE report SET route_reason = ?, destination = NULL, \
                   house = CASE WHEN holder = ? THEN 'held' ELSE house END \
                   WHERE (route_reason IS NULL OR route_reason <> ? OR (holder = ? AND house IS NULL)) AND id IN ";
        let mut values: Vec<Value> = [reason.code(), own.as_str(), reason.code(), own.as_str()].map(Value::from).into();
        values.extend(keys.iter().map(|key| Value::from(*key)));
        let statement = statement(backend, &format!("{sql}{}", list(keys.len())), values);
        held += write.execute_raw(statement).await?.rows_affected();
    }
    Ok(held)
}

/// Returns the number of reports that wait here for a person. `own` holds them and cannot place them, or is offered
/// them and cannot decide.
pub async fn waiting_for_people<C: ConnectionTrait>(connection: &C, own: &NodeId) -> Result<u64, StorageError> {
    let reasons = [
        RouteReason::Unreadable,
        RouteReason::SetAside,
        RouteReason::Disputed,
        RouteReason::OriginHidden,
        RouteReason::BlockedAnswer,
        RouteReason::UnknownCode,
        RouteReason::UnknownCountry,
    ];
    let offered = format!(
        "report WHERE offer_target = ? AND waits_since IS NOT NULL AND route_reason IN {}",
        list(reasons.len())
    );
    let offered_values = std::iter::once(own.as_str().into()).chain(reasons.map(|reason| reason.code().into()));
    let mut count = 0;
    for (rows, values) in [
        ("report WHERE house = 'held' AND holder = ?", vec![own.as_str().into()]),
        (&*offered, offered_values.collect::<Vec<Value>>()),
    ] {
        let found: Vec<[u64; 1]> = read_packed(connection, "report", &[Field::Plain("COUNT(*)")], rows, values).await?;
        count += found.into_iter().flatten().sum::<u64>();
    }
    Ok(count)
}

fn all_of(reports: &[Report], updated: u64) -> Result<(), StorageError> {
    if updated == reports.len() as u64 { Ok(()) } else { Err(StorageError::Inconsistent("report")) }
}

/// The reports with these ids that are here.
pub async fn by_ids<C: ConnectionTrait>(connection: &C, ids: &[ReportId]) -> Result<Vec<Report>, StorageError> {
    let mut by_origin: BTreeMap<&NodeId, Vec<uuid::Uuid>> = BTreeMap::new();
    for id in ids {
        by_origin.entry(&id.origin).or_default().push(id.rid);
    }
    let mut found = Vec::with_capacity(ids.len());
    for (origin, rids) in by_origin {
        for rids in key_lists(&rids) {
            let rows = format!("report WHERE origin = ? AND rid IN {}", list(rids.len()));
            let values = [origin.as_str().into()].into_iter().chain(rids.into_iter().map(Value::from));
            found.extend(read(connection, &rows, values.collect()).await?);
        }
    }
    Ok(found)
}

/// The reports with these keys.
pub async fn by_keys<C: ConnectionTrait>(connection: &C, keys: &[i64]) -> Result<Vec<Report>, StorageError> {
    let mut found = Vec::with_capacity(keys.len());
    for keys in key_lists(keys) {
        let rows = format!("report WHERE id IN {}", list(keys.len()));
        found.extend(read(connection, &rows, keys.into_iter().map(Value::from).collect()).await?);
    }
    Ok(found)
}

/// The report with this node's own number.
pub(crate) async fn by_number<C: ConnectionTrait>(
    connection: &C,
    number: Number,
) -> Result<Option<Report>, StorageError> {
    Ok(read(connection, "report WHERE number = ?", vec![number.to_stored().into()]).await?.pop())
}

/// The report that was imported under this reference, by its number.
pub async fn by_reference<C: ConnectionTrait>(connection: &C, reference: i64) -> Result<Option<Report>, StorageError> {
    Ok(read(connection, "report WHERE reference = ?", vec![reference.into()]).await?.pop())
}

/// Returns the reports of a case, by the digest of its secret, in the order of reporting.
pub async fn by_case<C: ConnectionTrait>(connection: &C, secret: &[u8; 32]) -> Result<Vec<Report>, StorageError> {
    read(connection, "report WHERE case_secret = ? ORDER BY id", vec![secret.to_vec().into()]).await
}

/// The key of the newest report; 0 where there is none.
pub async fn newest_key<C: ConnectionTrait>(connection: &C) -> Result<i64, StorageError> {
    let rows: Vec<[Option<i64>; 1]> =
        read_packed(connection, "report", &[Field::Plain("MAX(id)")], "report", Vec::new()).await?;
    Ok(rows.into_iter().flatten().flatten().next().unwrap_or(0))
}

/// The oldest of the newest `count` reports before a key, or of all; none where there are no older ones.
pub async fn oldest_of_newest<C: ConnectionTrait>(
    connection: &C,
    before: Option<i64>,
    count: i64,
) -> Result<Option<Report>, StorageError> {
    let end = match before {
        Some(before) => before,
        None => newest_key(connection).await?.saturating_add(1),
    };
    // Keys rise by one with each report.
    let first = end.saturating_sub(count);
    if first <= 1 {
        return Ok(None);
    }
    Ok(read(connection, "report WHERE id >= ? ORDER BY id LIMIT 1", vec![first.into()]).await?.pop())
}

/// Returns the numbers of the import references of reports after this key.
pub async fn references_after<C: ConnectionTrait>(connection: &C, key: i64) -> Result<Vec<i64>, StorageError> {
    let rows = "report WHERE id > ? AND reference IS NOT NULL";
    let found: Vec<[i64; 1]> =
        read_packed(connection, "report", &[Field::Plain("reference")], rows, vec![key.into()]).await?;
    Ok(found.into_iter().flatten().collect())
}

/// The imported rows with these references: the reference's number, and the keyed digest of the row.
pub async fn by_references<C: ConnectionTrait>(
    connection: &C,
    references: &[i64],
) -> Result<Vec<(i64, Option<[u8; 32]>)>, StorageError> {
    const FIELDS: &[Field] = &[Field::Plain("reference"), Field::Bytes("reference_content")];
    let digest = |bytes: Packed| <[u8; 32]>::try_from(bytes.0).map_err(|_| StorageError::Inconsistent("report"));
    let mut found = Vec::new();
    for references in key_lists(references) {
        let rows = format!("report WHERE reference IN {}", list(references.len()));
        let values = references.into_iter().map(Value::from).collect();
        let rows: Vec<(i64, Option<Packed>)> = read_packed(connection, "report", FIELDS, &rows, values).await?;
        for (reference, content) in rows {
            found.push((reference, content.map(digest).transpose()?));
        }
    }
    Ok(found)
}

/// The keys of the reports that have this URL and are not published, by its digest under the house's own key; at most
/// 1,000. Those that are published are found by their log's digest: [`by_digests`].
pub async fn by_url_digest<C: ConnectionTrait>(connection: &C, digest: &[u8; 32]) -> Result<Vec<i64>, StorageError> {
    let rows = "report WHERE url_digest = ? AND tenure = 0 ORDER BY id DESC LIMIT 1000";
    let keys: Vec<[i64; 1]> =
        read_packed(connection, "report", &[Field::Plain("id")], rows, vec![digest.to_vec().into()]).await?;
    Ok(keys.into_iter().flatten().collect())
}

/// Offers to `target` that nobody answered, oldest first, but for those that were left to a person for one of the
/// reasons `left`: the report's key, and the entry that offers it.
pub async fn offered_to<C: ConnectionTrait>(
    connection: &C,
    target: &NodeId,
    (after, limit): (i64, u64),
    left: &[RouteReason],
) -> Result<Vec<(i64, Hash)>, StorageError> {
    const FIELDS: &[Field] = &[Field::Plain("id"), Field::Bytes("offer_entry")];
    let mut values: Vec<Value> = vec![target.as_str().into(), after.into()];
    // A report that a person was called about is not looked at again by itself.
    let set_aside = [RouteReason::Unreadable, RouteReason::SetAside];
    let left: Vec<RouteReason> = left.iter().copied().chain(set_aside).collect();
    values.extend(left.iter().map(|reason| Value::from(reason.code())));
    let but = format!(" AND (route_reason IS NULL OR route_reason NOT IN {})", list(left.len()));
    values.push(signed(limit).into());
    let rows = format!("report WHERE offer_target = ? AND waits_since IS NOT NULL AND id > ?{but} ORDER BY id LIMIT ?");
    let rows: Vec<(i64, Packed)> = read_packed(connection, "report", FIELDS, &rows, values).await?;
    // An offer without its entry is answered by nobody: that report is set aside.
    Ok(rows.into_iter().map(|(key, entry)| (key, Hash::from_slice(&entry.0).unwrap_or(Hash::ZERO))).collect())
}

/// Reports that `holder` offered and that were refused.
pub async fn refused_for<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    limit: u64,
) -> Result<Vec<Report>, StorageError> {
    let rows = "report WHERE state = 'refused' AND holder = ? AND house IS NULL ORDER BY id LIMIT ?";
    read(connection, rows, vec![holder.as_str().into(), signed(limit).into()]).await
}

/// Reports of `holder` that nobody could be offered, and that somebody might be offered later.
pub async fn unplaced<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    after: i64,
    limit: u64,
) -> Result<Vec<Report>, StorageError> {
    let reasons = [
        RouteReason::NoPeer,
        RouteReason::NoHotline,
        RouteReason::Held,
        RouteReason::LegalBlock,
        RouteReason::Untraceable,
        RouteReason::Disputed,
        RouteReason::OriginHidden,
        RouteReason::BlockedAnswer,
        RouteReason::UnknownCode,
        RouteReason::UnknownCountry,
    ];
    // A report that is not held is looked at for any reason: else it could be out of everybody's sight.
    let rows = format!(
        "report WHERE state = 'assessed' AND holder = ? AND id > ? \
         AND (house IS NULL OR (destination IS NULL AND route_reason IN {})) ORDER BY id LIMIT ?",
        list(reasons.len())
    );
    let mut values: Vec<Value> = vec![holder.as_str().into(), after.into()];
    values.extend(reasons.map(|reason| reason.code().into()));
    values.push(signed(limit).into());
    read(connection, &rows, values).await
}

/// Reports by a filter, newest first.
pub(crate) async fn list_filtered<C: ConnectionTrait>(
    connection: &C,
    filter: &Filter,
) -> Result<Vec<Report>, StorageError> {
    let mut conditions = vec![state_condition(filter.state)];
    let key = sort_key(filter.state);
    let mut values: Vec<Value> = Vec::new();
    let mut add = |condition: &str, value: Value| {
        conditions.push(condition.to_owned());
        values.push(value);
    };
    if let Some(origin) = &filter.origin {
        add("origin = ?", origin.as_str().into());
    }
    if let Some(holder) = &filter.holder {
        add("holder = ?", holder.as_str().into());
    }
    if let Some(country) = filter.country {
        add("country = ?", country.as_str().into());
    }
    if let Some(before) = filter.before {
        add(&format!("{key} < ?"), before.into());
    }
    if let Some(since) = filter.since {
        add(&format!("{key} >= ?"), since.into());
    }
    let rows = newest(filter.state, &conditions.join(" AND "));
    values.push(signed(filter.limit).into());
    read(connection, &rows, values).await
}

impl Filter {
    /// Whether an index serves the filter; else each report is looked at, from the newest on.
    #[must_use]
    pub fn is_served(&self) -> bool {
        let has_index = |state| {
            use State::{Assessed, Closed, Held, Moved, NotIllegal, Offered, Received, Refused, Reopened, Unavailable};
            let rare =
                matches!(state, Received | Assessed | Refused | State::Withdrawn | Reopened | Unavailable | NotIllegal);
            rare || matches!(state, Held | Closed | Offered | Moved)
        };
        self.state.map_or(self.holder.is_none() && self.country.is_none(), has_index)
    }
}

/// Written out, not bound: a partial index serves only queries with its condition in their text.
fn state_condition(state: Option<State>) -> String {
    match state {
        None => "1 = 1".to_owned(),
        Some(State::Held) => "house = 'held'".to_owned(),
        Some(State::Closed) => "house = 'closed'".to_owned(),
        Some(State::Received) => "house IS NULL AND state = 'received'".to_owned(),
        Some(state @ (State::Offered | State::Moved)) => format!("state = '{state}' AND waits_since IS NOT NULL"),
        Some(state) => format!("state = '{state}'"),
    }
}

/// Open offers are few among all reports, and stand in no order of keys. Sorts the rows found by their index, instead
/// of going through all reports in key order. The sign tells the database to do so.
const fn sort_key(state: Option<State>) -> &'static str {
    match state {
        Some(State::Offered | State::Moved) => "+id",
        _ => "id",
    }
}

/// The newest reports in a state that fulfil a condition. Of open offers only those that are listed are read.
fn newest(state: Option<State>, condition: &str) -> String {
    let key = sort_key(state);
    match state {
        Some(State::Offered | State::Moved) => {
            let ids = format!("SELECT id FROM report WHERE {condition} ORDER BY {key} DESC LIMIT ?");
            format!("report WHERE id IN ({ids}) ORDER BY id DESC")
        }
        _ => format!("report WHERE {condition} ORDER BY {key} DESC LIMIT ?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{Database, plan};

    #[tokio::test]
    async fn a_list_goes_back_as_far_as_is_asked_and_tells_where_that_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/node.sqlite", folder.path().display());
        let database = Database::create_or_migrate(&url).await.expect("a database");
        let write = database.write("test").await.expect("a turn");
        let report = |key: i64| {
            let id = format!("fr-a/01890a5d-ac96-774b-bcce-b302099a805{key}").parse().expect("an id");
            Report::unknown(key, id, key)
        };
        insert(&write, &(1..=5).map(report).collect::<Vec<_>>(), &[const { None }; 5]).await.expect("inserted");
        write.commit().await.expect("committed");
        let oldest = async |before, count| {
            let found = oldest_of_newest(database.read(), before, count).await.expect("read");
            found.map(|report| report.key)
        };
        assert_eq!(oldest(None, 2).await, Some(4));
        assert_eq!(oldest(Some(4), 2).await, Some(2));
        assert_eq!((oldest(Some(2), 2).await, oldest(None, 5).await, oldest(None, 9).await), (None, None, None));
        let filter = Filter { before: Some(5), since: Some(3), limit: 9, ..Filter::default() };
        let listed = list_filtered(database.read(), &filter).await.expect("read");
        assert_eq!(listed.iter().map(|report| report.key).collect::<Vec<_>>(), [4, 3]);
    }

    #[tokio::test]
    async fn reports_in_a_rare_state_are_found_by_an_index_in_its_order() {
        for state in State::ALL {
            let condition = state_condition(Some(*state));
            let next = format!("{condition} AND {} < ?", sort_key(Some(*state)));
            let found = |of_many| match state {
                State::Received
                | State::Assessed
                | State::Refused
                | State::Withdrawn
                | State::Reopened
                | State::Unavailable
                | State::NotIllegal => "report_state",
                State::Held | State::Closed => "report_house",
                State::Offered | State::Moved => "USING COVERING INDEX report_offer",
                // Many are: the newest are soon found.
                _ => of_many,
            };
            for (condition, of_many) in [(condition, "SCAN report"), (next, "INTEGER PRIMARY KEY (rowid<?)")] {
                let plan = plan(&format!("id FROM {}", newest(Some(*state), &condition))).await;
                assert!(plan.contains(found(of_many)), "{state}: {plan}");
            }
        }
    }
}
