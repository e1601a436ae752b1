//! A node in this process with a clock that a test moves: the same `Node::build` and `Node::serve` as the program's.

use std::path::Path;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_node::config::Config;
use hotline_node::randomness::Randomness;
use hotline_node::server::{Addresses, Node, NodeError};
use hotline_node::shutdown::{Ended, Stop};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// A node that serves in this process. Dropped, it is cut off as a killed one is.
pub struct TestNode {
    /// Its time: stands still until it is advanced.
    pub clock: Clock,
    /// Where it listens.
    pub addresses: Addresses,
    stop: Stop,
    serving: JoinSet<Result<Ended, NodeError>>,
}

impl TestNode {
    /// Serves the node of a configuration file; returns once it listens.
    pub async fn serve(config_file: &Path, clock: Clock) -> anyhow::Result<Self> {
        // Another node of this process may have installed it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let node = Node::build(Config::load(config_file)?, clock.clone(), Randomness).await?;
        let (tell, told) = oneshot::channel();
        let stop = Stop::default();
        let (mut serving, given) = (JoinSet::new(), stop.clone());
        serving.spawn(node.serve(given, |addresses| {
            // A caller that does not wait for the addresses has dropped the node.
            let _ = tell.send(*addresses);
        }));
        let addresses = tokio::select! {
            addresses = told => addresses?,
            Some(ended) = serving.join_next() => anyhow::bail!("the node ended at its start: {:?}", ended?),
        };
        Ok(Self { clock, addresses, stop, serving })
    }

    /// Stops it in order; a task that panicked, or did not end in time, is an error.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.stop.stop();
        let ended = self.serving.join_next().await.context("it serves")???;
        ensure!(ended == Ended::Clean, "the node ended {ended:?}");
        Ok(())
    }
}
