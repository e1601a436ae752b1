//! Connections of this machine as its system counts them, whether or not a program reports the same.

use std::fs;
use std::net::{IpAddr, SocketAddr};

use anyhow::Context as _;

/// Counts the open connections to the listener at `at` (IPv4). One that was closed there and is not yet at its end
/// counts no more.
pub fn open_at(at: SocketAddr) -> anyhow::Result<usize> {
    /// `TCP_ESTABLISHED` of Linux's `tcp_states.h`.
    const ESTABLISHED: &str = "01";
    let IpAddr::V4(address) = at.ip() else { anyhow::bail!("{at} is no address of IPv4") };
    // As /proc writes it: the address's bytes as they lie in memory, read as one number.
    let local = format!("{:08X}:{:04X}", u32::from_ne_bytes(address.octets()), at.port());
    let table = fs::read_to_string("/proc/net/tcp").context("Linux tells of its connections")?;
    let is_open = |line: &&str| {
        let mut fields = line.split_whitespace();
        fields.nth(1) == Some(&local) && fields.nth(1) == Some(ESTABLISHED)
    };
    Ok(table.lines().skip(1).filter(is_open).count())
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_connection_counts_until_its_listeners_side_has_closed_it() -> anyhow::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let at = listener.local_addr()?;
        assert_eq!(open_at(at)?, 0);
        let _called = TcpStream::connect(at)?;
        let (taken, _) = listener.accept()?;
        assert_eq!(open_at(at)?, 1);
        drop(taken);
        assert_eq!(open_at(at)?, 0);
        Ok(())
    }
}
