//! One `serve` a PostgreSQL database: a lock that the server holds as long as a session of ours lives.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use crate::storage::database::Database;
use crate::storage::engine::Engine;
use crate::storage::error::StorageError;
use crate::storage::options::options;

/// "serving" in ASCII; another than the writers' lock.
const SERVE_LOCK: i64 = 0x0073_6572_7669_6e67;
/// A server notices within this time that a process of ours has ended.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// The lock, held by a connection that does nothing else.
pub struct ServeLock {
    connection: DatabaseConnection,
    session: Session,
}

/// The server's process that holds the lock for us.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Session {
    process: i32,
    since: String,
}

/// How the lock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServeLockState {
    /// It is held.
    Held,
    /// The server was away, and another process has taken it meanwhile.
    TakenOver,
}

impl ServeLock {
    /// Takes the lock; `None` where another process has it.
    pub async fn take(url: &str) -> Result<Option<Self>, StorageError> {
        let mut options = options(url, 1, 0, false);
        options.test_before_acquire(false).idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
        let connection = sea_orm::Database::connect(options).await?;
        let taken = tokio::time::timeout(PATIENCE, async {
            let mut pause = tokio::time::interval(PAUSE);
            loop {
                pause.tick().await;
                match try_lock(&connection).await {
                    Ok(None) => {}
                    ended => return ended,
                }
            }
        });
        match taken.await {
            Ok(Ok(Some(session))) => Ok(Some(Self { connection, session })),
            Ok(Err(error)) => Err(error),
            Ok(Ok(None)) | Err(_) => Ok(None),
        }
    }

    /// Looks whether the lock is held, and takes it again where the session was lost with its connection.
    pub async fn keep(&mut self) -> Result<ServeLockState, StorageError> {
        if let Some(session) = try_lock(&self.connection).await? {
            self.session = session;
            return Ok(ServeLockState::Held);
        }
        // It may be our own lost session that holds it: the server has not noticed yet that nobody is there.
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2";
        let values = [self.session.process.into(), self.session.since.clone().into()];
        let own = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let is_own = self.connection.query_one_raw(own).await?.is_some();
        Ok(if is_own { ServeLockState::Held } else { ServeLockState::TakenOver })
    }

    /// Lets it go.
    pub async fn release(self) -> Result<(), StorageError> {
        Ok(self.connection.close_by_ref().await?)
    }
}

/// The session that holds the lock may take it again.
async fn try_lock(connection: &DatabaseConnection) -> Result<Option<Session>, StorageError> {
    let sql = format!(
        "SELECT pid, backend_start::text, pg_try_advisory_lock({SERVE_LOCK}) \
         FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    );
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    let row = row.ok_or(StorageError::Unreadable("no session"))?;
    let is_held: bool = row.try_get_by_index(2)?;
    let session = Session { process: row.try_get_by_index(0)?, since: row.try_get_by_index(1)? };
    Ok(is_held.then_some(session))
}

impl Database {
    /// Whether `serve` needs a [`ServeLock`]; a SQLite file has a lock file beside it.
    #[must_use]
    pub fn is_on_server(&self) -> bool {
        self.engine() == Engine::Postgres
    }
}
