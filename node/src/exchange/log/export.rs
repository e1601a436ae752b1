//! A log in its wire format, for verification elsewhere.

use hotline_protocol::entry::{BodyLine, Header};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Position, RUN_BYTES_LIMIT, RunWriter};

use super::error::LogError;
use super::repository::{self, EntryToSend};
use crate::context::Context;
use crate::report::{ReportError, open_body};

/// The run of the next stored checkpoint after a place, and where it ends; `None` where none is left in that epoch.
/// Bodies that are here stand in it only `with_bodies`: they hold URLs.
pub async fn export_run(
    context: &Context,
    log: &NodeId,
    after: Position,
    with_bodies: bool,
) -> Result<Option<(String, Position)>, LogError> {
    let connection = context.database.read();
    let checkpoints = repository::checkpoints_after(connection, log, after, 1).await?;
    let Some((last, checkpoint)) = checkpoints.into_iter().next() else { return Ok(None) };
    let mut writer = RunWriter::new(&checkpoint, RUN_BYTES_LIMIT);
    for entry in repository::entries_between(connection, log, after.epoch, after.seq, last).await? {
        let body = if with_bodies { open_stored(context, &entry)? } else { None };
        writer.push(&entry.header, body.as_ref().map(BodyLine::as_str));
    }
    Ok(Some((writer.finish(), Position { epoch: after.epoch, seq: last })))
}

fn open_stored(context: &Context, entry: &EntryToSend) -> Result<Option<BodyLine>, LogError> {
    let Some(sealed) = &entry.body else { return Ok(None) };
    let header = Header::from_storage(&entry.header).map_err(ReportError::from)?;
    Ok(Some(open_body(&context.seal, header.content.body(), sealed)?))
}
