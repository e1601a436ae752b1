//! The end of a connection after a refused handshake.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// So long the other side may take to read why it is refused …
const PATIENCE: Duration = Duration::from_secs(1);
/// … and so many bytes that it sent meanwhile are read from it.
const MOST: u64 = 64 * 1_024;

/// Closes our side and waits until the other has closed its own. A client may ask as soon as its half of the handshake is
/// done: where that lies unread when the connection is closed, the system resets it, and the client fails to write before it
/// has read the alert that says why.
pub(super) async fn let_it_be_read(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let said = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream.take(MOST), &mut tokio::io::sink()).await
    };
    // It is refused in any case.
    let _ = tokio::time::timeout(PATIENCE, said).await;
}
