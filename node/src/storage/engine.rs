//! The engine of a database.

use sea_orm::{DbBackend, Statement};

/// The engine of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file of this node's own.
    Sqlite,
    /// A server.
    Postgres,
}

pub(super) fn statement(engine: Engine, sql: &str) -> Statement {
    let backend = match engine {
        Engine::Sqlite => DbBackend::Sqlite,
        Engine::Postgres => DbBackend::Postgres,
    };
    Statement::from_string(backend, sql.to_owned())
}
