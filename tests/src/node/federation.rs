//! Some nodes that know one another.

use std::fs;
use std::ops::{Index, IndexMut};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;
use tempfile::TempDir;

use super::database::Store;
use super::node_process::{ProcessNode, Who};
use crate::places::{hosts_file, location_data};
use crate::wait::until;

/// Three hotlines: most tests need no more.
pub const THREE: [Who; 3] = [
    Who { id: "fr-alder", countries: "FR" },
    Who { id: "nl-birch", countries: "NL" },
    Who { id: "de-cedar", countries: "DE" },
];

/// Nodes in one temporary folder, each with every other's card. Dropped, they are killed and the folder is removed.
pub struct Federation {
    nodes: Vec<ProcessNode>,
    folder: TempDir,
}

impl Federation {
    /// Makes nodes that locate by the fixtures, greet each other every second, and do not serve yet.
    pub async fn new(store: &Store, who: &[Who]) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("hotline-suite-").tempdir()?;
        fs::write(folder.path().join("hosts"), hosts_file(&[]))?;
        let mut nodes = Vec::with_capacity(who.len());
        for who in who {
            let node = ProcessNode::init(folder.path(), *who, store).await?;
            node.configure(&quick_settings(folder.path()))?;
            nodes.push(node);
        }
        let federation = Self { nodes, folder };
        for giver in &federation.nodes {
            for taker in federation.nodes.iter().filter(|node| node.who.id != giver.who.id) {
                introduce(giver, taker).await?;
            }
        }
        Ok(federation)
    }

    /// [`Federation::new`], all nodes serving and ready.
    pub async fn started(store: &Store, who: &[Who]) -> anyhow::Result<Self> {
        let mut federation = Self::new(store, who).await?;
        federation.start().await?;
        Ok(federation)
    }

    /// Starts every node, all at once.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        for node in &mut self.nodes {
            node.launch()?;
        }
        for node in &mut self.nodes {
            node.wait_for("/readyz").await?;
        }
        Ok(())
    }

    /// The nodes.
    #[must_use]
    pub fn nodes(&self) -> &[ProcessNode] {
        &self.nodes
    }

    /// The nodes' common folder: hosts file, logs, a folder each.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Replaces the hosts file that all nodes read: names of one's own beside the usual ones.
    pub fn name_hosts(&self, more: &[(&str, &str)]) -> anyhow::Result<()> {
        Ok(fs::write(self.folder().join("hosts"), hosts_file(more))?)
    }

    /// Waits until every node shows the same heads of all logs, and gives them.
    pub async fn until_heads_equal(&self, deadline: Duration) -> anyhow::Result<Value> {
        let (heads, _) = until("all nodes show the same heads", deadline, async || {
            let mut all = Vec::with_capacity(self.nodes.len());
            for node in &self.nodes {
                all.push(node.cli.json(&["log", "head"]).await?);
            }
            let first = all.first().cloned().context("a federation has nodes")?;
            Ok(all.iter().all(|heads| *heads == first).then_some(first))
        })
        .await?;
        Ok(heads)
    }

    /// `log verify` passes at every node.
    pub async fn verify_logs(&self) -> anyhow::Result<()> {
        for node in &self.nodes {
            let verified = node.cli.json(&["log", "verify"]).await?;
            anyhow::ensure!(verified["ok"] == true, "{}: log verify: {verified}", node.who.id);
        }
        Ok(())
    }
}

impl Index<usize> for Federation {
    type Output = ProcessNode;

    fn index(&self, place: usize) -> &ProcessNode {
        &self.nodes[place]
    }
}

impl IndexMut<usize> for Federation {
    fn index_mut(&mut self, place: usize) -> &mut ProcessNode {
        &mut self.nodes[place]
    }
}

/// Gives one node's card to another, its fingerprint with it.
pub async fn introduce(giver: &ProcessNode, taker: &ProcessNode) -> anyhow::Result<()> {
    let shown = giver.cli.json(&["identity", "card"]).await?;
    let text = |key: &str| shown[key].as_str().with_context(|| format!("identity card shows its {key}"));
    taker.cli.json_of(&["peer", "add", "-", "--fingerprint", text("fingerprint")?], Some(text("card")?)).await?;
    Ok(())
}

/// The fixtures' location data, and short waits: tests look at the effects after them.
fn quick_settings(folder: &Path) -> Vec<(&'static str, &'static str, toml::Value)> {
    let path = |path: &Path| toml::Value::from(path.to_string_lossy().into_owned());
    vec![
        ("geolocation", "hosts_file", path(&folder.join("hosts"))),
        ("geolocation", "country_database", path(&location_data("documentation.mmdb"))),
        ("geolocation", "network_database", path(&location_data("network.mmdb"))),
        ("exchange", "hello_seconds", 1.into()),
        ("exchange", "poll_silence_seconds", 1.into()),
        ("exchange", "retry_maximum_seconds", 1.into()),
        ("public", "requests_per_minute_per_address", 10_000.into()),
        ("log", "level", "hotline_node=debug,info".into()),
    ]
}
