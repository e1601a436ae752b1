//! The databases that the suite runs on: every behaviour is shown on SQLite and on PostgreSQL.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::bail;

use crate::service::postgres::PostgresCluster;

/// Where the nodes of a test keep their data.
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
            Some(cluster) => Ok(vec![Self::Sqlite, Self::Postgres(Arc::new(cluster))]),
            None if without_postgres == WithoutPostgres::Fail => bail!("there is no PostgreSQL to use"),
            None => {
                eprintln!("\n*** SKIPPED: NOTHING IS SHOWN ON POSTGRESQL ***\n");
                Ok(vec![Self::Sqlite])
            }
        }
    }

    /// The `--database-url` of a new node; `None` for the default, a file in its folder.
    #[must_use]
    pub fn new_database(&self) -> Option<String> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        match self {
            Self::Sqlite => None,
            Self::Postgres(cluster) => {
                Some(cluster.create_database(&format!("node{}", MADE.fetch_add(1, Ordering::Relaxed))))
            }
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
