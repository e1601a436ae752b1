//! Whether the database takes what is written, and lines of the log for what fails again and again.

use std::collections::BTreeMap;

use super::node::Shared;
use crate::health::{Check, CheckName};
use crate::storage::Trouble;

/// Where the last write failed, writes a little, so that the end of the trouble is seen; and notes how it stands. Who was
/// sent away meanwhile is called when it is over: `ended` counts what was over already.
pub(super) async fn watch_writing(shared: &Shared, ended: &mut u64) {
    let database = &shared.hub.context.database;
    // Whether it fails again, the trouble tells.
    let _ = database.retry_write().await;
    let fault = database.trouble().map(Trouble::sentence);
    let advice = "put this right: nothing is lost, but nothing is taken in meanwhile";
    let check = fault.as_ref().map(|fault| Check::stop(CheckName::Database, fault.as_str(), advice));
    if shared.troubles.set(CheckName::Database, check) {
        if let Some(fault) = fault {
            tracing::error!(%fault, "the database takes nothing; the node is not ready");
        } else {
            tracing::info!("the database takes what is written again");
        }
    }
    let now_ended = database.troubles_ended();
    if std::mem::replace(ended, now_ended) != now_ended {
        shared.hub.links.greet_all();
    }
}

/// Lines of the log for what fails again and again: one when it begins or changes, one when it is over.
#[derive(Default)]
pub(super) struct OncePerFault(BTreeMap<&'static str, String>);

impl OncePerFault {
    /// Says it, where it is new.
    pub(super) fn say(&mut self, what: &'static str, fault: Option<String>) {
        match (fault, self.0.get(what)) {
            (Some(fault), Some(said)) if fault == *said => {}
            (Some(fault), _) => {
                tracing::warn!(%fault, "{what}");
                self.0.insert(what, fault);
            }
            (None, Some(_)) => {
                tracing::info!("over: {what}");
                self.0.remove(what);
            }
            (None, None) => {}
        }
    }
}
