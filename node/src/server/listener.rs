//! Accept loops: one connection a task, bounded in time, ended when its peer may no longer be here.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
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

use super::node::Shared;
use crate::shutdown::{Stop, Tasks};
use crate::trust::{Admission, AuthenticatedPeer, refusal};

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
    let handshakes = Handshakes::default();
    let connections = tasks.clone();
    tasks.spawn("exchange listener", move |stop| async move {
        while let Some((stream, address)) = accept(&listener, &stop).await {
            let limit = shared.config.exchange.unfinished_handshakes_per_address;
            let Some(slot) = handshakes.enter(address, limit) else { continue };
            let (acceptor, shared, router) = (acceptor.clone(), Arc::clone(&shared), router.clone());
            connections.spawn("exchange connection", move |stop| async move {
                let limit = Duration::from_secs(u64::from(shared.config.exchange.handshake_timeout_seconds));
                let handshake = tokio::time::timeout(limit, acceptor.accept(stream)).await;
                drop(slot);
                let stream = match handshake {
                    Ok(Ok(stream)) => stream,
                    Ok(Err(error)) => return note_refused(address, &error),
                    Err(late) => return note_refused(address, &late.into()),
                };
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

/// The count of handshakes that did not come to their end.
pub(super) fn refused_handshakes() -> metrics::Counter {
    metrics::counter!("hotline_handshakes_refused_total")
}

/// Counts a handshake that did not come to its end, and says why, without the certificate. Anybody may knock, so this
/// is no warning.
fn note_refused(address: IpAddr, error: &io::Error) {
    refused_handshakes().increment(1);
    let reason = refusal(error).map_or_else(|| error.to_string(), ToString::to_string);
    tracing::debug!(%address, %reason, "a TLS handshake was refused");
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

/// Listens without TLS: behind a proxy, or on loopback.
pub(super) fn serve_plain(
    tasks: &Tasks,
    name: &'static str,
    listener: TcpListener,
    header_limit: Duration,
    router: Router,
) {
    let connections = tasks.clone();
    tasks.spawn(name, move |stop| async move {
        while let Some((stream, _)) = accept(&listener, &stop).await {
            let router = router.clone();
            connections.spawn("plain connection", move |stop| async move {
                serve_connection(stream, router, header_limit, stop).await;
            });
        }
    });
}

/// Listens with TLS for everybody: the reporting form's own certificate, no client certificates.
pub(super) fn serve_tls(
    tasks: &Tasks,
    name: &'static str,
    listener: TcpListener,
    tls: Arc<rustls::ServerConfig>,
    header_limit: Duration,
    router: Router,
) {
    let acceptor = TlsAcceptor::from(tls);
    let connections = tasks.clone();
    tasks.spawn(name, move |stop| async move {
        while let Some((stream, _)) = accept(&listener, &stop).await {
            let (acceptor, router) = (acceptor.clone(), router.clone());
            connections.spawn("TLS connection", move |stop| async move {
                if let Ok(Ok(stream)) = tokio::time::timeout(header_limit, acceptor.accept(stream)).await {
                    serve_connection(stream, router, header_limit, stop).await;
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

/// Unfinished handshakes by address.
#[derive(Clone, Default)]
struct Handshakes(Arc<Mutex<HashMap<IpAddr, u32>>>);

struct Slot {
    handshakes: Handshakes,
    address: IpAddr,
}

impl Handshakes {
    fn enter(&self, address: IpAddr, limit: u32) -> Option<Slot> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_insert(0);
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Slot { handshakes: self.clone(), address })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.handshakes.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}
