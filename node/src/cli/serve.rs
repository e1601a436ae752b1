//! `serve`: runs the node.

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::Globals;
use super::console::exit::CliError;
use super::console::output::tell;
use super::locate::geolocation_fault;
use crate::clock::Clock;
use crate::config::Config;
use crate::randomness::Randomness;
use crate::server::{Addresses, Node, NodeError};
use crate::shutdown::{Ended, Stop};
use crate::telemetry;

/// `serve` takes everything from the configuration.
#[derive(Args, Debug)]
#[command(after_help = "SIGTERM or Ctrl-C stops it after what is being written; a second one stops it at once.")]
pub struct ServeArgs {}

pub(super) async fn run(_args: ServeArgs, globals: &Globals) -> Result<(), CliError> {
    let config = Config::load(&globals.config)?;
    telemetry::install_log(&config.log).map_err(|error| CliError::Other(error.into()))?;
    telemetry::metrics();
    let id = config.node.id.clone();
    tracing::info!(%id, version = env!("CARGO_PKG_VERSION"), "the node starts");
    let node = Node::build(config, Clock::system(), Randomness).await?;
    let stop = stop_on_signal()?;
    let ended = node.serve(stop, |addresses| announce(&id, addresses)).await?;
    tracing::info!(%id, version = env!("CARGO_PKG_VERSION"), ?ended, "the node has stopped");
    match ended {
        Ended::Clean => Ok(()),
        Ended::Late(count) => {
            tell(&format!("{count} tasks were cut off at the deadline; what they did is done again at the next start"));
            Ok(())
        }
        Ended::Panicked => Err(CliError::refused("a background task failed; its place stands in the log above")),
    }
}

fn announce(id: &hotline_protocol::id::NodeId, addresses: &Addresses) {
    tracing::info!(
        %id,
        exchange = %addresses.exchange,
        office = %addresses.office,
        public = %addresses.public,
        operations = %addresses.operations,
        "the node serves"
    );
    // A supervisor that waits for this (systemd, Type=notify) is told; where there is none, nothing happens.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
}

/// The first SIGTERM or SIGINT stops the node in order, the second at once.
fn stop_on_signal() -> Result<Stop, CliError> {
    let failed = |cause| CliError::file("signals", cause);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let stop = Stop::default();
    let given = stop.clone();
    #[expect(clippy::disallowed_methods, reason = "this task outlives the node's own: it is who stops them")]
    tokio::spawn(async move {
        let mut count = 0;
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            count += 1;
            if count > 1 {
                std::process::exit(1);
            }
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
            given.stop();
        }
    });
    Ok(stop)
}

impl From<NodeError> for CliError {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::Open(cause) => cause.into(),
            NodeError::Storage(cause) => cause.into(),
            NodeError::Secret(cause) => cause.into(),
            NodeError::Log(cause) => cause.into(),
            NodeError::Authority(cause) => cause.into(),
            NodeError::Geolocation(cause) => geolocation_fault(&cause).into(),
            error => Self::refused(error.to_string()),
        }
    }
}
