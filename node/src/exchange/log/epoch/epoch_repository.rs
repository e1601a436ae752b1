//! Epochs in the database, and the entries that they leave behind.

use std::collections::BTreeSet;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position};
use hotline_protocol::state::REPORT_ENTRIES_LIMIT;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::epoch_chain::Line;
use super::position_repository::stands_after;
use crate::exchange::log::repository::unsigned;
use crate::report::{beyond, left_behind, report_of, signed};
use crate::storage::entity::log::{entry, epoch, opened, run, want};
use crate::storage::{DatabaseTransaction, StorageError};

/// By how much the number of an epoch may be higher than the one before: else a single entry could use all numbers up.
pub(crate) const EPOCH_STEP_LIMIT: u64 = 1_024;
/// Most epochs of one log: nobody goes on anew so often in good faith.
pub(crate) const EPOCHS_LIMIT: usize = 1_000;

/// Keys in one question.
const KEYS: usize = 500;

/// The entries of a log that count. `newest` is the log's last epoch: the first one needs no query.
pub async fn line_of<C: ConnectionTrait>(connection: &C, log: &NodeId, newest: u64) -> Result<Line, StorageError> {
    if newest <= 1 {
        return Ok(Line::of([]));
    }
    let rows = epoch::Entity::find()
        .filter(epoch::Column::Log.eq(log.as_str()))
        .order_by_asc(epoch::Column::Epoch)
        .all(connection)
        .await?;
    let opened = rows.into_iter().map(|row| {
        let from = Position { epoch: unsigned(row.from_epoch)?, seq: unsigned(row.from_seq)? };
        Ok((unsigned(row.epoch)?, from))
    });
    Ok(Line::of(opened.collect::<Result<Vec<_>, StorageError>>()?))
}

/// The epochs of a log, in order, those included that were left behind.
pub async fn epochs_of<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<Vec<u64>, StorageError> {
    let further: Vec<i64> = epoch::Entity::find()
        .select_only()
        .column(epoch::Column::Epoch)
        .filter(epoch::Column::Log.eq(log.as_str()))
        .order_by_asc(epoch::Column::Epoch)
        .into_tuple()
        .all(connection)
        .await?;
    std::iter::once(Ok(1)).chain(further.into_iter().map(unsigned)).collect()
}

/// Notes that a log goes on in an epoch after an entry of an earlier one.
pub(super) async fn insert_epoch<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    number: u64,
    from: &Cursor,
) -> Result<(), StorageError> {
    let row = epoch::ActiveModel {
        log: Set(log.to_string()),
        epoch: Set(signed(number)),
        from_epoch: Set(signed(from.epoch)),
        from_seq: Set(signed(from.seq)),
    };
    epoch::Entity::insert(row).exec_without_returning(connection).await?;
    Ok(())
}

/// Takes the entries of a log that stand after a place and before an epoch away from their reports: they stay, and count
/// for nothing. Gives the reports' keys, each once, and how many entries there were.
pub(super) async fn leave_behind(
    write: &DatabaseTransaction,
    log: &NodeId,
    from: Position,
    before: u64,
) -> Result<(Vec<i64>, u64), StorageError> {
    let within = (log, from, before);
    let entries = between(within, entry::Column::Log, entry::Column::Epoch, entry::Column::Seq);
    let reports: Vec<i64> = entry::Entity::find()
        .select_only()
        .column(entry::Column::Report)
        .distinct()
        .filter(entries.clone())
        .filter(entry::Column::Report.gt(0))
        .order_by_asc(entry::Column::Report)
        .into_tuple()
        .all(write)
        .await?;
    let updated = entry::Entity::update_many()
        // As `report::left_behind` says.
        .col_expr(entry::Column::Report, Expr::col(entry::Column::Report).mul(-1))
        .filter(entries)
        .filter(entry::Column::Report.gt(0))
        .exec(write)
        .await?;
    let reports: BTreeSet<i64> = reports.into_iter().map(report_of).collect();
    bound_left_behind(write, log, &reports.iter().copied().collect::<Vec<_>>()).await?;
    let wants = between(within, want::Column::Log, want::Column::Epoch, want::Column::Seq);
    want::Entity::delete_many().filter(wants).exec(write).await?;
    let readers = between(within, opened::Column::Log, opened::Column::Epoch, opened::Column::Seq);
    opened::Entity::delete_many().filter(readers).exec(write).await?;
    Ok((reports.into_iter().collect(), updated.rows_affected))
}

/// Hides the entries that a log left behind about each of these reports. The oldest stay in sight, as many as would
/// take part in a fold. The hidden entries stay and are passed on. So no work on the report grows with the number of
/// entries that its author leaves behind.
async fn bound_left_behind(write: &DatabaseTransaction, log: &NodeId, reports: &[i64]) -> Result<(), StorageError> {
    for reports in reports.chunks(KEYS) {
        let many: Vec<i64> = entry::Entity::find()
            .select_only()
            .column(entry::Column::Report)
            .filter(entry::Column::Report.is_in(reports.iter().copied().map(left_behind)))
            .filter(entry::Column::Log.eq(log.as_str()))
            .group_by(entry::Column::Report)
            .having(entry::Column::Hash.count().gt(signed(REPORT_ENTRIES_LIMIT as u64)))
            .into_tuple()
            .all(write)
            .await?;
        for key in many {
            bound_one(write, log, report_of(key)).await?;
        }
    }
    Ok(())
}

async fn bound_one(write: &DatabaseTransaction, log: &NodeId, report: i64) -> Result<(), StorageError> {
    let of_author =
        Condition::all().add(entry::Column::Report.eq(left_behind(report))).add(entry::Column::Log.eq(log.as_str()));
    let last: Option<(i64, i64)> = entry::Entity::find()
        .select_only()
        .columns([entry::Column::Epoch, entry::Column::Seq])
        .filter(of_author.clone())
        .order_by_asc(entry::Column::Epoch)
        .order_by_asc(entry::Column::Seq)
        .offset(REPORT_ENTRIES_LIMIT as u64 - 1)
        .into_tuple()
        .one(write)
        .await?;
    let Some((epoch, seq)) = last else { return Ok(()) };
    let last = Position { epoch: unsigned(epoch)?, seq: unsigned(seq)? };
    entry::Entity::update_many()
        .col_expr(entry::Column::Report, Expr::value(left_behind(beyond(report))))
        .filter(of_author.add(stands_after(entry::Column::Epoch, entry::Column::Seq, last)))
        .exec(write)
        .await?;
    Ok(())
}

/// Condition for the places of `log` after a place and before an epoch.
fn between<T: ColumnTrait>((log, from, before): (&NodeId, Position, u64), name: T, epoch: T, seq: T) -> Condition {
    Condition::all().add(name.eq(log.as_str())).add(epoch.lt(signed(before))).add(stands_after(epoch, seq, from))
}

/// Where this node's log was signed: the last place of every run, in order.
pub(super) async fn signed_places<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
) -> Result<Vec<Position>, StorageError> {
    let rows: Vec<(i64, i64)> = run::Entity::find()
        .select_only()
        .columns([run::Column::Epoch, run::Column::LastSeq])
        .filter(run::Column::Log.eq(log.as_str()))
        .order_by_asc(run::Column::Epoch)
        .order_by_asc(run::Column::LastSeq)
        .into_tuple()
        .all(connection)
        .await?;
    rows.iter().map(|(epoch, seq)| Ok(Position { epoch: unsigned(*epoch)?, seq: unsigned(*seq)? })).collect()
}
