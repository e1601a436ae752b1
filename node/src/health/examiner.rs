//! The list of a node that serves: supervisors ask for it every few seconds, so slowly changing findings are
//! remembered.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::check::{Check, CheckName, Status, worse_of_both};
use super::examine::{House, examine_closely, examine_files, examine_network, examine_node};
use crate::context::Context;

/// Files change seldom, and to read all of them costs some milliseconds.
const FILES_AGE: Duration = Duration::from_secs(2);

/// The findings.
#[derive(Debug, Clone)]
pub struct Findings {
    /// Every check.
    pub checks: Vec<Check>,
    /// Whether every check could be made: else a missing one says nothing.
    pub is_complete: bool,
}

/// Looks, and remembers its findings.
#[derive(Debug, Default)]
pub struct Examiner {
    files: Mutex<Option<(Instant, Vec<Check>)>>,
    closely: Mutex<Vec<Check>>,
}

impl Examiner {
    /// Every check as it is now; those of files as they were at most two seconds ago, those that read the whole
    /// database as [`Examiner::look_closely`] found them last.
    pub async fn examine(&self, house: &House<'_>, context: &Context) -> Findings {
        let mut checks = self.files(house);
        let of_node = examine_node(house, context).await;
        let is_complete = of_node.iter().any(|check| matches!(check.check, CheckName::Peer | CheckName::Peers));
        checks.extend(of_node);
        checks.extend(examine_network(house).await);
        let checks = worse_of_both(checks, lock(&self.closely).clone());
        Findings { checks, is_complete }
    }

    /// Reads the whole database, and remembers the findings.
    pub async fn look_closely(&self, context: &Context) {
        let found = examine_closely(context).await;
        for check in found.iter().filter(|check| check.status != Status::Ok) {
            tracing::error!(check = check.check.code(), "{}", check.text);
        }
        *lock(&self.closely) = found;
    }

    fn files(&self, house: &House<'_>) -> Vec<Check> {
        let mut files = lock(&self.files);
        match &*files {
            Some((at, checks)) if at.elapsed() < FILES_AGE => checks.clone(),
            _ => {
                let checks = examine_files(house);
                *files = Some((Instant::now(), checks.clone()));
                checks
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
