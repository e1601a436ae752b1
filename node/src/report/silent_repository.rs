//! Reports whose offer was left without an answer, and reports that wait until somebody is heard from again.

use hotline_protocol::id::NodeId;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::model::Report;
use super::row_repository::of_row;
use crate::storage::StorageError;
use crate::storage::entity::report;

/// Which part of a long list is asked for: at most `limit` reports whose key is above `after`.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The key of the last report that was looked at.
    pub after: i64,
    /// At most so many.
    pub limit: u64,
}

/// Reports that `holder` has offered to `target`, who has not answered since `before` (microseconds since 1970) or
/// longer, and for which a person was called.
pub async fn unanswered_since<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    target: &NodeId,
    before: i64,
    part: Part,
) -> Result<Vec<Report>, StorageError> {
    rows(connection, unanswered(holder, target, before, part)).await
}

/// Reports of `holder` that wait until somebody who left an offer unanswered is heard from: `node`, or anybody.
pub async fn awaiting<C: ConnectionTrait>(
    connection: &C,
    holder: &NodeId,
    node: Option<&NodeId>,
    part: Part,
) -> Result<Vec<Report>, StorageError> {
    rows(connection, held_for(holder, node, part)).await
}

/// The index `report_offer` finds these by `offer_target`, in the order of keys.
fn unanswered(holder: &NodeId, target: &NodeId, before: i64, part: Part) -> Select<report::Entity> {
    report::Entity::find()
        .filter(report::Column::OfferTarget.eq(target.as_str()))
        .filter(report::Column::WaitsSince.lte(before))
        .filter(report::Column::Id.gt(part.after))
        .filter(report::Column::Holder.eq(holder.as_str()))
        .filter(report::Column::Alarmed.eq(true))
        .order_by_asc(report::Column::Id)
        .limit(part.limit)
}

/// The index `report_house` finds these among all that is held, in the order of keys.
fn held_for(holder: &NodeId, node: Option<&NodeId>, part: Part) -> Select<report::Entity> {
    let destination = match node {
        Some(node) => report::Column::Destination.eq(node.as_str()),
        None => report::Column::Destination.is_not_null(),
    };
    report::Entity::find()
        .filter(report::Column::House.eq("held"))
        .filter(report::Column::Id.gt(part.after))
        .filter(report::Column::Holder.eq(holder.as_str()))
        .filter(destination)
        .order_by_asc(report::Column::Id)
        .limit(part.limit)
}

async fn rows<C: ConnectionTrait>(connection: &C, query: Select<report::Entity>) -> Result<Vec<Report>, StorageError> {
    query.all(connection).await?.into_iter().map(of_row).collect()
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, QueryTrait as _, Statement};

    use super::*;
    use crate::storage::Database;

    async fn plan(query: Select<report::Entity>) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/node.sqlite", folder.path().display());
        let database = Database::create_or_migrate(&url).await.expect("a database");
        let mut asked: Statement = query.build(DbBackend::Sqlite);
        asked.sql = format!("EXPLAIN QUERY PLAN {}", asked.sql);
        let rows = database.read().query_all_raw(asked).await.expect("a plan");
        rows.iter().map(|row| row.try_get::<String>("", "detail").expect("text")).collect::<Vec<_>>().join("\n")
    }

    #[tokio::test]
    async fn both_questions_are_answered_from_an_index_in_its_order() {
        let (own, node): (NodeId, NodeId) = ("fr-a".parse().expect("an id"), "nl-b".parse().expect("an id"));
        let part = Part { after: 7, limit: 10 };
        for (query, index) in [
            (unanswered(&own, &node, 1, part), "INDEX report_offer (offer_target=? AND id>?)"),
            (held_for(&own, Some(&node), part), "INDEX report_house (house=? AND id>?)"),
            (held_for(&own, None, part), "INDEX report_house (house=? AND id>?)"),
        ] {
            let plan = plan(query).await;
            assert!(plan.contains(index) && !plan.contains("SORT") && !plan.contains("TEMP"), "{plan}");
        }
    }
}
