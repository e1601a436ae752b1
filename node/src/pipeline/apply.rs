//! A verified run at work: one transaction for its headers, their effects, and the cursor.

use hotline_protocol::log::{Cursor, VerifiedRun};

use crate::access::alert;
use crate::context::Context;
use crate::exchange::log::{self, LogError};
use crate::report::{Concerned, Standstill, write_receipts};
use crate::storage::{StorageError, Write};

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
    write_receipts(context, &write, effects.receipts).await?;
    for standstill in &effects.standstills {
        call_for(context, &write, standstill).await?;
    }
    write.commit().await?;
    Ok((run.head(), new.len()))
}

/// Calls a person. What is asked for is the author's own text, which might hold anything: it is not repeated.
async fn call_for(context: &Context, write: &Write<'_>, standstill: &Standstill) -> Result<(), StorageError> {
    let Standstill { report, author } = standstill;
    let text = format!(
        "{report} stands still here, because {author} asks for what this version does not understand; upgrade this \
         node, and ask that hotline what it needs meanwhile"
    );
    alert::raise(write, &context.clock, "report_stands_still", &report.to_string(), &text).await?;
    Ok(())
}

#[cfg(test)]
#[path = "apply_tests.rs"]
mod tests;
