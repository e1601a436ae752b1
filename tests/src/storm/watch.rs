//! Use of resources by the honest nodes: memory, open handles, disk, and the hostile member's log. Also faults in their
//! logs, and the load of the machine.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::interval;

use super::budget::Today;
use super::role::{HONEST, HOSTILE};
use crate::node::database::Store;
use crate::node::federation::Federation;
use crate::node::node_process::ProcessNode;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// A node's use of resources.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Taken {
    /// Its node.
    pub(super) node: &'static str,
    /// Most resident memory, in MiB.
    pub(super) rss_peak_mib: u64,
    /// Most open files and connections.
    pub(super) handles_peak: usize,
    /// Growth of its folder, its database and its log file, in MiB.
    pub(super) disk_mib: u64,
    /// Of it, its log file, in KiB.
    pub(super) log_kib: u64,
    /// The amount that it took of the hostile member's log today.
    pub(super) today: Today,
    /// Lines of its log about a fault of its own.
    pub(super) error_lines: usize,
    /// Panics among them.
    pub(super) panics: usize,
}

/// How many processes wanted a processor: others use the machine, too.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct Load {
    /// Before the storm.
    pub(super) before: f64,
    /// In its middle.
    pub(super) mean: f64,
    /// At most.
    pub(super) most: f64,
}

/// Looks until it is ended.
pub(super) struct Watch {
    federation: Arc<Federation>,
    store: Store,
    taken: Arc<Mutex<Vec<Taken>>>,
    load: Arc<Mutex<Vec<f64>>>,
    before: Vec<u64>,
    looking: JoinSet<()>,
}

impl Watch {
    pub(super) async fn begin(federation: &Arc<Federation>, store: &Store) -> anyhow::Result<Self> {
        let nodes = &federation.nodes()[..HONEST];
        let begin = nodes.iter().map(|node| Taken { node: node.who.id, ..Taken::default() }).collect();
        let mut before = Vec::with_capacity(HONEST);
        for node in nodes {
            before.push(bytes_on_disk(node, store).await?);
        }
        let (taken, load) = (Arc::new(Mutex::new(begin)), Arc::new(Mutex::new(vec![load_average()])));
        let mut looking = JoinSet::new();
        looking.spawn(look(Arc::clone(federation), Arc::clone(&taken), Arc::clone(&load)));
        Ok(Self { federation: Arc::clone(federation), store: store.clone(), taken, load, before, looking })
    }

    /// Returns each node's use, and the machine's load before and at most.
    pub(super) async fn end(mut self) -> anyhow::Result<(Vec<Taken>, Load)> {
        self.looking.shutdown().await;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for ((taken, node), before) in taken.iter_mut().zip(self.federation.nodes()).zip(self.before) {
            taken.disk_mib = bytes_on_disk(node, &self.store).await?.saturating_sub(before) / (1_024 * 1_024);
            let log = node.log().unwrap_or_default();
            taken.log_kib = log.len() as u64 / 1_024;
            taken.error_lines = log.lines().filter(|line| line.contains(" ERROR ")).count();
            taken.panics = log.matches("panicked at").count();
            let shown = node.cli.json(&["peer", "show", HOSTILE.id]).await?;
            taken.today = serde_json::from_value(shown["today"].clone())?;
        }
        let seen = self.load.lock().unwrap_or_else(PoisonError::into_inner);
        let most = seen.iter().copied().fold(0.0, f64::max);
        let load =
            Load { before: seen[0], mean: seen.iter().sum::<f64>() / f64::from(u32::try_from(seen.len())?), most };
        Ok((taken, load))
    }
}

async fn look(federation: Arc<Federation>, taken: Arc<Mutex<Vec<Taken>>>, load: Arc<Mutex<Vec<f64>>>) {
    let mut pause = interval(PAUSE);
    loop {
        pause.tick().await;
        load.lock().unwrap_or_else(PoisonError::into_inner).push(load_average());
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        for (taken, node) in taken.iter_mut().zip(federation.nodes()) {
            taken.rss_peak_mib = taken.rss_peak_mib.max(node.resident_kib().unwrap_or(0) / 1_024);
            taken.handles_peak = taken.handles_peak.max(node.handles().unwrap_or(0));
        }
    }
}

/// How many processes want a processor, over the last minute.
fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default()
}

/// Its folder, its log file, and its database where that is a server's. The server's own transaction log is shared by
/// all databases and is used again: it does not grow with the kept data.
async fn bytes_on_disk(node: &ProcessNode, store: &Store) -> anyhow::Result<u64> {
    let of_server = match store {
        Store::Sqlite => 0,
        Store::Postgres(_) => {
            let ask = Statement::from_string(DbBackend::Postgres, "SELECT pg_database_size(current_database())");
            let row = node.database(store).await?.query_one_raw(ask).await?.context("a database has a size")?;
            u64::try_from(row.try_get_by_index::<i64>(0)?)?
        }
    };
    Ok(bytes_under(node.folder()) + of_server + node.log()?.len() as u64)
}

fn bytes_under(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => bytes_under(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.map(of).sum()
}
