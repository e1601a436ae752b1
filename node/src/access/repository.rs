//! Acts and alerts in the database.

use hotline_protocol::bytes::Hash;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
    sea_query::{Expr, ExprTrait as _},
};

use super::alert::Alert;
use super::audit::{RecordedAct, SERIES};
use super::telling::{Channel, Tries};
use crate::storage::entity::{alert, audit, counter};
use crate::storage::{StorageError, Write};

/// A statement takes so many ids with ease on both databases.
const IDS_AT_ONCE: usize = 1_000;

fn of_act(row: audit::Model) -> Result<RecordedAct, StorageError> {
    let hash = Hash::from_slice(&row.hash).ok_or(StorageError::Inconsistent("audit"))?;
    let audit::Model { id, at, who, act, what, origin, .. } = row;
    Ok(RecordedAct { id, at, who, act, what, origin, hash })
}

pub(super) async fn insert_act(write: &Write<'_>, act: RecordedAct) -> Result<(), StorageError> {
    let row = audit::ActiveModel {
        id: Set(act.id),
        at: Set(act.at),
        who: Set(act.who),
        act: Set(act.act),
        what: Set(act.what),
        origin: Set(act.origin),
        hash: Set(act.hash.as_bytes().to_vec()),
    };
    audit::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

pub(super) async fn newest_act(write: &Write<'_>) -> Result<Option<RecordedAct>, StorageError> {
    Ok(newest_acts(&**write, i64::MAX, 1).await?.pop())
}

pub(super) async fn newest_acts<C: ConnectionTrait>(
    connection: &C,
    before: i64,
    limit: u64,
) -> Result<Vec<RecordedAct>, StorageError> {
    let earlier = audit::Entity::find().filter(audit::Column::Id.lt(before));
    let rows = earlier.order_by_desc(audit::Column::Id).limit(limit).all(connection).await?;
    rows.into_iter().map(of_act).collect()
}

pub(super) async fn acts_after<C: ConnectionTrait>(
    connection: &C,
    after: i64,
    limit: u64,
) -> Result<Vec<RecordedAct>, StorageError> {
    let later = audit::Entity::find().filter(audit::Column::Id.gt(after));
    let rows = later.order_by_asc(audit::Column::Id).limit(limit).all(connection).await?;
    rows.into_iter().map(of_act).collect()
}

/// The last number that was given to an act.
pub(super) async fn acts_taken<C: ConnectionTrait>(connection: &C) -> Result<i64, StorageError> {
    Ok(counter::Entity::find_by_id(SERIES.to_owned()).one(connection).await?.map_or(0, |row| row.taken))
}

fn open() -> Select<alert::Entity> {
    alert::Entity::find().filter(alert::Column::AcknowledgedAt.is_null())
}

fn of_alert(row: alert::Model) -> Alert {
    let alert::Model { id, raised_at, kind, subject, text, .. } = row;
    Alert { id, raised_at, kind, subject, text }
}

pub(super) async fn is_alert_open(write: &Write<'_>, kind: &str, subject: &str) -> Result<bool, StorageError> {
    let same = open().filter(alert::Column::Kind.eq(kind)).filter(alert::Column::Subject.eq(subject));
    Ok(same.count(&**write).await? > 0)
}

pub(super) async fn was_alert_raised(write: &Write<'_>, kind: &str, subject: &str) -> Result<bool, StorageError> {
    let all = alert::Entity::find().filter(alert::Column::Kind.eq(kind)).filter(alert::Column::Subject.eq(subject));
    Ok(all.count(&**write).await? > 0)
}

pub(super) async fn insert_alert(
    write: &Write<'_>,
    at: i64,
    (kind, subject, text): (&str, &str, &str),
) -> Result<(), StorageError> {
    let row = alert::ActiveModel {
        id: NotSet,
        raised_at: Set(at),
        kind: Set(kind.to_owned()),
        subject: Set(subject.to_owned()),
        text: Set(text.to_owned()),
        acknowledged_at: Set(None),
        acknowledged_by: Set(None),
        mail_tried_at: Set(None),
        mail_failures: Set(0),
        webhook_tried_at: Set(None),
        webhook_failures: Set(0),
    };
    alert::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

pub(super) async fn open_alerts<C: ConnectionTrait>(connection: &C) -> Result<Vec<Alert>, StorageError> {
    let rows = open().order_by_asc(alert::Column::Id).all(connection).await?;
    Ok(rows.into_iter().map(of_alert).collect())
}

pub(super) async fn open_alert(write: &Write<'_>, id: i64) -> Result<Option<Alert>, StorageError> {
    Ok(open().filter(alert::Column::Id.eq(id)).one(&**write).await?.map(of_alert))
}

pub(super) async fn close_alert(write: &Write<'_>, id: i64, at: i64, who: &str) -> Result<(), StorageError> {
    let closed = alert::Entity::update_many()
        .col_expr(alert::Column::AcknowledgedAt, Expr::value(at))
        .col_expr(alert::Column::AcknowledgedBy, Expr::value(who))
        .filter(alert::Column::Id.eq(id))
        .exec(&**write)
        .await?;
    if closed.rows_affected == 1 { Ok(()) } else { Err(StorageError::Inconsistent("alert")) }
}

pub(super) async fn open_alerts_with_tries<C: ConnectionTrait>(
    connection: &C,
    channel: Channel,
) -> Result<Vec<(Alert, Tries)>, StorageError> {
    let rows = open().order_by_asc(alert::Column::Id).all(connection).await?;
    let with_tries = |row: alert::Model| {
        let (tried_at, failures) = match channel {
            Channel::Mail => (row.mail_tried_at, row.mail_failures),
            Channel::Webhook => (row.webhook_tried_at, row.webhook_failures),
        };
        let failures = u32::try_from(failures).map_err(|_| StorageError::Inconsistent("alert"))?;
        Ok((of_alert(row), Tries { tried_at, failures }))
    };
    rows.into_iter().map(with_tries).collect()
}

/// Notes a try at `at`; the number of failures goes on, or begins anew.
pub(super) async fn note_try(
    write: &Write<'_>,
    channel: Channel,
    ids: &[i64],
    at: i64,
    taken: bool,
) -> Result<(), StorageError> {
    let (tried_at, failures) = match channel {
        Channel::Mail => (alert::Column::MailTriedAt, alert::Column::MailFailures),
        Channel::Webhook => (alert::Column::WebhookTriedAt, alert::Column::WebhookFailures),
    };
    for ids in ids.chunks(IDS_AT_ONCE) {
        let count = if taken { Expr::value(0) } else { Expr::col(failures).add(1) };
        let noted = alert::Entity::update_many()
            .col_expr(tried_at, Expr::value(at))
            .col_expr(failures, count)
            .filter(alert::Column::Id.is_in(ids.iter().copied()))
            .exec(&**write)
            .await?;
        if usize::try_from(noted.rows_affected) != Ok(ids.len()) {
            return Err(StorageError::Inconsistent("alert"));
        }
    }
    Ok(())
}
