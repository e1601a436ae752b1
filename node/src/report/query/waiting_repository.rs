//! Offers of ours that wait for an answer.

use hotline_protocol::id::{NodeId, ReportId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, Select,
};

use crate::storage::entity::report::row as report;
use crate::storage::{StorageError, Write};

/// Offers to one peer that have waited for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueOffers {
    /// How many there are.
    pub count: u64,
    /// For how many of them nobody was called yet.
    pub new: u64,
    /// The report that waits longest.
    pub oldest: ReportId,
}

/// Returns the offers by `holder` to `target` that have waited since `before` (microseconds since 1970) or longer, or
/// that somebody was called for. Returns `None` where there are none.
pub async fn overdue_offers<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    target: &NodeId,
    before: i64,
) -> Result<Option<OverdueOffers>, StorageError> {
    const WRONG: StorageError = StorageError::Inconsistent("report");
    let late = Condition::any().add(report::Column::WaitsSince.lte(before)).add(report::Column::Alarmed.eq(true));
    let overdue = report::Entity::find().filter(is_open(holder, target).add(late));
    let Some(oldest) = oldest(overdue.clone(), connection).await? else { return Ok(None) };
    let oldest = ReportId { origin: oldest.origin.parse().map_err(|_| WRONG)?, rid: oldest.rid };
    let new = report::Entity::find().filter(is_new(holder, target, before)).count(connection).await?;
    Ok(Some(OverdueOffers { count: overdue.count(connection).await?, new, oldest }))
}

async fn oldest<C: ConnectionTrait>(
    overdue: Select<report::Entity>,
    connection: &C,
) -> Result<Option<report::Model>, StorageError> {
    Ok(overdue.order_by_asc(report::Column::WaitsSince).order_by_asc(report::Column::Id).one(connection).await?)
}

/// Notes that somebody was called for the offers that [`overdue_offers`] finds. Gives their number.
pub async fn mark_alarmed(
    write: &Write<'_>,
    holder: &NodeId,
    target: &NodeId,
    before: i64,
) -> Result<u64, StorageError> {
    let marked = report::Entity::update_many()
        .col_expr(report::Column::Alarmed, Expr::value(true))
        .filter(is_new(holder, target, before))
        .exec(&**write)
        .await?;
    Ok(marked.rows_affected)
}

fn is_open(holder: &NodeId, target: &NodeId) -> Condition {
    Condition::all()
        .add(report::Column::OfferTarget.eq(target.as_str()))
        .add(report::Column::WaitsSince.is_not_null())
        .add(report::Column::Holder.eq(holder.as_str()))
}

fn is_new(holder: &NodeId, target: &NodeId, before: i64) -> Condition {
    is_open(holder, target).add(report::Column::WaitsSince.lte(before)).add(report::Column::Alarmed.eq(false))
}
