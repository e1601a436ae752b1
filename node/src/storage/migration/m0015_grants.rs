//! An operator's grant for a log beside its days.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

/// Adds the grant of a log to the row of its intake.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column a statement: SQLite takes no more.
        for column in ["granted_until", "granted_entries", "granted_bytes", "granted_epochs"] {
            let column = big_integer(column).default(0).to_owned();
            manager.alter_table(Table::alter().table("day_taken").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sea_orm_migration::MigratorTrait as _;
    use sea_orm_migration::prelude::*;
    use sea_orm_migration::sea_orm::EntityTrait as _;

    use crate::storage::entity::log::day_taken;
    use crate::storage::migration::Migrator;
    use crate::storage::migration::test_before::before;

    #[tokio::test]
    async fn what_was_taken_stays_and_nothing_is_granted() {
        let (_folder, connection) = before(&super::Migration).await;
        connection.execute_unprepared("INSERT INTO day_taken VALUES ('de-a', 20000, 7, 8, 9)").await.expect("a row");
        Migrator::up(&connection, None).await.expect("migrated");
        let row = day_taken::Entity::find().one(&connection).await.expect("readable").expect("it is there");
        assert_eq!((row.day, row.entries, row.bytes, row.epochs), (20_000, 7, 8, 9));
        assert_eq!((row.granted_until, row.granted_entries, row.granted_bytes, row.granted_epochs), (0, 0, 0, 0));
    }
}
