//! A verified run at work: one transaction for its headers, their effects, and the cursor.

use hotline_protocol::log::{Cursor, VerifiedRun};

use crate::context::Context;
use crate::exchange::log::{self, LogError};
use crate::report::Concerned;

/// Applies a run to the log it belongs to. Gives the durable cursor, and how many entries were new.
pub async fn apply_run(context: &Context, run: VerifiedRun) -> Result<(Cursor, usize), LogError> {
    let write = context.database.write("apply_run").await?;
    let continuation = log::continue_with(context, &write, &run).await?;
    let new = continuation.new;
    if new.is_empty() {
        let head = log::head(&*write, &continuation.log).await?;
        if !continuation.bodies.is_empty() {
            write.commit().await?;
        }
        return Ok((head, 0));
    }
    let concerned = Concerned::find(context, &write, &new).await?;
    log::insert_run_entries(context, &write, &new, &concerned.keys_of(&new)).await?;
    let effects = concerned.fold_and_save(context, &write, &new).await?;
    log::insert_wants(&*write, &effects.wanted, context.now_micros()).await?;
    log::open_to_readers(&*write, &effects.opened).await?;
    log::advance(context, &write, &run).await?;
    write.commit().await?;
    Ok((run.head(), new.len()))
}
