//! The databases that the suite runs on: every behaviour is shown on SQLite and on PostgreSQL.

use std::fmt;
use std::sync::Arc;

use crate::postgres::PostgresCluster;

/// Where the nodes of a test keep what they know.
#[derive(Clone)]
pub enum Store {
    /// A file in each node's folder.
    Sqlite,
    /// A database each, in one private cluster.
    Postgres(Arc<PostgresCluster>),
}

/// Whether the suite goes on where there is no PostgreSQL on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutPostgres {
    /// It says so loudly, and shows the behaviours on SQLite alone.
    Skip,
    /// It fails.
    Fail,
}

impl WithoutPostgres {
    /// It fails where `CI=true` or `HOTLINE_REQUIRE_POSTGRES=1` stands in the environment.
    #[must_use]
    pub fn of_environment() -> Self {
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
        if is("CI", "true") || is("HOTLINE_REQUIRE_POSTGRES", "1") { Self::Fail } else { Self::Skip }
    }
}

impl Store {
    /// Every store of this machine.
    pub fn all(without_postgres: WithoutPostgres) -> anyhow::Result<Vec<Self>> {
        match PostgresCluster::start() {
            Ok(cluster) => Ok(vec![Self::Sqlite, Self::Postgres(Arc::new(cluster))]),
            Err(error) if without_postgres == WithoutPostgres::Fail => Err(error),
            Err(error) => {
                eprintln!("\n*** SKIPPED: NOTHING IS TESTED ON POSTGRESQL: {error:#} ***\n");
                Ok(vec![Self::Sqlite])
            }
        }
    }

    /// The `--database-url` of a new node; `None` for the default, a file in its folder.
    pub fn new_database(&self) -> anyhow::Result<Option<String>> {
        match self {
            Self::Sqlite => Ok(None),
            Self::Postgres(cluster) => cluster.new_database().map(Some),
        }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        })
    }
}
