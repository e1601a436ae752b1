//! A whole file: its rows in batches.

use std::io::{self, BufRead};

use thiserror::Error;

use super::csv::{ImportReader, NotRead, RowRefused, Scope};
use super::import::{ImportResult, import_rows};
use crate::context::Context;
use crate::report::ReportError;
use crate::routing::Placer;

/// Rows in one transaction: others write in between, and what is taken is taken if the import is cut off.
const BATCH_ROWS: usize = 2_000;

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
    loop {
        let mut rows = Vec::with_capacity(BATCH_ROWS);
        for row in reader.by_ref().take(BATCH_ROWS) {
            match row {
                Ok(row) => rows.push(row),
                Err(RowRefused::Faulty(faults)) => {
                    result.rows += 1;
                    result.faulty.extend(faults);
                }
                Err(RowRefused::Unreadable(cause)) => return Err(cause.into()),
            }
        }
        // A batch of nothing but faulty rows is empty too, and the file may go on.
        if rows.is_empty() && reader.has_ended() {
            return Ok(());
        }
        import_rows(context, placer, rows, result).await?;
    }
}
