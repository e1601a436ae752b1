//! Two nodes that know each other, and where they keep their data.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use hotline_tests::service::postgres::PostgresCluster;
use tempfile::TempDir;

use crate::node::Node;
use crate::{Store, rows};

/// Everything that one measurement needs; gone when dropped.
pub(crate) struct Bench {
    /// The node that takes the reports in.
    pub(crate) a: Node,
    /// The node that they are offered to.
    pub(crate) b: Node,
    // Nodes are dropped first, then their databases and folders: fields are dropped in this order.
    cluster: Option<PostgresCluster>,
    folder: TempDir,
}

impl Bench {
    /// Makes both nodes and lets them know each other. Nothing serves yet.
    pub(crate) fn make(store: Store) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("hotline-bench-").tempdir()?;
        let cluster = match store {
            Store::Sqlite => None,
            Store::Postgres => Some(PostgresCluster::start().context("without a server nothing can be measured")?),
        };
        let database = |name: &str| cluster.as_ref().map(|cluster| cluster.create_database(name));
        let hosts = folder.path().join("hosts");
        fs::write(&hosts, rows::hosts_file())?;
        let a = Node::make(folder.path(), "fr-bench", "FR", database("a").as_deref(), &hosts)?;
        let b = Node::make(folder.path(), "nl-bench", "NL", database("b").as_deref(), &hosts)?;
        a.add_peer(&b.card()?)?;
        b.add_peer(&a.card()?)?;
        Ok(Self { a, b, cluster, folder })
    }

    /// A file in the folder of the measurement.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of a new, empty database of the kind that the nodes use.
    pub(crate) fn new_database(&self, name: &str) -> String {
        match &self.cluster {
            Some(cluster) => cluster.create_database(name),
            None => format!("sqlite://{}?mode=rwc", self.file(&format!("{name}.sqlite")).display()),
        }
    }

    /// Stops both nodes in order.
    pub(crate) fn stop_nodes(&mut self) -> Result<()> {
        self.a.stop()?;
        self.b.stop()
    }
}
