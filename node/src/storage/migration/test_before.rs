//! A database as it was before a migration.

use sea_orm_migration::sea_orm::{Database, DatabaseConnection};
use sea_orm_migration::{MigrationName, MigratorTrait as _};
use tempfile::TempDir;

use super::Migrator;

/// A new SQLite file with the tables of before `migration`, in a folder that is removed when dropped.
pub(super) async fn before(migration: &impl MigrationName) -> (TempDir, DatabaseConnection) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}/node.sqlite?mode=rwc", folder.path().display());
    let connection = Database::connect(url).await.expect("a database");
    let place =
        Migrator::migrations().iter().position(|one| one.name() == migration.name()).expect("it is in the list");
    let place = u32::try_from(place).expect("a short list");
    Migrator::up(&connection, Some(place)).await.expect("the tables before");
    (folder, connection)
}
