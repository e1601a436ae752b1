//! Proofs that authors have signed two entries under one place of their logs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

/// Adds a table of proofs.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table.table("fork").col(text("log")).col(big_integer("epoch")).col(big_integer("seq"));
        table.col(text("proof")).col(text("told_by")).col(big_integer("found_at"));
        table.primary_key(Index::create().col("log").col("epoch"));
        manager.create_table(table).await
    }
}
