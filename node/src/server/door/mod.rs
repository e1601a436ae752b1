//! What happens to a connection before its first request: who is behind a proxy, how long and how many may wait, TLS, and
//! the count of those that come to nothing.
//!
//! - `proxy_header` reads the PROXY header, which says for whom a proxy calls; `source` asks for it where it is due.
//! - `handshakes` counts the connections that wait, by address; silent ones give way.
//! - `refusal` names why a connection comes to nothing; `refusals` counts them, and writes few lines about many.

mod handshakes;
pub mod proxy_header;
mod refusal;
mod refusals;
mod source;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::Proxies;
use crate::shutdown::{Stop, Waited};
use handshakes::Handshakes;
use refusal::Refusal;
use refusals::Refusals;

pub(super) use refusals::show_counters;

/// Lines about connections that came to nothing are written at most this often.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// The way into one listener.
#[derive(Debug)]
pub(super) struct Door {
    proxies: Proxies,
    /// Time for everything before the first request's head.
    limit: Duration,
    /// Unfinished handshakes that one address may hold open; `None`: any number.
    per_address: Option<u32>,
    handshakes: Handshakes,
    refusals: Refusals,
}

impl Door {
    /// The door of the exchange: peers alone are expected, so whoever is not let in may be named in the log.
    pub(super) fn of_exchange(proxies: Proxies, limit: Duration, per_address: u32) -> Self {
        Self {
            proxies,
            limit,
            per_address: Some(per_address),
            handshakes: Handshakes::counted(),
            refusals: Refusals::naming_addresses("exchange"),
        }
    }

    /// The door of a listener for people. No line of the log holds their addresses.
    pub(super) fn of_people(listener: &'static str, proxies: Proxies, limit: Duration) -> Self {
        Self {
            proxies,
            limit,
            per_address: None,
            handshakes: Handshakes::default(),
            refusals: Refusals::without_addresses(listener),
        }
    }

    /// Lets a connection in over TLS, or closes and counts it; `None` then.
    pub(super) async fn take_tls(
        &self,
        mut stream: TcpStream,
        address: IpAddr,
        tls: &TlsAcceptor,
    ) -> Option<TlsStream<TcpStream>> {
        let mut source = address;
        let taken = async {
            let is_proxied = self.proxies.contain(address);
            if is_proxied {
                source = source::read_source(&mut stream).await?.unwrap_or(address);
            }
            let limit = self.per_address.unwrap_or(u32::MAX);
            let slot = self.handshakes.enter(source, limit, Instant::now()).ok_or(Refusal::TooMany)?;
            let handshake = async {
                source::until_spoken(&stream, is_proxied).await?;
                slot.has_spoken();
                tls.accept(stream).await.map_err(|error| Refusal::of_tls(&error))
            };
            tokio::select! {
                biased;
                taken = handshake => taken,
                () = slot.displaced() => Err(Refusal::TooMany),
            }
        };
        let taken = tokio::time::timeout(self.limit, taken).await.unwrap_or(Err(Refusal::Late));
        self.noted(source, taken)
    }

    /// Lets a connection in that speaks HTTP at once, or closes and counts it; `None` then.
    pub(super) async fn take_plain(&self, mut stream: TcpStream, address: IpAddr) -> Option<TcpStream> {
        if !self.proxies.contain(address) {
            return Some(stream);
        }
        let read = tokio::time::timeout(self.limit, source::read_source(&mut stream)).await;
        let taken = read.unwrap_or(Err(Refusal::Late)).map(|_| stream);
        self.noted(address, taken)
    }

    fn noted<T>(&self, source: IpAddr, taken: Result<T, Refusal>) -> Option<T> {
        taken.map_err(|refusal| self.refusals.note(source, &refusal)).ok()
    }

    /// Writes what came to nothing since the last line, until the stop.
    pub(super) async fn tell_refusals(&self, stop: &Stop) {
        while stop.wait(TOLD_EVERY).await == Waited::Elapsed {
            self.refusals.tell();
        }
        self.refusals.tell();
    }
}
