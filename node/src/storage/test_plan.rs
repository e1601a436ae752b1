//! How a new SQLite database finds rows: tests hold queries to these plans.

use sea_orm::{ConnectionTrait as _, Statement};

use super::Database;

/// The steps of `SELECT {what}` in its plan, one a line; `what` goes on with `FROM`.
///
/// # Panics
/// Where there is no such plan.
pub async fn plan(what: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}/node.sqlite", folder.path().display());
    let database = Database::create_or_migrate(&url).await.expect("a database");
    let connection = database.read();
    let asked = Statement::from_string(connection.get_database_backend(), format!("EXPLAIN QUERY PLAN SELECT {what}"));
    let steps = connection.query_all_raw(asked).await.expect("a plan");
    steps.iter().map(|step| step.try_get::<String>("", "detail").expect("text")).collect::<Vec<_>>().join("\n")
}
