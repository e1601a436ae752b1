//! One round on one channel: what is due is read, sent, and noted.

use std::time::Duration;

use super::sender::{Outcome, Sender};
use crate::access::telling::{list_open_with_tries, note_try, to_tell};
use crate::context::Context;
use crate::shutdown::Stop;
use crate::storage::StorageError;

/// Tells on the sender's channel what is due; `repeat` lies between two messages about an alert that were taken.
pub async fn tell_due(context: &Context, sender: &Sender, repeat: Duration, stop: &Stop) -> Result<(), StorageError> {
    let channel = sender.channel();
    let open = list_open_with_tries(&context.database, channel).await?;
    // Also what is noted has this time: however long the other side takes, it counts from when it was told.
    let now = context.now_micros();
    let alerts = to_tell(open, now, repeat);
    if alerts.is_empty() {
        return Ok(());
    }
    let outcome = tokio::select! {
        outcome = sender.send(context, &alerts) => outcome,
        () = stop.stopped() => return Ok(()),
    };
    let Outcome { taken, failed, fault } = outcome;
    let write = context.database.write("note_alerts_told").await?;
    note_try(&write, channel, &taken, now, true).await?;
    note_try(&write, channel, &failed, now, false).await?;
    write.commit().await?;
    let (channel, taken, failed) = (channel.name(), taken.len(), failed.len());
    match fault {
        None => tracing::info!(channel, taken, "alerts were sent"),
        Some(fault) => {
            tracing::warn!(channel, taken, failed, %fault, "alerts were not taken by everybody; try: alert test");
        }
    }
    Ok(())
}
