//! The service that answers at a peer's address after a failed call: found out step by step, for a person.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::trust::handshake::{PeerDirectory, client_config};
use crate::trust::own::ShownCertificate;
use crate::trust::peer::Peer;

/// Each step must be done by then.
const PATIENCE: Duration = Duration::from_secs(5);
/// Number of first bytes that identify the protocol of the answering service.
const FIRST_BYTES: usize = 8;

/// How far a call comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The address is no URL with a host.
    NoAddress,
    /// The name in the address leads nowhere.
    NameUnknown,
    /// Nothing listens.
    Refused,
    /// The network gives an error.
    NoRoute,
    /// The network gives no answer.
    NoAnswer,
    /// Something accepts the connection, and ends it before it has said anything.
    HungUp,
    /// Something accepts the connection, and says nothing.
    Silent,
    /// The answering service speaks something else than TLS.
    Plain(Spoken),
    /// The answering service speaks TLS.
    Tls,
}

/// The protocol spoken in place of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    /// HTTP without TLS.
    Http,
    /// SSH.
    Ssh,
    /// Mail (SMTP), or FTP: both greet with 220.
    Mail,
    /// Anything else.
    Other,
}

impl Spoken {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [b'H', b'T', b'T', b'P', ..] => Self::Http,
            [b'S', b'S', b'H', b'-', ..] => Self::Ssh,
            [b'2', b'2', b'0', ..] => Self::Mail,
            _ => Self::Other,
        }
    }
}

/// Calls the peer's address as far as its TLS handshake. Nothing is sent in it.
pub async fn find_way(shown: Arc<ShownCertificate>, directory: Arc<PeerDirectory>, peer: &Peer) -> Way {
    let Ok(tls) = client_config(shown, directory, peer.id.clone()) else { return Way::NoAddress };
    let Some((host, port)) = address(&peer.endpoint) else { return Way::NoAddress };
    let found = match tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host.clone(), port))).await {
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
        _ => return Way::NameUnknown,
    };
    if found.is_empty() {
        return Way::NameUnknown;
    }
    match tokio::time::timeout(PATIENCE, TcpStream::connect(found.as_slice())).await {
        Err(_) => Way::NoAnswer,
        Ok(Err(error)) => match error.kind() {
            io::ErrorKind::ConnectionRefused => Way::Refused,
            io::ErrorKind::TimedOut => Way::NoAnswer,
            _ => Way::NoRoute,
        },
        Ok(Ok(stream)) => speak(stream, tls, host).await,
    }
}

fn address(endpoint: &str) -> Option<(String, u16)> {
    let url = Url::parse(endpoint).ok()?;
    let host = match url.host()? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    Some((host, url.port_or_known_default()?))
}

async fn speak(stream: TcpStream, tls: ClientConfig, host: String) -> Way {
    /// Begins a record of TLS: an alert, or a part of a handshake.
    const RECORDS: [u8; 2] = [0x15, 0x16];
    let Ok(name) = ServerName::try_from(host) else { return Way::NoAddress };
    let mut heard = Vec::new();
    let noted = Noted { stream, heard: &mut heard };
    let ended = {
        let mut noted = noted;
        let shaken = TlsConnector::from(Arc::new(tls)).connect(name, &mut noted);
        tokio::time::timeout(PATIENCE, shaken).await.map(drop)
    };
    match (heard.as_slice(), ended) {
        ([], Ok(())) => Way::HungUp,
        ([], Err(_)) => Way::Silent,
        ([first, ..], _) if RECORDS.contains(first) => Way::Tls,
        (bytes, _) => Way::Plain(Spoken::of(bytes)),
    }
}

/// Notes the first bytes that come.
struct Noted<'h> {
    stream: TcpStream,
    heard: &'h mut Vec<u8>,
}

impl AsyncRead for Noted<'_> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let new = &buffer.filled()[before..];
        let wanted = FIRST_BYTES.saturating_sub(self.heard.len()).min(new.len());
        self.heard.extend_from_slice(&new[..wanted]);
        polled
    }
}

impl AsyncWrite for Noted<'_> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
