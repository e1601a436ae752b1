//! Reports in the database. Every function takes many, in as few statements as the batches of
//! `storage` make.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::vocabulary::RouteReason;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::entry_repository::prefix;
use super::model::{Number, Report};
use super::row_repository::{CHANGEABLE, STANDING, WHOLE, changeable, of_row, standing, whole};
use crate::storage::entity::{digest, report};
use crate::storage::{Columns, Known, StorageError, Value, key_lists};

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
    let rows: Vec<i64> = digest::Entity::find()
        .select_only()
        .column(digest::Column::Report)
        .filter(digest::Column::Prefix.is_in(digests.iter().map(prefix)))
        .limit(1_000)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows)
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
            let query = report::Entity::find()
                .filter(report::Column::Origin.eq(origin.as_str()))
                .filter(report::Column::Rid.is_in(rids));
            for row in query.all(connection).await? {
                found.push(of_row(row)?);
            }
        }
    }
    Ok(found)
}

/// The reports with these keys.
pub async fn by_keys<C: ConnectionTrait>(connection: &C, keys: &[i64]) -> Result<Vec<Report>, StorageError> {
    let mut found = Vec::new();
    for keys in key_lists(keys) {
        for row in report::Entity::find().filter(report::Column::Id.is_in(keys)).all(connection).await? {
            found.push(of_row(row)?);
        }
    }
    Ok(found)
}

/// The report with this node's own number.
pub(super) async fn by_number<C: ConnectionTrait>(
    connection: &C,
    number: Number,
) -> Result<Option<Report>, StorageError> {
    let row = report::Entity::find().filter(report::Column::Number.eq(number.to_stored())).one(connection).await?;
    row.map(of_row).transpose()
}

/// The report that was imported under this reference, by its keyed digest.
pub async fn by_reference<C: ConnectionTrait>(
    connection: &C,
    reference: &[u8; 32],
) -> Result<Option<Report>, StorageError> {
    let row = report::Entity::find().filter(report::Column::Reference.eq(reference.to_vec())).one(connection).await?;
    row.map(of_row).transpose()
}

/// The imported rows with these references: keyed digests of the reference and of the row.
pub async fn by_references<C: ConnectionTrait>(
    connection: &C,
    references: &[[u8; 32]],
) -> Result<Vec<([u8; 32], Option<[u8; 32]>)>, StorageError> {
    type Row = (Vec<u8>, Option<Vec<u8>>);
    let digest = |bytes: Vec<u8>| <[u8; 32]>::try_from(bytes).map_err(|_| StorageError::Inconsistent("report"));
    let mut found = Vec::new();
    for references in key_lists(references) {
        let rows: Vec<Row> = report::Entity::find()
            .select_only()
            .columns([report::Column::Reference, report::Column::ReferenceContent])
            .filter(report::Column::Reference.is_in(references.iter().map(|reference| reference.to_vec())))
            .into_tuple()
            .all(connection)
            .await?;
        for (reference, content) in rows {
            found.push((digest(reference)?, content.map(digest).transpose()?));
        }
    }
    Ok(found)
}

/// The keys of the reports that have this URL and are not published, by its digest under the house's own key; at most
/// 1,000. Those that are published are found by their log's digest: [`by_digests`].
pub async fn by_url_digest<C: ConnectionTrait>(connection: &C, digest: &[u8; 32]) -> Result<Vec<i64>, StorageError> {
    let keys: Vec<i64> = report::Entity::find()
        .select_only()
        .column(report::Column::Id)
        .filter(report::Column::UrlDigest.eq(digest.to_vec()))
        .filter(report::Column::Tenure.eq(0))
        .order_by_desc(report::Column::Id)
        .limit(1_000)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(keys)
}

/// Offers to `target` that nobody answered, oldest first: the report's key, and the entry that offers it.
pub async fn offered_to<C: ConnectionTrait>(
    connection: &C,
    target: &NodeId,
    after: i64,
    limit: u64,
) -> Result<Vec<(i64, Hash)>, StorageError> {
    let rows: Vec<(i64, Vec<u8>)> = report::Entity::find()
        .select_only()
        .columns([report::Column::Id, report::Column::OfferEntry])
        .filter(report::Column::OfferTarget.eq(target.as_str()))
        .filter(report::Column::WaitsSince.is_not_null())
        .filter(report::Column::Id.gt(after))
        .order_by_asc(report::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    let offer =
        |(key, entry): (i64, Vec<u8>)| Ok((key, Hash::from_slice(&entry).ok_or(StorageError::Inconsistent("report"))?));
    rows.into_iter().map(offer).collect()
}

/// Reports that `holder` offered and that were refused.
pub async fn refused_for<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    limit: u64,
) -> Result<Vec<Report>, StorageError> {
    let rows = report::Entity::find()
        .filter(report::Column::State.eq("refused"))
        .filter(report::Column::Holder.eq(holder.as_str()))
        .filter(report::Column::House.is_null())
        .order_by_asc(report::Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    rows.into_iter().map(of_row).collect()
}

/// Reports of `holder` that nobody could be offered, and that somebody might be offered later.
pub async fn unplaced<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    after: i64,
    limit: u64,
) -> Result<Vec<Report>, StorageError> {
    let reasons = [RouteReason::NoPeer, RouteReason::NoHotline, RouteReason::Held, RouteReason::LegalBlock];
    let rows = report::Entity::find()
        .filter(report::Column::State.eq("assessed"))
        .filter(report::Column::Holder.eq(holder.as_str()))
        .filter(report::Column::Destination.is_null())
        .filter(report::Column::RouteReason.is_in(reasons.map(RouteReason::code)))
        .filter(report::Column::Id.gt(after))
        .order_by_asc(report::Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    rows.into_iter().map(of_row).collect()
}

/// Reports by a filter, newest first.
pub(super) async fn list<C: ConnectionTrait>(connection: &C, filter: &Filter) -> Result<Vec<Report>, StorageError> {
    let mut query = report::Entity::find().order_by_desc(report::Column::Id).limit(filter.limit);
    match filter.state.as_deref() {
        Some(house @ ("held" | "closed")) => query = query.filter(report::Column::House.eq(house)),
        Some(state) => query = query.filter(report::Column::State.eq(state)).filter(report::Column::House.is_null()),
        None => {}
    }
    if let Some(holder) = &filter.holder {
        query = query.filter(report::Column::Holder.eq(holder.as_str()));
    }
    if let Some(country) = filter.country {
        query = query.filter(report::Column::Country.eq(country.as_str()));
    }
    if let Some(before) = filter.before {
        query = query.filter(report::Column::Id.lt(before));
    }
    query.all(connection).await?.into_iter().map(of_row).collect()
}
