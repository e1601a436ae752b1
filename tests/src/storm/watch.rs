//! What the honest nodes' processes take: memory, open handles, disk; and what their logs say of faults.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::interval;

use super::weather::HONEST;
use crate::federation::Federation;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// What a node took.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Taken {
    /// Whose.
    pub(super) node: &'static str,
    /// Most resident memory, in MiB.
    pub(super) rss_peak_mib: u64,
    /// Most open files and connections.
    pub(super) handles_peak: usize,
    /// What its folder grew by, in MiB.
    pub(super) disk_mib: u64,
    /// Lines of its log about a fault of its own.
    pub(super) error_lines: usize,
    /// Panics among them.
    pub(super) panics: usize,
}

/// Looks until it is ended.
pub(super) struct Watch {
    federation: Arc<Federation>,
    taken: Arc<Mutex<Vec<Taken>>>,
    before: Vec<u64>,
    looking: JoinSet<()>,
}

impl Watch {
    pub(super) fn begin(federation: &Arc<Federation>) -> Self {
        let nodes = &federation.nodes()[..HONEST];
        let begin = nodes.iter().map(|node| Taken { node: node.who.id, ..Taken::default() }).collect();
        let (taken, before) =
            (Arc::new(Mutex::new(begin)), nodes.iter().map(|node| bytes_under(node.folder())).collect());
        let mut looking = JoinSet::new();
        looking.spawn(look(Arc::clone(federation), Arc::clone(&taken)));
        Self { federation: Arc::clone(federation), taken, before, looking }
    }

    pub(super) async fn end(mut self) -> Vec<Taken> {
        self.looking.shutdown().await;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for ((taken, node), before) in taken.iter_mut().zip(self.federation.nodes()).zip(self.before) {
            taken.disk_mib = bytes_under(node.folder()).saturating_sub(before) / (1_024 * 1_024);
            let log = node.log().unwrap_or_default();
            taken.error_lines = log.lines().filter(|line| line.contains(" ERROR ")).count();
            taken.panics = log.matches("panicked at").count();
        }
        taken
    }
}

async fn look(federation: Arc<Federation>, taken: Arc<Mutex<Vec<Taken>>>) {
    let mut pause = interval(PAUSE);
    loop {
        pause.tick().await;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        for (taken, node) in taken.iter_mut().zip(federation.nodes()) {
            taken.rss_peak_mib = taken.rss_peak_mib.max(node.resident_kib().unwrap_or(0) / 1_024);
            taken.handles_peak = taken.handles_peak.max(node.handles().unwrap_or(0));
        }
    }
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
