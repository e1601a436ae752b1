//! How batches go over the connection: a count, then each record behind its length; the answer is a hash.

use std::sync::Arc;

use anyhow::Result;
use hotline_node::config::Config;
use hotline_node::context::Context;
use hotline_node::trust::handshake::PeerDirectory;
use hotline_node::trust::own::Identity;
use hotline_node::trust::peer::{certificates, peers};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// A node's own certificate, and the peers that it trusts.
pub(super) async fn credentials(config: &Config, context: &Context) -> Result<(Identity, Arc<PeerDirectory>)> {
    let identity = Identity::load(&config.keys, &context.own)?;
    let directory = PeerDirectory::new(context.clock.clone());
    let connection = context.database.read();
    directory.replace(peers(connection).await?, &certificates(connection).await?);
    Ok((identity, Arc::new(directory)))
}

/// Writes one batch and lets it go.
pub(super) async fn write_batch(stream: &mut (impl AsyncWrite + Unpin), records: &[Vec<u8>]) -> Result<()> {
    let length = |length: usize| u32::try_from(length).map(u32::to_be_bytes);
    let mut frame = Vec::with_capacity(4 + records.iter().map(|record| 4 + record.len()).sum::<usize>());
    frame.extend(length(records.len())?);
    for record in records {
        frame.extend(length(record.len())?);
        frame.extend_from_slice(record);
    }
    stream.write_all(&frame).await?;
    Ok(stream.flush().await?)
}

/// Reads one batch; an empty one is the last.
pub(super) async fn read_batch(stream: &mut (impl AsyncRead + Unpin)) -> Result<Vec<Vec<u8>>> {
    let count = stream.read_u32().await?;
    let mut records = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let mut record = vec![0; stream.read_u32().await? as usize];
        stream.read_exact(&mut record).await?;
        records.push(record);
    }
    Ok(records)
}
