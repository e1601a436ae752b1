//! Keeps an author's entries beyond the limit of a report's fold out of all work on the report.
//!
//! Reports are not folded anew here: no version that folded more was ever released.

use sea_orm_migration::prelude::*;

/// Gives such entries the key of their storage from now on. Of each author about each report 1,024 entries take part,
/// and the one after them is judged.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Few reports have more entries than one author may have, and only those are ranked.
const MARK: &str = "UPDATE entry SET report = report + 4503599627370496 WHERE report > 0 AND (log, epoch, seq) IN \
    (SELECT log, epoch, seq FROM (SELECT log, epoch, seq, \
     ROW_NUMBER() OVER (PARTITION BY report, log ORDER BY epoch, seq) AS rank_of_author FROM entry WHERE report IN \
     (SELECT report FROM entry WHERE report > 0 GROUP BY report HAVING COUNT(*) > 1025)) AS ranked \
     WHERE rank_of_author > 1025)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(MARK).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sea_orm_migration::MigratorTrait as _;
    use sea_orm_migration::prelude::*;
    use sea_orm_migration::sea_orm::{EntityTrait as _, QueryOrder as _};

    use crate::storage::entity::log::entry;
    use crate::storage::migration::Migrator;
    use crate::storage::migration::test_before::before;

    #[tokio::test]
    async fn of_each_author_what_was_too_much_before_is_set_apart_and_nothing_else_is() {
        let (_folder, connection) = before(&super::Migration).await;
        // A long report of one author, with a few entries of another, and a short one.
        for (log, report, count) in [("de-a", 1, 1_030), ("nl-a", 1, 3), ("fr-a", 2, 1_025)] {
            let insert = format!(
                "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count}) \
                 INSERT INTO entry (log, epoch, seq, hash, report, header, body_state) \
                 SELECT '{log}', 1 + n / 1000, n, x'00', {report}, '{{}}', 0 FROM number"
            );
            connection.execute_unprepared(&insert).await.expect("rows");
        }
        Migrator::up(&connection, None).await.expect("migrated");
        let rows = entry::Entity::find().order_by_asc(entry::Column::Seq).all(&connection).await.expect("readable");
        let apart: Vec<_> = rows.iter().filter(|row| row.report.is_some_and(|key| key > 2)).collect();
        assert_eq!(apart.iter().map(|row| row.seq).collect::<Vec<_>>(), [1_026, 1_027, 1_028, 1_029, 1_030]);
        assert!(apart.iter().all(|row| row.log == "de-a" && row.report == Some(4_503_599_627_370_497)));
    }
}
