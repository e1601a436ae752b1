//! Errors of the database, by the party that must act.

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError};
use thiserror::Error;

/// An error of the database, by the party that must act.
#[derive(Debug, Error)]
pub enum StorageError {
    /// Another process holds it, or the server is away: try again.
    #[error("the database is busy or away; try again ({0})")]
    Busy(&'static str),
    /// The disk is full.
    #[error("the database's disk is full; make room and try again, nothing was half done")]
    Full,
    /// The system could not read or write.
    #[error("the database's disk cannot be read or written; look at the disk and its limits, nothing was half done")]
    DiskFails,
    /// The connection or the disk failed while a transaction was being committed: nobody can tell how that ended.
    #[error(
        "it is not known whether this was written: the database went away while it was; look before you do it again \
         (report list, audit list)"
    )]
    OutcomeUnknown,
    /// The file may not be written.
    #[error(
        "the database is read-only for this user; check owner and mode of its file, and of -wal and -shm beside it"
    )]
    ReadOnly,
    /// The server takes no writes.
    #[error(
        "the database server takes no writes: it is a standby, or set to read-only; name the primary server in \
         database.url"
    )]
    Standby,
    /// The file is not there, or not for this user.
    #[error("the database's file cannot be opened; check that it is there, its folder, and its owner and mode")]
    NotOpened,
    /// It is no database of this program, or damaged.
    #[error("the database cannot be read: {0}; put a backup in its place")]
    Unreadable(&'static str),
    /// The server does not let this node in: the configuration is wrong.
    #[error("the database server refuses this node: {0}; correct the section [database] of the configuration")]
    LoginRefused(&'static str),
    /// A connection pooler stands before the server, and a node cannot work through it as it is.
    #[error(
        "a connection pooler, such as PgBouncer, stands between this node and its database server: {0}; name the \
         server's own address in database.url, or see PostgreSQL in node/docs/install.md"
    )]
    Pooler(&'static str),
    /// A setting that protects confirmed writes is switched off.
    #[error("the database would lose confirmed reports in a power cut: {setting} is {value}; switch it on")]
    NotDurable {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The program is older or newer than the database's tables.
    #[error("the database's tables are not those of this version; run: hotline-node migrate")]
    NotMigrated,
    /// A newer program has migrated it.
    #[error("the database's tables are those of a newer version; run that version of hotline-node")]
    Newer,
    /// A row holds an impossible value.
    #[error("a row of '{0}' holds what cannot be; run: hotline-node doctor")]
    Inconsistent(&'static str),
    /// Anything else; the cause is for the log, it never holds bound values.
    #[error("the database refused a statement ({code})")]
    Failed {
        /// The engine's name for its code, and the code, as in the engine's documentation.
        code: String,
        /// The cause.
        #[source]
        cause: DbErr,
    },
}

impl StorageError {
    /// Whether the database takes nothing now and may later: nothing was half done, and the caller tries again.
    #[must_use]
    pub const fn takes_nothing_now(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Full | Self::DiskFails | Self::ReadOnly | Self::Standby)
    }

    /// Whether nothing more can be written until somebody makes room, or mends disk or rights. The intended write is
    /// not there.
    #[must_use]
    pub const fn is_no_room(&self) -> bool {
        matches!(self, Self::Full)
    }
}

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
            return Self::failed(error);
        }
        match driver_error(&error) {
            Some(SqlxError::Database(cause)) => match cause.code() {
                Some(code) if is_sqlite(&**cause) => Self::of_sqlite(&code, error.clone()),
                Some(code) => Self::of_state(&code, error.clone()),
                None => Self::failed(error.clone()),
            },
            Some(SqlxError::Io(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed) => {
                Self::Busy("no connection")
            }
            Some(SqlxError::Tls(_)) => Self::LoginRefused("TLS is not agreed upon"),
            _ if matches!(error, DbErr::ConnectionAcquire(_)) => Self::Busy("no connection"),
            _ => Self::failed(error),
        }
    }
}

/// Returns the driver's error, where the driver caused it.
pub(super) fn driver_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause),
        _ => None,
    }
}

/// Whether the error is SQLite's: its codes are numbers, and some of PostgreSQL's look like numbers too.
pub(super) fn is_sqlite(error: &dyn DatabaseError) -> bool {
    error.try_downcast_ref::<sea_orm::sqlx::sqlite::SqliteError>().is_some()
}

/// The primary code within one of SQLite's extended codes.
pub(super) fn primary(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().map(|code| code & 0xff)
}

impl StorageError {
    fn failed(cause: DbErr) -> Self {
        let code = match driver_error(&cause) {
            Some(SqlxError::Database(error)) => match error.code() {
                Some(code) if is_sqlite(&**error) => format!("SQLite result code {code}"),
                Some(code) => format!("SQLSTATE {code}"),
                None => "without a code".to_owned(),
            },
            _ => "in the driver".to_owned(),
        };
        Self::Failed { code, cause }
    }

    /// By SQLite's extended result codes (<https://sqlite.org/rescode.html>).
    fn of_sqlite(code: &str, error: DbErr) -> Self {
        match (primary(code), code) {
            // SQLITE_IOERR_SHMSIZE: there is no room for the index of the write-ahead log.
            (_, "4874") | (Some(13), _) => Self::Full,
            (Some(10), _) => Self::DiskFails,
            (Some(5 | 6), _) => Self::Busy("another process is writing"),
            (Some(8), _) => Self::ReadOnly,
            (Some(14), _) => Self::NotOpened,
            (Some(11), _) => Self::Unreadable("the file is damaged"),
            (Some(26), _) => Self::Unreadable("the file is no SQLite database"),
            _ => Self::failed(error),
        }
    }

    /// By PostgreSQL's SQLSTATEs (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
    fn of_state(state: &str, error: DbErr) -> Self {
        match state {
            "08P01" => Self::Pooler("it refuses what this node says at the start of a session"),
            "26000" | "42P05" => Self::Pooler("it gives one session's prepared statements to another"),
            "57014" => Self::Busy("the server ended a statement that took too long"),
            "57P05" | "25P03" | "25P04" => Self::Busy("the server ended a session that took too long"),
            "55P03" => Self::Busy("somebody else holds a lock"),
            "57P01" | "57P02" | "57P03" => Self::Busy("the server stops or starts"),
            "53100" => Self::Full,
            "58000" | "58030" | "58P01" => Self::DiskFails,
            "25006" => Self::Standby,
            "28000" | "28P01" => Self::LoginRefused("user or password is wrong"),
            "42501" => Self::LoginRefused("the user has not the rights that a node needs"),
            "3D000" => Self::LoginRefused("it has no such database"),
            "XX001" | "XX002" => Self::Unreadable("the server says that its files are damaged"),
            _ if state.starts_with("08") => Self::Busy("the connection was lost"),
            _ if state.starts_with("40") => Self::Busy("the server asks to try again"),
            _ if state.starts_with("53") => Self::Busy("the server has no connection or memory to spare"),
            _ => Self::failed(error),
        }
    }
}
