//! What a peer makes of two machines that speak as one node, and what is made of such a peer here.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

/// Adds two times to the links.
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
        Ok(())
    }
}
