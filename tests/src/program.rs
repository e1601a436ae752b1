//! How programs begin that run nodes and are no tests: the process is a node where it is asked to be one, and else has a
//! runtime and exits with 1 and a sentence where it fails.

use std::process::ExitCode;

use clap::ValueEnum;

use super::node::become_node;
use super::node::database::{Store, WithoutPostgres};

/// Where the nodes of a program keep their data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kept {
    /// A file of SQLite for each node
    Sqlite,
    /// A private PostgreSQL server, one database for each node
    Postgres,
}

impl Kept {
    /// The store; an error where it is not installed.
    pub fn store(self) -> anyhow::Result<Store> {
        match self {
            Self::Sqlite => Ok(Store::Sqlite),
            Self::Postgres => Ok(Store::all(WithoutPostgres::Fail)?.remove(1)),
        }
    }
}

/// The whole `main` of the program with this name.
pub fn run(name: &str, work: impl AsyncFnOnce() -> anyhow::Result<ExitCode>) -> ExitCode {
    if let Some(code) = become_node::if_asked() {
        return code;
    }
    // Another part of the program may have installed it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(work())) {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("{name}: {reason:#}");
            ExitCode::FAILURE
        }
    }
}
