//! Reports, entries and drafts in the database. Every function takes many, in as few statements as the batches of
//! `storage` make.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::url::UrlDigest;
use hotline_protocol::vocabulary::RouteReason;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, Iterable as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::model::{Number, Report};
use super::row_repository::{of_row, to_row};
use crate::storage::entity::{digest, draft, entry, report};
use crate::storage::{StorageError, insert_batches, key_lists};

/// Whether an entry's body is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyState {
    /// The entry has none.
    None,
    /// Sealed in the row.
    Here,
    /// This node is entitled to it and lacks it.
    Wanted,
    /// This node is not entitled to it.
    NotForUs,
    /// Erased by law; the chain still holds its hash.
    Erased,
}

impl BodyState {
    /// As it is stored.
    #[must_use]
    pub const fn to_stored(self) -> i16 {
        match self {
            Self::None => 0,
            Self::Here => 1,
            Self::Wanted => 2,
            Self::NotForUs => 3,
            Self::Erased => 4,
        }
    }

    /// As it was stored.
    pub const fn of_stored(stored: i16) -> Result<Self, StorageError> {
        match stored {
            0 => Ok(Self::None),
            1 => Ok(Self::Here),
            2 => Ok(Self::Wanted),
            3 => Ok(Self::NotForUs),
            4 => Ok(Self::Erased),
            _ => Err(StorageError::Inconsistent("entry")),
        }
    }
}

/// An entry as it is stored, without its body.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// Entry hash.
    pub hash: Hash,
    /// The report that it is about.
    pub report: Option<i64>,
    /// The line.
    pub header: String,
    /// Of our own entries: the draft that it was.
    pub draft: Option<i64>,
    /// Whether its body is here.
    pub body_state: BodyState,
}

/// A draft as it is stored.
#[derive(Debug, Clone)]
pub struct DraftRow {
    /// Its number, in the order of commits.
    pub number: i64,
    /// The report that it is about.
    pub report: Option<i64>,
    /// The header from `ts` on.
    pub tail: String,
    /// The body line, sealed.
    pub body: Option<Vec<u8>>,
}

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

/// All entries about some reports, in the order in which they came.
pub(super) async fn entries_about<C: ConnectionTrait>(
    connection: &C,
    reports: &[i64],
) -> Result<Vec<EntryRow>, StorageError> {
    type Row = (Vec<u8>, Option<i64>, String, Option<i64>, i16);
    let mut found = Vec::new();
    for reports in key_lists(reports) {
        let rows: Vec<Row> = entry::Entity::find()
            .select_only()
            .columns([
                entry::Column::Hash,
                entry::Column::Report,
                entry::Column::Header,
                entry::Column::Draft,
                entry::Column::BodyState,
            ])
            .filter(entry::Column::Report.is_in(reports))
            .into_tuple()
            .all(connection)
            .await?;
        for (hash, report, header, draft, body_state) in rows {
            let hash = Hash::from_slice(&hash).ok_or(StorageError::Inconsistent("entry"))?;
            found.push(EntryRow { hash, report, header, draft, body_state: BodyState::of_stored(body_state)? });
        }
    }
    Ok(found)
}

/// All drafts about some reports, in their order.
pub(super) async fn drafts_about<C: ConnectionTrait>(
    connection: &C,
    reports: &[i64],
) -> Result<Vec<DraftRow>, StorageError> {
    let mut found = Vec::new();
    for reports in key_lists(reports) {
        let rows = draft::Entity::find()
            .filter(draft::Column::Report.is_in(reports))
            .order_by_asc(draft::Column::Id)
            .all(connection)
            .await?;
        found.extend(rows.into_iter().map(|row| DraftRow {
            number: row.id,
            report: row.report,
            tail: row.tail,
            body: row.body,
        }));
    }
    Ok(found)
}

/// Records drafts.
pub(super) async fn insert_drafts<C: ConnectionTrait>(
    connection: &C,
    drafts: Vec<DraftRow>,
) -> Result<(), StorageError> {
    let rows = drafts.into_iter().map(|row| draft::ActiveModel {
        id: Set(row.number),
        report: Set(row.report),
        tail: Set(row.tail),
        body: Set(row.body),
    });
    for rows in insert_batches(rows) {
        draft::Entity::insert_many(rows).exec_without_returning(connection).await?;
    }
    Ok(())
}

