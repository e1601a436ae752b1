//! Reports in the database. Every function takes many, in as few statements as the batches of
//! `storage` make.

use std::collections::BTreeMap;

use super::entry_repository::{prefix, signed};
use super::model::{Number, Report};
use super::row_repository::{CHANGEABLE, STANDING, WHOLE, changeable, read, standing, whole};
use crate::storage::{
    Columns, ConnectionTrait, Field, Known, Packed, StorageError, Value, key_lists, list, read_packed,
};
use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::vocabulary::RouteReason;

/// What `report list` may ask for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Shown state.
    pub state: Option<String>,
    /// Holder.
    pub holder: Option<NodeId>,
    /// Hosting country.
    pub country: Option<Country>,
    /// Only reports that came before the one with this key.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u64,
}

const DIGEST: Columns = Columns { table: "digest", names: &["prefix", "report"] };

/// Makes reports findable by the keyed digests of their URLs.
pub(super) async fn insert_digests<C: ConnectionTrait>(
    connection: &C,
    digests: Vec<(Hash, i64)>,
) -> Result<(), StorageError> {
    let values = digests.iter().flat_map(|(digest, report)| [prefix(digest).into(), (*report).into()]).collect();
    DIGEST.insert(connection, Known::Left, values).await
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

/// Inserts new reports.
pub(super) async fn insert<C: ConnectionTrait>(connection: &C, reports: &[Report]) -> Result<(), StorageError> {
    WHOLE.insert(connection, Known::Refused, values(reports, whole)).await
}

/// Writes known reports, all but what never changes.
pub(super) async fn update<C: ConnectionTrait>(connection: &C, reports: &[Report]) -> Result<(), StorageError> {
    all_of(reports, CHANGEABLE.update(connection, values(reports, changeable)).await?)
}

/// Writes how known reports stand: what the fold finds, and where they are hosted and go.
pub(super) async fn update_standing<C: ConnectionTrait>(
    connection: &C,
    reports: &[Report],
) -> Result<(), StorageError> {
    all_of(reports, STANDING.update(connection, values(reports, standing)).await?)
}

fn values(reports: &[Report], row: fn(&Report, &mut Vec<Value>)) -> Vec<Value> {
    let mut values = Vec::with_capacity(reports.len() * WHOLE.names.len());
    for report in reports {
        row(report, &mut values);
    }
    values
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
pub(super) async fn by_number<C: ConnectionTrait>(
    connection: &C,
    number: Number,
) -> Result<Option<Report>, StorageError> {
    Ok(read(connection, "report WHERE number = ?", vec![number.to_stored().into()]).await?.pop())
}

/// The report that was imported under this reference, by its keyed digest.
pub async fn by_reference<C: ConnectionTrait>(
    connection: &C,
    reference: &[u8; 32],
) -> Result<Option<Report>, StorageError> {
    Ok(read(connection, "report WHERE reference = ?", vec![reference.to_vec().into()]).await?.pop())
}

/// The imported rows with these references: keyed digests of the reference and of the row.
pub async fn by_references<C: ConnectionTrait>(
    connection: &C,
    references: &[[u8; 32]],
) -> Result<Vec<([u8; 32], Option<[u8; 32]>)>, StorageError> {
    const FIELDS: &[Field] = &[Field::Bytes("reference"), Field::Bytes("reference_content")];
    let digest = |bytes: Packed| <[u8; 32]>::try_from(bytes.0).map_err(|_| StorageError::Inconsistent("report"));
    let mut found = Vec::new();
    for references in key_lists(references) {
        let rows = format!("report WHERE reference IN {}", list(references.len()));
        let values = references.iter().map(|reference| reference.to_vec().into()).collect();
        let rows: Vec<(Packed, Option<Packed>)> = read_packed(connection, "report", FIELDS, &rows, values).await?;
        for (reference, content) in rows {
            found.push((digest(reference)?, content.map(digest).transpose()?));
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

/// Offers to `target` that nobody answered, oldest first: the report's key, and the entry that offers it.
pub async fn offered_to<C: ConnectionTrait>(
    connection: &C,
    target: &NodeId,
    after: i64,
    limit: u64,
) -> Result<Vec<(i64, Hash)>, StorageError> {
    const FIELDS: &[Field] = &[Field::Plain("id"), Field::Bytes("offer_entry")];
    let rows = "report WHERE offer_target = ? AND waits_since IS NOT NULL AND id > ? ORDER BY id LIMIT ?";
    let values = vec![target.as_str().into(), after.into(), signed(limit).into()];
    let rows: Vec<(i64, Packed)> = read_packed(connection, "report", FIELDS, rows, values).await?;
    let offer = |(key, entry): (i64, Packed)| {
        Ok((key, Hash::from_slice(&entry.0).ok_or(StorageError::Inconsistent("report"))?))
    };
    rows.into_iter().map(offer).collect()
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
    let reasons = [RouteReason::NoPeer, RouteReason::NoHotline, RouteReason::Held, RouteReason::LegalBlock];
    let rows = format!(
        "report WHERE state = 'assessed' AND holder = ? AND destination IS NULL AND id > ? AND route_reason IN {} \
         ORDER BY id LIMIT ?",
        list(reasons.len())
    );
    let mut values: Vec<Value> = vec![holder.as_str().into(), after.into()];
    values.extend(reasons.map(|reason| reason.code().into()));
    values.push(signed(limit).into());
    read(connection, &rows, values).await
}

/// Reports by a filter, newest first.
pub(super) async fn list_filtered<C: ConnectionTrait>(
    connection: &C,
    filter: &Filter,
) -> Result<Vec<Report>, StorageError> {
    let mut conditions = vec!["1 = 1"];
    let mut values: Vec<Value> = Vec::new();
    let mut add = |condition: &'static str, value: Value| {
        conditions.push(condition);
        values.push(value);
    };
    match filter.state.as_deref() {
        Some(house @ ("held" | "closed")) => add("house = ?", house.into()),
        Some(state) => add("house IS NULL AND state = ?", state.into()),
        None => {}
    }
    if let Some(holder) = &filter.holder {
        add("holder = ?", holder.as_str().into());
    }
    if let Some(country) = filter.country {
        add("country = ?", country.as_str().into());
    }
    if let Some(before) = filter.before {
        add("id < ?", before.into());
    }
    let rows = format!("report WHERE {} ORDER BY id DESC LIMIT ?", conditions.join(" AND "));
    values.push(signed(filter.limit).into());
    read(connection, &rows, values).await
}
