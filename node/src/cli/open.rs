//! The beginning of nearly every command.

use std::path::Path;

use super::console::exit::CliError;
use super::console::output::tell;
use crate::clock::Clock;
use crate::config::Config;
use crate::context::Context;
use crate::randomness::Randomness;

/// Reads and checks the configuration, reads the sealing key, opens the database and this node's own digest key.
pub async fn open(config: &Path) -> Result<(Config, Context), CliError> {
    let config = Config::load(config)?;
    let context = Context::open(&config, Clock::system(), Randomness).await?;
    if context.database.only_reads().await? {
        tell(
            "warning: the database server is a standby, or set to read-only: what is shown may be older than what the \
             primary server has, and nothing can be changed here",
        );
    }
    Ok((config, context))
}
