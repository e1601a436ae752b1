//! Alerts in the database.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use super::kind::AlertKind;
use super::model::{Alert, Cause};
use crate::storage::entity::person::alert;
use crate::storage::{StorageError, Write};

const WRONG: StorageError = StorageError::Inconsistent("alert");

fn not_resolved() -> Select<alert::Entity> {
    alert::Entity::find().filter(alert::Column::ResolvedAt.is_null())
}

fn still_open() -> Select<alert::Entity> {
    not_resolved().filter(alert::Column::AcknowledgedAt.is_null())
}

fn of_row(row: alert::Model) -> Result<Alert, StorageError> {
    Ok(Alert {
        id: row.id,
        raised_at: row.raised_at,
        kind: row.kind,
        subject: row.subject,
        stage: row.stage,
        text: row.text,
        details: serde_json::from_str(&row.details).map_err(|_| WRONG)?,
        acknowledged_at: row.acknowledged_at,
        gone_since: row.gone_since,
        resolved_at: row.resolved_at,
        superseded: row.superseded,
    })
}

async fn read<C: ConnectionTrait>(rows: Select<alert::Entity>, connection: &C) -> Result<Vec<Alert>, StorageError> {
    let rows = rows.order_by_asc(alert::Column::Id).all(connection).await?;
    rows.into_iter().map(of_row).collect()
}

pub(super) async fn is_open(write: &Write<'_>, cause: &Cause) -> Result<bool, StorageError> {
    let same = still_open()
        .filter(alert::Column::Kind.eq(cause.kind.code()))
        .filter(alert::Column::Subject.eq(&*cause.subject));
    Ok(same.count(&**write).await? > 0)
}

/// The open one of this kind about this subject.
pub(super) async fn open_about(
    write: &Write<'_>,
    kind: AlertKind,
    subject: &str,
) -> Result<Option<Alert>, StorageError> {
    let same = still_open().filter(alert::Column::Kind.eq(kind.code())).filter(alert::Column::Subject.eq(subject));
    same.one(&**write).await?.map(of_row).transpose()
}

/// Gives an alert another text, with other details.
pub(super) async fn retell(write: &Write<'_>, id: i64, cause: &Cause) -> Result<(), StorageError> {
    let details = serde_json::to_string(&cause.details).map_err(|_| WRONG)?;
    let set = [(alert::Column::Text, Expr::value(cause.text.clone())), (alert::Column::Details, Expr::value(details))];
    change(write, id, set).await
}

/// Open or not.
pub(super) async fn was_raised(write: &Write<'_>, cause: &Cause) -> Result<bool, StorageError> {
    let same = alert::Entity::find()
        .filter(alert::Column::Kind.eq(cause.kind.code()))
        .filter(alert::Column::Subject.eq(&*cause.subject));
    Ok(same.count(&**write).await? > 0)
}

/// All that are open.
pub(super) async fn open<C: ConnectionTrait>(connection: &C) -> Result<Vec<Alert>, StorageError> {
    read(still_open(), connection).await
}

/// All that are open or acknowledged.
pub(super) async fn unresolved<C: ConnectionTrait>(connection: &C) -> Result<Vec<Alert>, StorageError> {
    read(not_resolved(), connection).await
}

/// The newest `limit`, oldest first.
pub(super) async fn newest<C: ConnectionTrait>(connection: &C, limit: u64) -> Result<Vec<Alert>, StorageError> {
    let rows = alert::Entity::find().order_by_desc(alert::Column::Id).limit(limit).all(connection).await?;
    rows.into_iter().rev().map(of_row).collect()
}

/// Those with these numbers.
pub(in crate::access) async fn with_numbers<C: ConnectionTrait>(
    connection: &C,
    ids: Vec<i64>,
) -> Result<Vec<Alert>, StorageError> {
    read(alert::Entity::find().filter(alert::Column::Id.is_in(ids)), connection).await
}

/// Returns all open alerts, for the senders.
pub(in crate::access) async fn to_tell<C: ConnectionTrait>(connection: &C) -> Result<Vec<Alert>, StorageError> {
    open(connection).await
}

/// Writes a new row; gives its number.
pub(super) async fn insert(write: &Write<'_>, alert: &Alert) -> Result<i64, StorageError> {
    let row = alert::ActiveModel {
        id: NotSet,
        raised_at: Set(alert.raised_at),
        kind: Set(alert.kind.clone()),
        subject: Set(alert.subject.clone()),
        stage: Set(alert.stage.clone()),
        text: Set(alert.text.clone()),
        details: Set(serde_json::to_string(&alert.details).map_err(|_| WRONG)?),
        acknowledged_at: Set(alert.acknowledged_at),
        acknowledged_by: Set(None),
        gone_since: Set(alert.gone_since),
        resolved_at: Set(alert.resolved_at),
        superseded: Set(alert.superseded),
    };
    Ok(alert::Entity::insert(row).exec(&**write).await?.last_insert_id)
}

pub(super) async fn acknowledge(write: &Write<'_>, id: i64, at: i64, who: &str) -> Result<(), StorageError> {
    let set = [(alert::Column::AcknowledgedAt, Expr::value(at)), (alert::Column::AcknowledgedBy, Expr::value(who))];
    change(write, id, set).await
}

pub(super) async fn resolve(write: &Write<'_>, id: i64, at: i64, superseded: bool) -> Result<(), StorageError> {
    let set = [(alert::Column::ResolvedAt, Expr::value(at)), (alert::Column::Superseded, Expr::value(superseded))];
    change(write, id, set).await
}

pub(super) async fn set_gone(write: &Write<'_>, id: i64, since: Option<i64>) -> Result<(), StorageError> {
    change(write, id, [(alert::Column::GoneSince, Expr::value(since))]).await
}

async fn change<const N: usize>(
    write: &Write<'_>,
    id: i64,
    set: [(alert::Column, Expr); N],
) -> Result<(), StorageError> {
    let mut update = alert::Entity::update_many().filter(alert::Column::Id.eq(id));
    for (column, value) in set {
        update = update.col_expr(column, value);
    }
    let changed = update.exec(&**write).await?;
    if changed.rows_affected == 1 { Ok(()) } else { Err(WRONG) }
}
