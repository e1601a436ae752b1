//! Whether the database takes writes.

use crate::health::{Check, CheckName};
use crate::server::shared::Shared;
use crate::storage::Trouble;

/// Where the last write failed, writes a little, so that the end of the trouble is seen; and notes how it stands. When
/// the trouble is over, calls the peers that were sent away meanwhile: `ended` is the number of troubles already over.
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
