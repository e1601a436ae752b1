//! Migrations: each is a file, run once, in order, by `init`, `migrate` and nobody else.

mod m0001_first;
mod m0002_clones;
mod m0006_idempotency;
mod m0007_alerts;
mod m0008_sightings;
mod m0011_bound;
mod m0012_forks;
mod m0014_floods;
mod m0015_grants;
#[cfg(test)]
mod test_before;

use sea_orm_migration::prelude::*;

/// Runs the migrations.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_clones::Migration),
            Box::new(m0006_idempotency::Migration),
            Box::new(m0007_alerts::Migration),
            Box::new(m0008_sightings::Migration),
            Box::new(m0011_bound::Migration),
            Box::new(m0012_forks::Migration),
            Box::new(m0014_floods::Migration),
            Box::new(m0015_grants::Migration),
        ]
    }
}
