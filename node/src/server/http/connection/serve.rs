//! Speaks HTTP on a connection, until either side ends it or the other side takes too long.

use std::convert::Infallible;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};
use tower::ServiceExt as _;

use super::activity::{Activity, Over, Patience};
use super::answer::{Held, InPieces};
use super::connection_limit::Place;
use crate::shutdown::Stop;

/// After a stop, requests under way get this long to end.
const DRAIN: Duration = Duration::from_secs(5);
/// Requests that may be under way on one connection of HTTP/2.
const STREAMS: u32 = 32;
/// Bytes of requests' bodies that nobody has read yet, on one connection of HTTP/2.
const WINDOW: u32 = 1024 * 1024;
/// Longest head of a request, in bytes.
const HEAD: u32 = 16 * 1024;
/// Bytes that are read ahead, or wait to be written, on one connection of HTTP/1.
const BUFFER: usize = 128 * 1024;
/// A client that does not answer in this time is gone; the ping is sent as often as that.
const PING: Duration = Duration::from_secs(30);
/// The count of connections that were cut.
const CUT: &str = "hotline_connections_cut_total";
const REASONS: [&str; 3] = ["idle", "unread", "displaced"];

/// Shows the counters before their first event.
pub(in crate::server) fn show_counters(listeners: &[&'static str]) {
    for listener in listeners {
        for reason in REASONS {
            metrics::counter!(CUT, "listener" => *listener, "reason" => reason).increment(0);
        }
    }
}

/// How a listener serves.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct Served {
    /// The listener's name.
    pub(in crate::server) listener: &'static str,
    /// How long a connection may take.
    pub(in crate::server) patience: Patience,
}

/// Serves a connection to its end.
pub(in crate::server) async fn serve<S, K>(stream: S, router: Router, place: Place<K>, served: Served, stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    K: Eq + Hash + Clone,
{
    let Served { listener, patience } = served;
    let activity = &place.activity;
    activity.is_let_in();
    let answering = Arc::clone(activity);
    let service = service_fn(move |request| answer(router.clone(), request, Arc::clone(&answering), patience.answer));
    let builder = builder(patience);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let reason = tokio::select! {
        _ = connection.as_mut() => return,
        over = activity.over(patience) => match over {
            Over::Idle => "idle",
            Over::Unread => "unread",
        },
        () = place.displaced() => "displaced",
        () = stop.stopped() => {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(DRAIN, connection).await;
            return;
        }
    };
    metrics::counter!(CUT, "listener" => listener, "reason" => reason).increment(1);
    if reason == "idle" {
        // A request may be on its way: it is answered, or told that it was not begun.
        connection.as_mut().graceful_shutdown();
        let _ = timeout(DRAIN, connection).await;
    }
}

fn builder(patience: Patience) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience.head).max_buf_size(BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_header_list_size(HEAD);
    builder
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    activity: Arc<Activity>,
    patience: Duration,
) -> Result<Response<InPieces>, Infallible> {
    let under_way = activity.begin();
    let mut response = router.oneshot(request.map(Body::new)).await?;
    let held = response.extensions_mut().remove::<Held>();
    under_way.is_answered(Instant::now() + patience);
    Ok(response.map(|body| InPieces::new(body, held, under_way)))
}
