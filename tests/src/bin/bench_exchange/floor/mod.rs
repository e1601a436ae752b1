//! The bare loop: the cost of moving the same bytes on this machine, with nothing of a node around it.
//!
//! This process hashes each record, makes a batch durable and sends it over the nodes' own TLS; another process hashes,
//! makes durable and answers with the hash over the hashes. Up to [`WINDOW`] batches are under way. Nothing is parsed,
//! signed, sealed, indexed or folded.

mod receiver;
mod sender;
mod store;
mod wire;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use hotline_node::context::Context;
pub(crate) use receiver::{BECOME_RECEIVER, receive};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::setup::Bench;

/// Records that are made durable, sent and answered together.
const BATCH_RECORDS: usize = 1_000;
/// Batches under way.
const WINDOW: usize = 4;

/// Records a second, both ends durable. Both nodes must have stopped.
pub(crate) async fn measure(bench: &Bench, reports: u32) -> Result<f64> {
    let (config, context) = bench.a.open().await?;
    let records = records(&context, reports).await?;
    let mut command = Command::new("/proc/self/exe");
    command.env(BECOME_RECEIVER, "1").arg(bench.b.config()).arg(bench.new_database("floor_b"));
    let mut receiver = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(receiver.stdout.take().context("its output is a pipe")?).read_line(&mut line)?;
    let port = line.trim().parse().context("the receiver did not start")?;
    let database = bench.new_database("floor_a");
    let time = sender::send(&config, &context, &database, port, records).await?;
    ensure!(receiver.wait()?.success(), "the receiver failed");
    Ok(f64::from(reports) / time.as_secs_f64())
}

/// The bytes that A's log holds of each report: the header and the sealed body.
async fn records(context: &Context, reports: u32) -> Result<Vec<Vec<u8>>> {
    let connection = context.database.read();
    let sql = match connection.get_database_backend() {
        DbBackend::Postgres => "SELECT header, body FROM entry WHERE log = $1 ORDER BY epoch, seq LIMIT $2",
        _ => "SELECT header, body FROM entry WHERE log = ? ORDER BY epoch, seq LIMIT ?",
    };
    let values = [context.own.as_str().into(), i64::from(reports).into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let rows = connection.query_all_raw(statement).await?;
    let record = |row: sea_orm::QueryResult| -> Result<Vec<u8>> {
        let (header, body): (String, Vec<u8>) = row.try_get_many_by_index()?;
        Ok([header.as_bytes(), &body].concat())
    };
    let records = rows.into_iter().map(record).collect::<Result<Vec<_>>>()?;
    ensure!(records.len() == reports as usize, "A's log holds {} of {reports} reports", records.len());
    Ok(records)
}
