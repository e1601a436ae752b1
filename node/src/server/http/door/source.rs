//! Finds the client behind a connection, from its first bytes.

use std::net::IpAddr;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::proxy_header::ProxyHeader;
use super::refusal::Refusal;

/// A PROXY header is recognised by so many bytes.
const RECOGNISED_BYTES: usize = 12;

/// Reads the header that a named proxy must write, and nothing behind it; returns the client's address, where the
/// header has it.
pub(super) async fn read_source(stream: &mut TcpStream) -> Result<Option<IpAddr>, Refusal> {
    let mut bytes = Vec::new();
    loop {
        match ProxyHeader::read(&bytes)? {
            ProxyHeader::Whole { source, .. } => return Ok(source),
            ProxyHeader::Needs(more) => {
                let begun = bytes.len();
                bytes.resize(begun + more, 0);
                stream.read_exact(&mut bytes[begun..]).await.map_err(|_| Refusal::Closed)?;
            }
        }
    }
}

/// Returns when the other side has said something. Of those that are no named proxy, a PROXY header is refused: anybody
/// could name any address in it.
pub(super) async fn until_spoken(stream: &TcpStream, is_proxied: bool) -> Result<(), Refusal> {
    let mut first = [0; RECOGNISED_BYTES];
    let length = stream.peek(&mut first).await.map_err(|_| Refusal::Closed)?;
    match &first[..length] {
        [] => Err(Refusal::Closed),
        bytes if !is_proxied && ProxyHeader::is_begun(bytes) => Err(Refusal::HeaderOfStranger),
        _ => Ok(()),
    }
}
