//! Requests of the public API that are answered once, and the reports of one case.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob};

/// Makes the table of answers that were given, and finds the reports of a case.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut key = blob("key");
        let table = Table::create()
            .table("given_answer")
            .col(key.primary_key())
            .col(blob("request"))
            .col(blob("answer"))
            .col(big_integer("given_at"))
            .to_owned();
        manager.create_table(table).await?;
        let given = Index::create().name("given_answer_given").table("given_answer").col("given_at").to_owned();
        manager.create_index(given).await?;
        // Only reports of the public have a secret, and both databases know an index of some rows.
        let cases = "CREATE INDEX report_case ON report (case_secret) WHERE case_secret IS NOT NULL";
        manager.get_connection().execute_unprepared(cases).await?;
        Ok(())
    }
}
