//! A whole file: its rows in batches.

use std::io::{self, BufRead};

use thiserror::Error;
use tokio::sync::mpsc;

use super::csv::Fault;
use super::csv::file::{ImportReader, NotRead, ReadAs, Reading, RowRefused};
use super::csv::row::ImportRow;
use super::import::{ImportResult, PreparedRows, prepare_rows, record_rows};
use crate::context::Context;
use crate::report::ReportError;
use crate::routing::Locator;

/// Rows in one transaction: others write in between, and rows already taken stay taken if the import is cut off.
pub const BATCH_ROWS: usize = 2_000;
/// Rows that are read at once.
const PART_ROWS: usize = 500;
/// Bytes of rows read at once, regardless of the number of rows: some ten times as many are in memory in all.
const PART_BYTES: usize = 1_024 * 1_024;
/// Parts that are read before they are asked for.
const PARTS_AHEAD: usize = 4;

/// The reason why an import stopped; rows taken before stay taken.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file's.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Ours.
    #[error(transparent)]
    Report(#[from] ReportError),
}

/// Rows that were read together.
#[derive(Default)]
struct Part {
    rows: Vec<ImportRow>,
    /// The faults of each row that could not be read.
    faulty: Vec<Vec<Fault>>,
    /// How the file was read so far.
    read: ReadAs,
    /// The file ends with it. Without such a part the reader died, and the missing rows must not pass for the end.
    is_last: bool,
}

/// Takes the rows of a file, each once. A faulty header line is a fault like any other: then no row was read. `result`
/// tells the work done, also where the import stopped on the way.
pub async fn import_file(
    context: &Context,
    locator: &Locator,
    input: impl BufRead + Send + 'static,
    reading: Reading,
    result: &mut ImportResult,
) -> Result<(), ImportError> {
    let reader = match ImportReader::open(input, reading) {
        Ok(reader) => reader,
        Err(NotRead::Header(faults)) => {
            result.faulty.extend(faults);
            return Ok(());
        }
        Err(NotRead::Unreadable(cause)) => return Err(cause.into()),
    };
    result.read = reader.read_as();
    // The file is read by a thread of its own, as it may be slow; while one batch is written, the next is prepared.
    let (sender, receiver) = mpsc::channel(PARTS_AHEAD);
    let mut parts = Parts { receiver, ended: false };
    // Nobody waits for that thread's end: a pipe may never end, and an import that stops must.
    std::thread::spawn(move || read_parts(reader, &sender));
    let mut prepared = PreparedRows::default();
    prepared.note_read(result.read);
    loop {
        let (recorded, next) = tokio::join!(record_rows(context, prepared), next_batch(context, locator, &mut parts));
        result.add(recorded?);
        prepared = match next? {
            Some(next) => next,
            None => return Ok(()),
        };
    }
}

/// The parts that are read, in their order.
struct Parts {
    receiver: mpsc::Receiver<io::Result<Part>>,
    ended: bool,
}

impl Parts {
    /// The next part; `None` after the last one.
    async fn next(&mut self) -> io::Result<Option<Part>> {
        if self.ended {
            return Ok(None);
        }
        let unread = || Err(io::Error::other("it was not read to its end"));
        let part = self.receiver.recv().await.unwrap_or_else(unread)?;
        self.ended = part.is_last;
        Ok(Some(part))
    }
}

/// Reads a file to its end, or until nobody listens any more.
fn read_parts(mut reader: ImportReader<impl BufRead>, parts: &mpsc::Sender<io::Result<Part>>) {
    // A part of nothing but faulty rows has no rows, and the file may go on.
    while !reader.has_ended() {
        let mut part = Part::default();
        let mut bytes = 0;
        while bytes < PART_BYTES && part.rows.len() + part.faulty.len() < PART_ROWS {
            let Some(row) = reader.next() else { break };
            match row {
                Ok(row) => {
                    bytes += row.size;
                    part.rows.push(row);
                }
                Err(RowRefused::Faulty(faults)) => part.faulty.push(faults),
                Err(RowRefused::Unreadable(cause)) => {
                    let _ = parts.blocking_send(Ok(part)).and_then(|()| parts.blocking_send(Err(cause)));
                    return;
                }
            }
        }
        part.is_last = reader.has_ended();
        part.read = reader.read_as();
        if parts.blocking_send(Ok(part)).is_err() {
            return;
        }
    }
}

/// Prepares a batch; `None` where nothing was left to read. Its parts are read before any host is asked for: so each
/// host is asked for once in a batch, and slow ones are waited for together.
async fn next_batch(
    context: &Context,
    locator: &Locator,
    parts: &mut Parts,
) -> Result<Option<PreparedRows>, ImportError> {
    let (mut rows, mut faulty, mut read, mut read_as) = (Vec::new(), Vec::new(), 0, ReadAs::default());
    while read < BATCH_ROWS / PART_ROWS
        && let Some(part) = parts.next().await?
    {
        rows.extend(part.rows);
        faulty.extend(part.faulty);
        read += 1;
        read_as = part.read;
    }
    if read == 0 {
        return Ok(None);
    }
    let mut batch = PreparedRows::default();
    for faults in faulty {
        batch.note_faulty(faults);
    }
    batch.add(prepare_rows(context, locator, rows).await?);
    batch.note_read(read_as);
    Ok(Some(batch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::csv::file::Scope;

    #[test]
    fn few_long_rows_are_a_part_as_many_short_ones_are_and_none_is_lost() {
        let memo = "m".repeat(8_000);
        for (memo, most) in [("", PART_ROWS), (memo.as_str(), PART_BYTES / memo.len() + 1)] {
            let row = |number| format!("R-{number},2026-01-02T03:04:05Z,https://a.example/{number},{memo}\n");
            let rows: String = (0..1_200).map(row).collect();
            let file = format!("reference,received_at,url,memo\n{rows}");
            let reader = ImportReader::open(
                io::Cursor::new(file.into_bytes()),
                Reading::new(Scope::Present, chrono::DateTime::UNIX_EPOCH + chrono::Days::new(30_000)),
            )
            .expect("a header");
            let (sender, mut parts) = mpsc::channel(1_200);
            read_parts(reader, &sender);
            drop(sender);
            let mut read = Vec::new();
            while let Some(part) = parts.blocking_recv() {
                let part = part.expect("readable");
                assert!(part.rows.len() <= most, "{} rows", part.rows.len());
                read.extend(part.rows.into_iter().map(|row| row.reference));
                assert_eq!(part.is_last, parts.is_empty());
            }
            assert_eq!(read, (0..1_200).map(|number| format!("R-{number}")).collect::<Vec<_>>());
        }
    }
}
