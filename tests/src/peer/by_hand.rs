//! A peer with a node that does not serve: its calls and its answers, made by hand with its keys.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hotline_protocol::log::Cursor;
use rustls_pki_types::ServerName;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use super::outsider::{Shown, tls_of};

/// A node calls a peer again within this time.
const SOON: Duration = Duration::from_secs(20);

/// A long poll of the node in `folder` that waits for the next entry after `after` of the log `id` at its author.
pub async fn long_poll_as(
    folder: &Path,
    address: SocketAddr,
    id: &str,
    after: &Cursor,
) -> anyhow::Result<client::TlsStream<TcpStream>> {
    let shown = Shown::of_folder(folder)?;
    let connector = TlsConnector::from(Arc::new(tls_of(&rustls::version::TLS13, Some(shown))?));
    let stream = TcpStream::connect(address).await?;
    let mut stream = connector.connect(ServerName::try_from("localhost")?, stream).await?;
    let place = format!("ep={}&after={}&hash={}", after.epoch, after.seq, after.hash);
    let request = format!("GET /hxp/v1/logs/{id}/runs?{place}&wait=25 HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    Ok(stream)
}

/// Answers the next call in the place of the node in `folder`.
pub async fn take_call_as(folder: &Path, listener: &TcpListener) -> anyhow::Result<server::TlsStream<TcpStream>> {
    let Shown { certificate, key } = Shown::of_folder(folder)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    let (stream, _) = timeout(SOON, listener.accept()).await.context("nobody calls")??;
    Ok(TlsAcceptor::from(Arc::new(config)).accept(stream).await?)
}
