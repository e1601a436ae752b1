//! Accept loops: one connection a task, bounded in time, ended when its peer may no longer be here.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use axum::{Extension, Router};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::door::Door;
use super::node::Shared;
use crate::config::Proxies;
use crate::shutdown::{Stop, Tasks};
use crate::trust::{Admission, AuthenticatedPeer};

/// After a stop, requests under way get this long to end.
const DRAIN: Duration = Duration::from_secs(5);
/// A failed accept (no file handle left, say) is tried again after this time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Listens for peers: TLS first, then HTTP with the peer's identity in every request.
pub(super) fn serve_exchange(
    tasks: &Tasks,
    listener: TcpListener,
    tls: Arc<rustls::ServerConfig>,
    shared: Arc<Shared>,
    router: Router,
) {
    let acceptor = TlsAcceptor::from(tls);
    let section = &shared.config.exchange;
    let limit = Duration::from_secs(u64::from(section.handshake_timeout_seconds));
    let door = Door::of_exchange(section.proxies.clone(), limit, section.unfinished_handshakes_per_address);
    let door = told(tasks, door);
    let connections = tasks.clone();
    tasks.spawn("exchange listener", move |stop| async move {
        while let Some((stream, address)) = accept(&listener, &stop).await {
            let (door, acceptor) = (Arc::clone(&door), acceptor.clone());
            let (shared, router) = (Arc::clone(&shared), router.clone());
            connections.spawn("exchange connection", move |stop| async move {
                let Some(stream) = door.take_tls(stream, address, &acceptor).await else { return };
                let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::split_first);
                let directory = &shared.hub.directory;
                let Some(peer) = shown.and_then(|(leaf, others)| directory.authenticate(leaf, others).ok()) else {
                    return;
                };
                let router = router.layer(Extension(peer.clone()));
                let header_limit = Duration::from_secs(u64::from(shared.config.exchange.header_timeout_seconds));
                tokio::select! {
                    () = serve_connection(stream, router, header_limit, stop) => {}
                    () = until_gone(&shared, &peer) => {}
                }
            });
        }
    });
}

/// The door, whose refusals are written into the log now and then.
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
pub(super) struct Listening {
    /// Its name in the log.
    pub(super) name: &'static str,
    /// Where it listens.
    pub(super) listener: TcpListener,
    /// The proxies that say for whom they call.
    pub(super) proxies: Proxies,
    /// Time that the way in may take, and again the head of a request.
    pub(super) limit: Duration,
}

/// Listens without TLS: behind a proxy, or on loopback.
pub(super) fn serve_plain(tasks: &Tasks, listening: Listening, router: Router) {
    let Listening { name, listener, proxies, limit } = listening;
    let door = told(tasks, Door::of_people(name, proxies, limit));
    let connections = tasks.clone();
    tasks.spawn(name, move |stop| async move {
        while let Some((stream, address)) = accept(&listener, &stop).await {
            let (door, router) = (Arc::clone(&door), router.clone());
            connections.spawn("plain connection", move |stop| async move {
                if let Some(stream) = door.take_plain(stream, address).await {
                    serve_connection(stream, router, limit, stop).await;
                }
            });
        }
    });
}

/// Listens with TLS for everybody: the listener's own certificate, no client certificates.
pub(super) fn serve_tls(tasks: &Tasks, listening: Listening, tls: Arc<rustls::ServerConfig>, router: Router) {
    let Listening { name, listener, proxies, limit } = listening;
    let acceptor = TlsAcceptor::from(tls);
    let door = told(tasks, Door::of_people(name, proxies, limit));
    let connections = tasks.clone();
    tasks.spawn(name, move |stop| async move {
        while let Some((stream, address)) = accept(&listener, &stop).await {
            let (door, acceptor, router) = (Arc::clone(&door), acceptor.clone(), router.clone());
            connections.spawn("TLS connection", move |stop| async move {
                if let Some(stream) = door.take_tls(stream, address, &acceptor).await {
                    serve_connection(stream, router, limit, stop).await;
                }
            });
        }
    });
}

async fn accept(listener: &TcpListener, stop: &Stop) -> Option<(TcpStream, IpAddr)> {
    loop {
        let accepted = tokio::select! {
            () = stop.stopped() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                // Small messages in both directions: waiting to fill a segment would cost 40 ms each.
                let _ = stream.set_nodelay(true);
                return Some((stream, address.ip()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                stop.wait(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve_connection<S>(stream: S, router: Router, header_limit: Duration, stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(header_limit);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
    let first = Arc::new(Notify::new());
    let begun = Arc::clone(&first);
    let service = router.map_request(move |request: Request<Incoming>| {
        begun.notify_one();
        request
    });
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = without_request(&first, header_limit) => return,
        () = stop.stopped() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(DRAIN, connection).await;
}

/// Returns when no request has begun in time: hyper's own limit does not count before it knows the version of HTTP, so
/// whoever says nothing would hold a connection for ever.
async fn without_request(first: &Notify, limit: Duration) {
    if tokio::time::timeout(limit, first.notified()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}
