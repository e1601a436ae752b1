//! A peer's finding about two machines that speak as one node, and our finding about such a peer. The entries lost with
//! a database that a backup replaced.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob, text};

/// Adds two times to the links, and a table of lost entries.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        for column in ["clone_suspected_at", "spoke_twice_at"] {
            let mut table = Table::alter();
            manager.alter_table(table.table("link").add_column(big_integer_null(column)).to_owned()).await?;
        }
        let key = ["epoch", "seq", "hash"];
        let mut table = Table::create();
        table.table("lost_entry").col(big_integer("epoch")).col(big_integer("seq")).col(blob("hash"));
        table.col(text("report")).col(text("entry_type")).col(text("peer"));
        let mut primary = Index::create();
        for column in key {
            primary.col(column);
        }
        manager.create_table(table.primary_key(&mut primary).to_owned()).await
    }
}
