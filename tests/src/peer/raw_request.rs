//! A request that sends its path over the wire as written: clients tidy paths that a test needs untidied.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::outsider::tls_of;

/// An answer is there long before.
const ANSWER: Duration = Duration::from_secs(30);

/// Status and body of the answer to `GET` of this very path, with these header lines.
pub async fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> anyhow::Result<(u16, String)> {
    let mut tls = tls_of(&rustls::version::TLS13, None)?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::IpAddress(address.ip().into());
    let mut stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await?;
    // In version 1.0 the body ends with the connection.
    let mut request = format!("GET {path} HTTP/1.0\r\nhost: {address}\r\n");
    for (name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut said = Vec::new();
    let read = stream.read_to_end(&mut said);
    // A node that closes the connection need not take leave of TLS.
    let _ = tokio::time::timeout(ANSWER, read).await.context("the connection is still open")?;
    let said = String::from_utf8_lossy(&said);
    let (head, body) = said.split_once("\r\n\r\n").with_context(|| format!("{path} has an answer, it is {said:?}"))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.with_context(|| format!("an answer has a status, it is {head}"))?, body.to_owned()))
}
