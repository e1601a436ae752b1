//! Entries that count for nothing, in the database.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Position;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::lost_entry::LostEntry;
use crate::exchange::log::repository::{INCONSISTENT, unsigned};
use crate::report::{beyond, left_behind, report_of, signed};
use crate::storage::StorageError;
use crate::storage::entity::log::{entry, lost_entry};

/// Keys in one question.
const KEYS: usize = 500;

/// A stored entry that was left behind.
pub(super) struct LeftRow {
    pub(super) log: NodeId,
    pub(super) place: Position,
    pub(super) hash: Hash,
    /// The report's key.
    pub(super) report: i64,
    pub(super) header: String,
}

/// Entries that were left behind, of one log or of all, in their order; with a limit, no more than so many about the newest
/// reports, and none that is out of sight.
pub(super) async fn left_rows<C: ConnectionTrait>(
    connection: &C,
    log: Option<&NodeId>,
    limit: Option<u64>,
) -> Result<Vec<LeftRow>, StorageError> {
    let mut query = entry::Entity::find()
        .select_only()
        .columns([
            entry::Column::Log,
            entry::Column::Epoch,
            entry::Column::Seq,
            entry::Column::Hash,
            entry::Column::Report,
            entry::Column::Header,
        ])
        .filter(entry::Column::Report.lt(0));
    if let Some(log) = log {
        query = query.filter(entry::Column::Log.eq(log.as_str()));
    }
    if let Some(limit) = limit {
        // The newest reports first, by the index on this column: the lowest of such keys are theirs.
        query = query.filter(entry::Column::Report.gt(left_behind(beyond(0))));
        query = query.order_by_asc(entry::Column::Report).limit(limit);
    }
    let rows: Vec<(String, i64, i64, Vec<u8>, i64, String)> = query
        .order_by_asc(entry::Column::Log)
        .order_by_asc(entry::Column::Epoch)
        .order_by_asc(entry::Column::Seq)
        .into_tuple()
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|(log, epoch, seq, hash, report, header)| {
            Ok(LeftRow {
                log: log.parse().map_err(|_| INCONSISTENT)?,
                place: Position { epoch: unsigned(epoch)?, seq: unsigned(seq)? },
                hash: Hash::from_slice(&hash).ok_or(INCONSISTENT)?,
                report: report_of(report),
                header,
            })
        })
        .collect()
}

/// The headers of counting entries of further epochs about these reports: some of them say again entries that were left
/// behind.
pub(super) async fn headers_of_further_epochs<C: ConnectionTrait>(
    connection: &C,
    reports: &[i64],
) -> Result<Vec<String>, StorageError> {
    let mut headers = Vec::new();
    for keys in reports.chunks(KEYS) {
        let rows: Vec<String> = entry::Entity::find()
            .select_only()
            .column(entry::Column::Header)
            .filter(entry::Column::Report.is_in(keys.iter().copied()))
            .filter(entry::Column::Epoch.gt(1))
            .into_tuple()
            .all(connection)
            .await?;
        headers.extend(rows);
    }
    Ok(headers)
}

/// Keeps the entries of our log that a peer had and we had not.
pub async fn insert_lost<C: ConnectionTrait>(connection: &C, lost: &[LostEntry]) -> Result<(), StorageError> {
    for lost in lost.chunks(KEYS) {
        let rows = lost.iter().map(|lost| lost_entry::ActiveModel {
            epoch: Set(signed(lost.place.epoch)),
            seq: Set(signed(lost.place.seq)),
            hash: Set(lost.hash.as_bytes().to_vec()),
            report: Set(lost.report.to_string()),
            entry_type: Set(lost.entry_type.clone()),
            peer: Set(lost.peer.to_string()),
        });
        let key = [lost_entry::Column::Epoch, lost_entry::Column::Seq, lost_entry::Column::Hash];
        lost_entry::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

/// The entries kept so, in their order.
pub(super) async fn lost_entries<C: ConnectionTrait>(connection: &C) -> Result<Vec<LostEntry>, StorageError> {
    let query = lost_entry::Entity::find().order_by_asc(lost_entry::Column::Epoch);
    let rows = query.order_by_asc(lost_entry::Column::Seq).all(connection).await?;
    rows.into_iter()
        .map(|row| {
            Ok(LostEntry {
                place: Position { epoch: unsigned(row.epoch)?, seq: unsigned(row.seq)? },
                hash: Hash::from_slice(&row.hash).ok_or(INCONSISTENT)?,
                report: row.report.parse().map_err(|_| INCONSISTENT)?,
                entry_type: row.entry_type,
                peer: row.peer.parse().map_err(|_| INCONSISTENT)?,
            })
        })
        .collect()
}
