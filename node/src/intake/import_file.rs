//! A whole file: its rows in batches.

use std::io::{self, BufRead};

use thiserror::Error;

use super::csv::{ImportReader, NotRead, RowRefused, Scope};
use super::import::{ImportResult, PreparedRows, prepare_rows, record_rows};
use crate::context::Context;
use crate::report::ReportError;
use crate::routing::Placer;

/// Rows in one transaction: others write in between, and what is taken is taken if the import is cut off.
const BATCH_ROWS: usize = 2_000;
/// Rows that are prepared at once.
const PART_ROWS: usize = 125;

/// Why an import stopped; what was taken before is taken.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file's.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Ours.
    #[error(transparent)]
    Report(#[from] ReportError),
}

/// Takes the rows of a file, each once. A faulty header line is a fault like any other: then no row was read. `result`
/// tells what was done, also where the import stopped on the way.
pub async fn import_file(
    context: &Context,
    placer: &Placer,
    input: impl BufRead,
    scope: Scope,
    result: &mut ImportResult,
) -> Result<(), ImportError> {
    let mut reader = match ImportReader::open(input, scope) {
        Ok(reader) => reader,
        Err(NotRead::Header(faults)) => {
            result.faulty.extend(faults);
            return Ok(());
        }
        Err(NotRead::Unreadable(cause)) => return Err(cause.into()),
    };
    // While one batch is written, the next is read and prepared.
    let mut prepared = PreparedRows::default();
    loop {
        let (recorded, next) = tokio::join!(record_rows(context, prepared), next_batch(context, placer, &mut reader));
        result.add(recorded?);
        prepared = next?;
        if prepared.is_empty() && reader.has_ended() {
            result.add(record_rows(context, prepared).await?);
            return Ok(());
        }
    }
}

/// Reads and prepares a batch, a part at a time: in between, the batch before it is written.
async fn next_batch(
    context: &Context,
    placer: &Placer,
    reader: &mut ImportReader<impl BufRead>,
) -> Result<PreparedRows, ImportError> {
    let mut batch = PreparedRows::default();
    for _ in 0..BATCH_ROWS / PART_ROWS {
        let mut rows = Vec::with_capacity(PART_ROWS);
        for row in reader.by_ref().take(PART_ROWS) {
            match row {
                Ok(row) => rows.push(row),
                Err(RowRefused::Faulty(faults)) => batch.note_faulty(faults),
                Err(RowRefused::Unreadable(cause)) => return Err(cause.into()),
            }
        }
        batch.add(prepare_rows(context, placer, rows).await?);
        tokio::task::yield_now().await;
    }
    Ok(batch)
}
