//! This end of the bare loop: hash, make durable, send, and wait for the answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hotline_node::config::Config;
use hotline_node::context::Context;
use hotline_node::trust::handshake::client_config;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::store::{Store, batch_hash};
use super::wire::{credentials, write_batch};
use super::{BATCH_RECORDS, WINDOW};

/// Sends all records to the receiver on `port`; gives the time from the first hash to the last answer.
pub(super) async fn send(
    config: &Config,
    context: &Context,
    database: &str,
    port: u16,
    records: Vec<Vec<u8>>,
) -> Result<Duration> {
    let mut store = Store::make(database).await?;
    let (identity, directory) = credentials(config, context).await?;
    let tls = TlsConnector::from(Arc::new(client_config(identity.shown, directory, "nl-bench".parse()?)?));
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let (mut answers, mut requests) = tokio::io::split(tls.connect("127.0.0.1".try_into()?, stream).await?);

    let window = Arc::new(Semaphore::new(WINDOW));
    let (durable, mut to_send) = mpsc::channel::<Vec<Vec<u8>>>(WINDOW);
    let (sent, mut to_answer) = mpsc::unbounded_channel();
    let begin = Instant::now();
    let mut tasks: JoinSet<Result<()>> = JoinSet::new();
    tasks.spawn(async move {
        let mut records = records.into_iter();
        loop {
            let batch: Vec<_> = records.by_ref().take(BATCH_RECORDS).collect();
            let is_last = batch.is_empty();
            if !is_last {
                sent.send(batch_hash(&batch))?;
                store.insert(&batch).await?;
            }
            durable.send(batch).await?;
            if is_last {
                return Ok(());
            }
        }
    });
    let free = Arc::clone(&window);
    tasks.spawn(async move {
        while let Some(batch) = to_send.recv().await {
            free.acquire().await?.forget();
            write_batch(&mut requests, &batch).await?;
        }
        Ok(())
    });
    tasks.spawn(async move {
        while let Some(expected) = to_answer.recv().await {
            let mut answer = [0; 32];
            answers.read_exact(&mut answer).await?;
            ensure!(answer == expected, "the receiver has other bytes");
            window.add_permits(1);
        }
        Ok(())
    });
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(begin.elapsed())
}
