//! Accept loops: one connection a task, bounded in number and time, ended when its peer may no longer be here.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hotline_protocol::id::NodeId;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::connection::{Limits, Patience, Place, Places, Served, serve};
use super::door::{Door, Refusal, counted_as};
use crate::config::value::Proxies;
use crate::server::shared::Shared;
use crate::shutdown::{Stop, Tasks};
use crate::trust::handshake::{Admission, AuthenticatedPeer};

/// A failed accept (no file handle left, say) is tried again after this time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Listens for peers: TLS first, then HTTP with the peer's identity in every request.
pub(crate) fn serve_exchange(
    tasks: &Tasks,
    (listener, all): (TcpListener, usize),
    tls: Arc<rustls::ServerConfig>,
    shared: Arc<Shared>,
    router: Router,
) {
    let acceptor = TlsAcceptor::from(tls);
    let section = &shared.config.exchange;
    let patience = Patience {
        head: seconds(section.header_timeout_seconds),
        idle: seconds(section.idle_seconds),
        answer: seconds(section.answer_timeout_seconds),
    };
    let each = usize::try_from(section.connections_per_peer).unwrap_or(usize::MAX);
    let places: Places<NodeId> = Places::new(Limits { all, each });
    let limit = seconds(section.handshake_timeout_seconds);
    let door = Door::of_exchange(section.proxies.clone(), limit, section.unfinished_handshakes_per_address);
    let door = told(tasks, door);
    let connections = tasks.clone();
    tasks.spawn("exchange listener", move |stop| async move {
        while let Some((stream, address)) = accept(&listener, patience.answer, &stop).await {
            let (door, acceptor, places) = (Arc::clone(&door), acceptor.clone(), places.clone());
            let (shared, router) = (Arc::clone(&shared), router.clone());
            connections.spawn("exchange connection", move |stop| async move {
                // Handshakes have places of their own; a connection gets one when its holder is known.
                let Some((stream, source)) = door.take_tls(stream, address, &acceptor, |_| Ok(())).await else {
                    return;
                };
                let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::split_first);
                let directory = &shared.hub.directory;
                let Some(peer) = shown.and_then(|(leaf, others)| directory.authenticate(leaf, others).ok()) else {
                    return;
                };
                let place = places.enter().and_then(|place| place.belongs_to(peer.id()).map(|()| place));
                let Some(place) = door.noted(source, place.map_err(|_| Refusal::NoPlace)) else { return };
                let router = router.layer(Extension(peer.clone()));
                let served = Served { listener: "exchange", patience };
                tokio::select! {
                    () = serve(stream, router, place, served, stop) => {}
                    () = until_gone(&shared, &peer) => {}
                }
            });
        }
    });
}

fn seconds(number: u32) -> Duration {
    Duration::from_secs(u64::from(number))
}

/// Starts the task that logs the door's refusals now and then.
fn told(tasks: &Tasks, door: Door) -> Arc<Door> {
    let door = Arc::new(door);
    let told = Arc::clone(&door);
    tasks.spawn("refused connections", move |stop| async move { told.tell_refusals(&stop).await });
    door
}