/// Makes URLs findable by their keyed digests.
pub(super) async fn insert_digests<C: ConnectionTrait>(
    connection: &C,
    digests: Vec<(UrlDigest, i64)>,
) -> Result<(), StorageError> {
    let rows = digests
        .into_iter()
        .map(|(url_digest, report)| digest::ActiveModel { prefix: Set(prefix(&url_digest.h)), report: Set(report) });
    for rows in insert_batches(rows) {
        digest::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns([digest::Column::Prefix, digest::Column::Report]).do_nothing().to_owned())
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
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

fn prefix(hash: &Hash) -> i64 {
    let first: [u8; 8] = hash.as_bytes()[..8].try_into().expect("eight bytes of 32");
    i64::from_be_bytes(first)
}

/// Writes reports: new ones are inserted, known ones are replaced.
pub(super) async fn save<C: ConnectionTrait>(connection: &C, reports: &[Report]) -> Result<(), StorageError> {
    for rows in insert_batches(reports.iter().map(to_row)) {
        report::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::column(report::Column::Id)
                    .update_columns(report::Column::iter().filter(|column| !is_fixed(*column)))
                    .to_owned(),
            )
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

/// What never changes after a report's row was made. Leaving it out of an update spares its indexes.
const fn is_fixed(column: report::Column) -> bool {
    use report::Column::{CaseSecret, Id, Origin, ReceivedAt, Reference, ReferenceContent, Rid};
    matches!(column, Id | Origin | Rid | Reference | ReferenceContent | CaseSecret | ReceivedAt)
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

/// The keys of the reports that have this URL, by its digest under the house's own key; at most 1,000.
pub async fn by_url_digest<C: ConnectionTrait>(connection: &C, digest: &[u8; 32]) -> Result<Vec<i64>, StorageError> {
    let keys: Vec<i64> = report::Entity::find()
        .select_only()
        .column(report::Column::Id)
        .filter(report::Column::UrlDigest.eq(digest.to_vec()))
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

/// The sealed bodies of the entries about one report, with their hashes and body hashes.
pub(super) async fn bodies_about<C: ConnectionTrait>(
    connection: &C,
    report: i64,
) -> Result<Vec<(Hash, String, Vec<u8>)>, StorageError> {
    let rows: Vec<(Vec<u8>, String, Option<Vec<u8>>)> = entry::Entity::find()
        .select_only()
        .columns([entry::Column::Hash, entry::Column::Header, entry::Column::Body])
        .filter(entry::Column::Report.eq(report))
        .filter(entry::Column::Body.is_not_null())
        .into_tuple()
        .all(connection)
        .await?;
    rows.into_iter()
        .filter_map(|(hash, header, body)| body.map(|body| (hash, header, body)))
        .map(|(hash, header, body)| {
            Ok((Hash::from_slice(&hash).ok_or(StorageError::Inconsistent("entry"))?, header, body))
        })
        .collect()
}

/// The sealed bodies of the entries with these hashes: hash, header, body.
pub async fn bodies_of<C: ConnectionTrait>(
    connection: &C,
    hashes: &[Hash],
) -> Result<Vec<(Hash, String, Vec<u8>)>, StorageError> {
    let mut found = Vec::new();
    for hashes in key_lists(hashes) {
        let rows: Vec<(Vec<u8>, String, Option<Vec<u8>>)> = entry::Entity::find()
            .select_only()
            .columns([entry::Column::Hash, entry::Column::Header, entry::Column::Body])
            .filter(entry::Column::Hash.is_in(hashes.iter().map(|hash| hash.as_bytes().to_vec())))
            .into_tuple()
            .all(connection)
            .await?;
        for (hash, header, body) in rows {
            let hash = Hash::from_slice(&hash).ok_or(StorageError::Inconsistent("entry"))?;
            if let Some(body) = body {
                found.push((hash, header, body));
            }
        }
    }
    Ok(found)
}
