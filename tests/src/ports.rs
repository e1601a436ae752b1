//! Ports for nodes with an address that must be known before they listen: it stands in their card.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the range that the system takes for outgoing connections, so no client of a test takes one of ours.
const FIRST: u32 = 18_000;
const COUNT: u32 = 12_000;

/// How many were handed out in this process.
static TAKEN: AtomicU32 = AtomicU32::new(0);

/// An address on loopback where nobody listens, and that no other call in this process was given.
///
/// # Panics
/// Where twelve thousand ports are all in use.
#[must_use]
pub fn free_address() -> SocketAddr {
    // Another process of the same suite begins elsewhere.
    let start = std::process::id().wrapping_mul(97);
    for _ in 0..COUNT {
        let place = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = u16::try_from(FIRST + place).expect("the range ends below 65,536");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no port is free on loopback");
}