/// Returns when the peer may no longer be here: its connection is cut. A suspended peer is cut once, and answered with
/// a problem when it comes again.
async fn until_gone(shared: &Shared, peer: &AuthenticatedPeer) {
    let mut changes = shared.hub.directory.changes();
    let began = shared.hub.directory.admit(peer);
    loop {
        match shared.hub.directory.admit(peer) {
            Admission::Gone => return,
            Admission::Suspended if began == Admission::Active => return,
            _ => {}
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// A listener for people, or for the machine's supervisor.
pub(crate) struct Listening {
    /// Its name in the log.
    pub(crate) name: &'static str,
    /// Where it listens.
    pub(crate) listener: TcpListener,
    /// The proxies that name their clients.
    pub(crate) proxies: Proxies,
    /// How many connections it may have, and each address.
    pub(crate) limits: Limits,
    /// How long a connection may take; for the way in as long as for a head.
    pub(crate) patience: Patience,
}

/// The caller, as far as the connection tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The address, or the one that a TCP proxy has named.
    pub(super) address: IpAddr,
    /// Whether it may name another one in a request: it is a proxy that is named, or on this machine.
    pub(super) is_proxy: bool,
}

/// One listener's connections.
#[derive(Clone)]
struct Entrance {
    door: Arc<Door>,
    places: Places<IpAddr>,
    served: Served,
}

impl Entrance {
    fn of(tasks: &Tasks, listening: Listening) -> (Self, TcpListener) {
        let Listening { name, listener, proxies, limits, patience } = listening;
        let door = told(tasks, Door::of_people(name, proxies, patience.head));
        (Self { door, places: Places::new(limits), served: Served { listener: name, patience } }, listener)
    }

    /// A place for a new connection. A connection that is not set up yet gives way like an idle one.
    fn enter(&self, address: IpAddr) -> Option<Place<IpAddr>> {
        self.door.noted(address, self.places.enter().map_err(|_| Refusal::NoPlace))
    }

    /// Counts a place by its address. A proxy's connections are many people's.
    fn count(&self, place: &Place<IpAddr>, source: IpAddr) -> Result<(), super::connection::NoPlace> {
        if self.door.is_proxy(source) { Ok(()) } else { place.belongs_to(&counted_as(source)) }
    }

    async fn serve<S>(self, (stream, source): (S, IpAddr), router: Router, place: Place<IpAddr>, stop: Stop)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let caller = Caller { address: source, is_proxy: self.door.is_proxy(source) };
        serve(stream, router.layer(Extension(caller)), place, self.served, stop).await;
    }
}

/// Listens without TLS: behind a proxy, or on loopback.
pub(crate) fn serve_plain(tasks: &Tasks, listening: Listening, router: Router) {
    let name = listening.name;
    let (entrance, listener) = Entrance::of(tasks, listening);
    let connections = tasks.clone();
    tasks.spawn(name, move |stop| async move {
        while let Some((stream, address)) = accept(&listener, entrance.served.patience.answer, &stop).await {
            let Some(place) = entrance.enter(address) else { continue };
            let (entrance, router) = (entrance.clone(), router.clone());
            connections.spawn("plain connection", move |stop| async move {
                let let_in = entrance.door.take_plain(stream, address, |source| entrance.count(&place, source));
                let let_in = tokio::select! {
                    let_in = let_in => let_in,
                    () = place.displaced() => None,
                };
                if let Some(let_in) = let_in {
                    entrance.serve(let_in, router, place, stop).await;
                }
            });
        }
    });
}

/// Listens with TLS for everybody: the listener's own certificate, no client certificates.
pub(crate) fn serve_tls(tasks: &Tasks, listening: Listening, tls: Arc<rustls::ServerConfig>, router: Router) {
    let name = listening.name;
    let acceptor = TlsAcceptor::from(tls);
    let (entrance, listener) = Entrance::of(tasks, listening);
    let connections = tasks.clone();
    tasks.spawn(name, move |stop| async move {
        while let Some((stream, address)) = accept(&listener, entrance.served.patience.answer, &stop).await {
            let Some(place) = entrance.enter(address) else { continue };
            let (entrance, acceptor, router) = (entrance.clone(), acceptor.clone(), router.clone());
            connections.spawn("TLS connection", move |stop| async move {
                let let_in =
                    entrance.door.take_tls(stream, address, &acceptor, |source| entrance.count(&place, source));
                let let_in = tokio::select! {
                    let_in = let_in => let_in,
                    () = place.displaced() => None,
                };
                if let Some(let_in) = let_in {
                    entrance.serve(let_in, router, place, stop).await;
                }
            });
        }
    });
}

/// The next connection; `unread` is the longest time that sent data may stay unread before the system gives it up.
async fn accept(listener: &TcpListener, unread: Duration, stop: &Stop) -> Option<(TcpStream, IpAddr)> {
    loop {
        let accepted = tokio::select! {
            () = stop.stopped() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                // Small messages in both directions: waiting to fill a segment would cost 40 ms each.
                let _ = stream.set_nodelay(true);
                // Otherwise the system keeps unread data for a quarter of an hour, even once the client is cut off.
                let millis = u32::try_from(unread.as_millis()).unwrap_or(u32::MAX);
                let _ = rustix::net::sockopt::set_tcp_user_timeout(&stream, millis);
                return Some((stream, address.ip()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                stop.wait(ACCEPT_PAUSE).await;
            }
        }
    }
}
