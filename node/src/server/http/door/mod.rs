//! The steps before a connection's first request: the client behind a proxy, limits of time and number for waiting,
//! TLS, and the count of failed connections.
//!
//! - `proxy_header` reads the PROXY header, where a proxy names its client; `source` asks for it where it is due.
//! - `handshakes` counts the connections that wait, by address; silent ones give way.
//! - `refusal` names why a connection comes to nothing; `refusals` counts them, and writes few lines about many.

mod farewell;
mod handshakes;
pub mod proxy_header;
mod refusal;
mod refusals;
mod source;

use std::net::IpAddr;
use std::time::{Duration, Instant};

pub(crate) use handshakes::counted_as;
use handshakes::{Handshakes, Limits};
pub(super) use refusal::Refusal;
use refusals::Refusals;
pub(super) use refusals::show_counters;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::connection::NoPlace;
use crate::config::value::Proxies;
use crate::health::UNFINISHED;
use crate::shutdown::{Stop, Waited};

/// Lines about connections that came to nothing are written at most this often.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// The way into one listener.
#[derive(Debug)]
pub(super) struct Door {
    proxies: Proxies,
    /// Time for everything before the first request's head.
    limit: Duration,
    handshakes: Handshakes,
    refusals: Refusals,
}

impl Door {
    /// The door of the exchange: only peers are expected, so the log may name a refused address.
    pub(super) fn of_exchange(proxies: Proxies, limit: Duration, per_address: u32) -> Self {
        Self {
            proxies,
            limit,
            handshakes: Handshakes::counted(Limits {
                each: usize::try_from(per_address).unwrap_or(usize::MAX),
                all: UNFINISHED,
            }),
            refusals: Refusals::naming_addresses("exchange"),
        }
    }

    /// The door of a listener for people. No line of the log holds their addresses. Their handshakes have places as their
    /// connections have.
    pub(super) fn of_people(listener: &'static str, proxies: Proxies, limit: Duration) -> Self {
        Self {
            proxies,
            limit,
            handshakes: Handshakes::new(Limits { each: usize::MAX, all: usize::MAX }),
            refusals: Refusals::without_addresses(listener),
        }
    }

    /// Lets a connection in over TLS, or closes and counts it; `None` then. Calls `place` with the client's address.
    pub(super) async fn take_tls(
        &self,
        mut stream: TcpStream,
        address: IpAddr,
        tls: &TlsAcceptor,
        place: impl FnOnce(IpAddr) -> Result<(), NoPlace>,
    ) -> Option<(TlsStream<TcpStream>, IpAddr)> {
        let mut source = address;
        let taken = async {
            let is_proxied = self.proxies.contain(address);
            if is_proxied {
                source = source::read_source(&mut stream).await?.unwrap_or(address);
            }
            place(source).map_err(|NoPlace| Refusal::NoPlace)?;
            let slot = self.handshakes.enter(source, Instant::now()).ok_or(Refusal::TooMany)?;
            let handshake = async {
                source::until_spoken(&stream, is_proxied).await?;
                slot.has_spoken();
                match tls.accept(stream).into_fallible().await {
                    Ok(stream) => Ok(stream),
                    Err((error, stream)) => {
                        let refusal = Refusal::of_tls(&error);
                        farewell::let_it_be_read(stream).await;
                        Err(refusal)
                    }
                }
            };
            tokio::select! {
                biased;
                taken = handshake => taken,
                () = slot.displaced() => Err(Refusal::TooMany),
            }
        };
        let taken = tokio::time::timeout(self.limit, taken).await.unwrap_or(Err(Refusal::Late));
        self.noted(source, taken).map(|stream| (stream, source))
    }

    /// Lets a connection in that speaks HTTP at once, or closes and counts it; `None` then. Calls `place` with the
    /// client's address.
    pub(super) async fn take_plain(
        &self,
        mut stream: TcpStream,
        address: IpAddr,
        place: impl FnOnce(IpAddr) -> Result<(), NoPlace>,
    ) -> Option<(TcpStream, IpAddr)> {
        let taken = async {
            let mut source = address;
            if self.proxies.contain(address) {
                source = source::read_source(&mut stream).await?.unwrap_or(address);
            }
            place(source).map_err(|NoPlace| Refusal::NoPlace)?;
            Ok((stream, source))
        };
        let taken = tokio::time::timeout(self.limit, taken).await.unwrap_or(Err(Refusal::Late));
        self.noted(address, taken)
    }

    /// Returns the accepted value; counts a refusal.
    pub(super) fn noted<T>(&self, source: IpAddr, taken: Result<T, Refusal>) -> Option<T> {
        taken.map_err(|refusal| self.refusals.note(source, &refusal)).ok()
    }

    /// Whether this address may name its client: it is a named proxy, or on this machine.
    pub(super) fn is_proxy(&self, source: IpAddr) -> bool {
        source.to_canonical().is_loopback() || self.proxies.contain(source)
    }

    /// Logs the connections refused since the last line, until the stop.
    pub(super) async fn tell_refusals(&self, stop: &Stop) {
        while stop.wait(TOLD_EVERY).await == Waited::Elapsed {
            self.refusals.tell();
        }
        self.refusals.tell();
    }
}
