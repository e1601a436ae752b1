//! A node made by the program's own commands, for tests of them.

use std::path::Path;

use clap::Parser as _;
use tempfile::TempDir;

use super::console::exit::CliError;
use super::open::open;
use super::{Cli, run};
use crate::context::Context;

/// Runs a command of the node in this folder.
pub(crate) async fn call(folder: &Path, arguments: &[&str]) -> Result<(), CliError> {
    // As `main` does; another test may have been the first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config = folder.join("config.toml");
    let mut all = vec!["hotline-node", "--config", config.to_str().expect("UTF-8")];
    all.extend(arguments);
    run(Cli::try_parse_from(all).expect("usage")).await
}

/// A new node `fr-example` in a folder of its own.
pub(crate) async fn new_node() -> (TempDir, Context) {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().to_str().expect("UTF-8");
    let arguments = ["init", "--dir", dir, "--id", "fr-example", "--country", "FR", "--name", "Example"];
    call(folder.path(), &arguments).await.expect("made");
    let (_, context) = open(&folder.path().join("config.toml")).await.expect("opened");
    (folder, context)
}
