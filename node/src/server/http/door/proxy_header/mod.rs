//! The PROXY header: a TCP proxy writes it before the connection's own bytes, to name its client. Version 1 is a line
//! of text, version 2 is binary; proxies write either.
//!
//! Source: "The PROXY protocol, versions 1 & 2", documentation of `HAProxy`, sections 2.1 and 2.2.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// Begins a header of version 2.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// Begins a header of version 1.
const WORD: &[u8] = b"PROXY ";
/// Longest line of version 1, with its end: section 2.1 shows that no longer one is needed.
const LINE_LIMIT: usize = 107;
/// The part of version 2 that has a fixed length.
const FIXED: usize = 16;
/// Longest header of version 2. It may hold other knowledge of the proxy, such as a certificate's name; that is passed
/// over.
const BINARY_LIMIT: usize = 4_096;

/// Why bytes are no PROXY header. The connection is closed: its client cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProxyHeaderRefused {
    /// They begin otherwise.
    #[error("no PROXY header came first")]
    Missing,
    /// A line that breaks the rules of version 1.
    #[error("its line of version 1 breaks the rules")]
    Line,
    /// Another version, or an unknown command.
    #[error("its version or its command is not known")]
    Kind,
    /// Addresses that are no TCP connection's, or shorter than they must be.
    #[error("its addresses are not those of a TCP connection")]
    Addresses,
    /// Longer than it may be.
    #[error("it is over 4 KiB")]
    TooLong,
}

/// The part of a header read so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyHeader {
    /// Not whole yet: at least this many bytes more belong to it.
    Needs(usize),
    /// A whole one, so many bytes long.
    Whole {
        /// The proxy's client; `None` where the proxy calls for itself, as it does for a health check, or does not
        /// know.
        source: Option<IpAddr>,
        /// Bytes; the rest is the connection's own.
        length: usize,
    },
}

impl ProxyHeader {
    /// Reads as much as is there. Never asks for a byte that lies behind the header.
    pub fn read(bytes: &[u8]) -> Result<Self, ProxyHeaderRefused> {
        if bytes.is_empty() {
            // Both versions are longer.
            return Ok(Self::Needs(SIGNATURE.len()));
        }
        if begins(bytes, SIGNATURE) {
            return read_binary(bytes);
        }
        if begins(bytes, WORD) { read_line(bytes) } else { Err(ProxyHeaderRefused::Missing) }
    }

    /// Whether these first bytes of a connection are the beginning of a header of either version.
    #[must_use]
    pub fn is_begun(bytes: &[u8]) -> bool {
        bytes.starts_with(WORD) || bytes.starts_with(SIGNATURE)
    }
}

/// Whether one begins with the other, as far as both go.
fn begins(bytes: &[u8], mark: &[u8]) -> bool {
    let common = bytes.len().min(mark.len());
    bytes[..common] == mark[..common]
}

fn read_binary(bytes: &[u8]) -> Result<ProxyHeader, ProxyHeaderRefused> {
    let Some((head, rest)) = bytes.split_at_checked(FIXED) else {
        return Ok(ProxyHeader::Needs(FIXED - bytes.len()));
    };
    let (kind, family) = (head[12], head[13]);
    let length = usize::from(u16::from_be_bytes([head[14], head[15]]));
    if FIXED + length > BINARY_LIMIT {
        return Err(ProxyHeaderRefused::TooLong);
    }
    // The upper half is the version, the lower one the command: 0 LOCAL, 1 PROXY.
    let is_local = match kind {
        0x20 => true,
        0x21 => false,
        _ => return Err(ProxyHeaderRefused::Kind),
    };
    let Some(addresses) = rest.get(..length) else {
        return Ok(ProxyHeader::Needs(length - rest.len()));
    };
    let source = if is_local { None } else { source_of(family, addresses)? };
    Ok(ProxyHeader::Whole { source, length: FIXED + length })
}

/// The upper half is the family: 0 unknown, 1 IPv4, 2 IPv6, 3 a socket file; the lower one 1 for streams.
fn source_of(family: u8, addresses: &[u8]) -> Result<Option<IpAddr>, ProxyHeaderRefused> {
    match family {
        0x11 if addresses.len() >= 12 => {
            let source: [u8; 4] = addresses[..4].try_into().map_err(|_| ProxyHeaderRefused::Addresses)?;
            Ok(Some(Ipv4Addr::from(source).into()))
        }
        0x21 if addresses.len() >= 36 => {
            let source: [u8; 16] = addresses[..16].try_into().map_err(|_| ProxyHeaderRefused::Addresses)?;
            Ok(Some(IpAddr::from(Ipv6Addr::from(source)).to_canonical()))
        }
        0x00 | 0x31 => Ok(None),
        _ => Err(ProxyHeaderRefused::Addresses),
    }
}

fn read_line(bytes: &[u8]) -> Result<ProxyHeader, ProxyHeaderRefused> {
    let considered = &bytes[..bytes.len().min(LINE_LIMIT)];
    let Some(end) = considered.windows(2).position(|pair| pair == b"\r\n") else {
        return match bytes.last() {
            _ if bytes.len() >= LINE_LIMIT => Err(ProxyHeaderRefused::Line),
            Some(b'\r') => Ok(ProxyHeader::Needs(1)),
            // The line's end is two bytes long.
            _ => Ok(ProxyHeader::Needs(2.min(LINE_LIMIT - bytes.len()))),
        };
    };
    let line = std::str::from_utf8(&bytes[..end]).map_err(|_| ProxyHeaderRefused::Line)?;
    Ok(ProxyHeader::Whole { source: source_in(line)?, length: end + 2 })
}

/// `PROXY TCP4 source destination port port`, one space between each.
fn source_in(line: &str) -> Result<Option<IpAddr>, ProxyHeaderRefused> {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["PROXY", "UNKNOWN", ..] => Ok(None),
        ["PROXY", "TCP4", source, destination, ports @ ..] => {
            let source: Ipv4Addr = addresses(source, destination, ports)?;
            Ok(Some(source.into()))
        }
        ["PROXY", "TCP6", source, destination, ports @ ..] => {
            let source: Ipv6Addr = addresses(source, destination, ports)?;
            Ok(Some(IpAddr::from(source).to_canonical()))
        }
        _ => Err(ProxyHeaderRefused::Line),
    }
}

/// The source, where all four are right.
fn addresses<A: std::str::FromStr>(source: &str, destination: &str, ports: &[&str]) -> Result<A, ProxyHeaderRefused> {
    let is_port = |port: &&str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let (Ok(source), Ok(_)) = (source.parse::<A>(), destination.parse::<A>()) else {
        return Err(ProxyHeaderRefused::Line);
    };
    if ports.len() == 2 && ports.iter().all(is_port) { Ok(source) } else { Err(ProxyHeaderRefused::Line) }
}

#[cfg(test)]
mod tests;
