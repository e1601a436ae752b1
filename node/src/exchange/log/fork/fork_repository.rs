//! Proofs against logs, in the database.

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{ForkProof, Position};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::exchange::log::repository::unsigned;
use crate::report::signed;
use crate::storage::entity::log::fork;
use crate::storage::{DatabaseTransaction, StorageError};

/// Most proofs that are kept of one log: those of its newest epochs.
const FORKS_LIMIT: usize = 16;

/// A proof that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFork {
    /// The log's author.
    pub log: NodeId,
    /// The place of the two signed entries.
    pub place: Position,
    /// The proof, as it goes over the wire; it was verified when it was taken.
    pub proof: String,
    /// The peer that showed the other version, or gave the proof.
    pub told_by: NodeId,
    /// When it was taken, microseconds since 1970.
    pub found_at: i64,
}

fn of_row(row: fork::Model) -> Result<KeptFork, StorageError> {
    const WRONG: StorageError = StorageError::Inconsistent("fork");
    Ok(KeptFork {
        log: row.log.parse().map_err(|_| WRONG)?,
        place: Position { epoch: unsigned(row.epoch)?, seq: unsigned(row.seq)? },
        proof: row.proof,
        told_by: row.told_by.parse().map_err(|_| WRONG)?,
        found_at: row.found_at,
    })
}

/// The proofs against one log, by epoch.
pub async fn kept_forks<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<Vec<KeptFork>, StorageError> {
    let rows = fork::Entity::find().filter(fork::Column::Log.eq(log.as_str()));
    rows.order_by_asc(fork::Column::Epoch).all(connection).await?.into_iter().map(of_row).collect()
}

/// The proof against one epoch of a log.
pub async fn kept_fork<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    epoch: u64,
) -> Result<Option<KeptFork>, StorageError> {
    let row = fork::Entity::find_by_id((log.to_string(), signed(epoch))).one(connection).await?;
    row.map(of_row).transpose()
}

/// Where each log is proven to be forked, by log and epoch.
pub(super) async fn fork_places<C: ConnectionTrait>(
    connection: &C,
    log: Option<&NodeId>,
) -> Result<Vec<(NodeId, Position)>, StorageError> {
    let mut query =
        fork::Entity::find().select_only().columns([fork::Column::Log, fork::Column::Epoch, fork::Column::Seq]);
    if let Some(log) = log {
        query = query.filter(fork::Column::Log.eq(log.as_str()));
    }
    let query = query.order_by_asc(fork::Column::Log).order_by_asc(fork::Column::Epoch);
    let rows: Vec<(String, i64, i64)> = query.into_tuple().all(connection).await?;
    rows.into_iter()
        .map(|(log, epoch, seq)| {
            let log = log.parse().map_err(|_| StorageError::Inconsistent("fork"))?;
            Ok((log, Position { epoch: unsigned(epoch)?, seq: unsigned(seq)? }))
        })
        .collect()
}

/// Keeps a proof, in place of a later one of its epoch. Of very many epochs, the proofs of the oldest give way.
pub(super) async fn insert_fork(
    write: &DatabaseTransaction,
    proof: &ForkProof,
    told_by: &NodeId,
    now: i64,
) -> Result<(), StorageError> {
    let row = fork::ActiveModel {
        log: Set(proof.log().to_string()),
        epoch: Set(signed(proof.place().epoch)),
        seq: Set(signed(proof.place().seq)),
        proof: Set(proof.text().to_owned()),
        told_by: Set(told_by.to_string()),
        found_at: Set(now),
    };
    let changing = [fork::Column::Seq, fork::Column::Proof, fork::Column::ToldBy, fork::Column::FoundAt];
    let same = OnConflict::columns([fork::Column::Log, fork::Column::Epoch]).update_columns(changing).to_owned();
    fork::Entity::insert(row).on_conflict(same).exec_without_returning(write).await?;
    let places = fork_places(write, Some(proof.log())).await?;
    for (log, place) in places.iter().take(places.len().saturating_sub(FORKS_LIMIT)) {
        fork::Entity::delete_by_id((log.to_string(), signed(place.epoch))).exec(write).await?;
    }
    Ok(())
}
