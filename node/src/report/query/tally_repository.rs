//! Counts of reports, as a survey of a node shows them.

use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::State;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QuerySelect as _};

use crate::storage::StorageError;
use crate::storage::entity::report::row as report;

/// Reports that have origin, holder, state and offer in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Their origin.
    pub origin: NodeId,
    /// Their holder.
    pub holder: NodeId,
    /// The state that people see: the house's, else the fold's.
    pub state: State,
    /// An offer stands that is neither accepted nor taken back.
    pub offered: bool,
    /// How many.
    pub count: u64,
}

/// Every report that is here, counted: one statement.
pub async fn tally<C: ConnectionTrait>(connection: &C) -> Result<Vec<Tally>, StorageError> {
    type Row = (String, String, String, Option<String>, i64, i64);
    let offers = Expr::col(report::Column::OfferTarget).count();
    let rows: Vec<Row> = report::Entity::find()
        .select_only()
        .columns([report::Column::Origin, report::Column::Holder, report::Column::State, report::Column::House])
        .column_as(report::Column::Id.count(), "reports")
        .expr_as(offers, "offers")
        .group_by(report::Column::Origin)
        .group_by(report::Column::Holder)
        .group_by(report::Column::State)
        .group_by(report::Column::House)
        .group_by(report::Column::OfferTarget)
        .into_tuple()
        .all(connection)
        .await?;
    // Unreadable rows are told of where they are listed.
    let tally = |(origin, holder, state, house, count, offers): Row| {
        Some(Tally {
            origin: origin.parse().ok()?,
            holder: holder.parse().ok()?,
            state: house.unwrap_or(state).parse().ok()?,
            offered: offers > 0,
            count: u64::try_from(count).ok()?,
        })
    };
    Ok(rows.into_iter().filter_map(tally).collect())
}
