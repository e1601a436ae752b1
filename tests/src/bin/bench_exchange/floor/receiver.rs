//! The other end of the bare loop, a process of its own: hash, make durable, answer.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use hotline_node::trust::handshake::server_config;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::WINDOW;
use super::store::{Store, batch_hash};
use super::wire::{credentials, read_batch};

/// Where this variable is set, the program is the receiver; its arguments are B's configuration and a database.
pub(crate) const BECOME_RECEIVER: &str = "HOTLINE_BECOME_FLOOR_RECEIVER";

/// Prints its port, takes one connection, and ends with it.
pub(crate) async fn receive() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let config = PathBuf::from(arguments.next().context("no configuration")?);
    let mut store = Store::make(&arguments.next().context("no database")?).await?;
    let (config, context) = hotline_node::cli::open(&config).await?;
    let (identity, directory) = credentials(&config, &context).await?;
    let tls = TlsAcceptor::from(Arc::new(server_config(identity.shown, directory)?));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());

    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    let (mut requests, mut answers) = tokio::io::split(tls.accept(stream).await?);
    let (read, mut to_store) = mpsc::channel(WINDOW);
    let mut tasks: JoinSet<Result<()>> = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let batch = read_batch(&mut requests).await?;
            if batch.is_empty() {
                return Ok(());
            }
            read.send(batch).await?;
        }
    });
    tasks.spawn(async move {
        while let Some(batch) = to_store.recv().await {
            let hash = batch_hash(&batch);
            store.insert(&batch).await?;
            answers.write_all(&hash).await?;
            answers.flush().await?;
        }
        Ok(())
    });
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}
