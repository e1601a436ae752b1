//! The daily intake of a log, no more digest keys of a node than a hello gives, and holders that are silent about a
//! report.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

/// Makes the table of each log's intake, and leaves the four newest digest keys of each node.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const PRUNE: &str = "DELETE FROM digest_key WHERE (node, key_id) IN (SELECT node, key_id FROM (SELECT node, key_id, \
    ROW_NUMBER() OVER (PARTITION BY node ORDER BY since DESC, key_id) AS age FROM digest_key) AS ranked WHERE age > 4)";

const ACCEPTED: &str = "CREATE INDEX report_accepted ON report (holder, updated_at) \
    WHERE number IS NOT NULL AND state = 'accepted'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("day_taken")
            .col(text("log").primary_key())
            .col(big_integer("day"))
            .col(big_integer("entries"))
            .col(big_integer("bytes"))
            .col(big_integer("epochs"))
            .to_owned();
        manager.create_table(table).await?;
        manager.get_connection().execute_unprepared(PRUNE).await?;
        // Finds reports of ours that this hotline has accepted, and those among them without news for long.
        manager.get_connection().execute_unprepared(ACCEPTED).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sea_orm_migration::MigratorTrait as _;
    use sea_orm_migration::prelude::*;
    use sea_orm_migration::sea_orm::{EntityTrait as _, QueryOrder as _};

    use crate::storage::entity::peer::digest_key;
    use crate::storage::migration::Migrator;
    use crate::storage::migration::test_before::before;

    #[tokio::test]
    async fn of_each_node_the_four_newest_digest_keys_stay() {
        let (_folder, connection) = before(&super::Migration).await;
        for (node, count) in [("de-a", 9), ("fr-a", 1), ("nl-a", 4)] {
            let insert = format!(
                "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count}) \
                 INSERT INTO digest_key (node, key_id, sealed, since) \
                 SELECT '{node}', CAST(n AS BLOB), x'00', n FROM number"
            );
            connection.execute_unprepared(&insert).await.expect("rows");
        }
        Migrator::up(&connection, None).await.expect("migrated");
        let rows = digest_key::Entity::find().order_by_asc(digest_key::Column::Node).all(&connection).await;
        let mut left: Vec<_> = rows.expect("readable").into_iter().map(|row| (row.node, row.since)).collect();
        left.sort();
        let kept = [("de-a", 6..=9), ("fr-a", 1..=1), ("nl-a", 1..=4)];
        let kept = kept.into_iter().flat_map(|(node, since)| since.map(move |since| (node.to_owned(), since)));
        assert_eq!(left, kept.collect::<Vec<_>>());
    }
}
