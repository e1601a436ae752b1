//! Where names led to at name servers, so that a stop page is found out by commands that ask about one name each.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, text};

/// Makes the table of sightings.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("sighting")
            .col(blob("address"))
            .col(text("resolver"))
            .col(blob("name"))
            .col(big_integer("seen_at"))
            .primary_key(Index::create().col("address").col("resolver").col("name"))
            .to_owned();
        manager.create_table(table).await?;
        let seen = Index::create().name("sighting_seen").table("sighting").col("seen_at").to_owned();
        manager.create_index(seen).await?;
        Ok(())
    }
}
