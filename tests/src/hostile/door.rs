//! Answers calls at the address in a member's card.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::peer::outsider::Shown;

/// Longest request that is read.
const REQUEST_LIMIT: usize = 16 * 1_024 * 1_024;

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `GET`, `POST` or `PUT`.
    pub method: String,
    /// The path under `/hxp/v1`, with its query.
    pub path: String,
    /// The body.
    pub body: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Said {
    status: u16,
    kind: &'static str,
    body: String,
}

impl Said {
    /// JSON.
    #[must_use]
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self { status, kind: "application/json", body: body.into() }
    }

    /// A run, a proof or another text.
    #[must_use]
    pub fn text(body: impl Into<String>) -> Self {
        Self { status: 200, kind: "text/plain", body: body.into() }
    }

    /// That there is nothing new.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { status: 204, kind: "text/plain", body: String::new() }
    }

    /// A problem of the protocol.
    #[must_use]
    pub fn problem(status: u16, name: &str, retry: &str) -> Self {
        let body = format!(r#"{{"type":"urn:hxp:p:{name}","title":"No.","status":{status},"retry":"{retry}"}}"#);
        Self { status, kind: "application/problem+json", body }
    }
}

type Answers = dyn Fn(&Asked) -> Said + Send + Sync;

#[derive(Clone)]
struct Behind {
    answer: Arc<Answers>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A running server; gone when dropped.
pub struct Door {
    behind: Behind,
    serving: JoinSet<()>,
}

impl Door {
    /// Listens, shows this in TLS, and answers so. Callers need no certificate.
    pub async fn open(
        address: SocketAddr,
        shown: Shown,
        answer: impl Fn(&Asked) -> Said + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(vec![shown.certificate], shown.key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let listener = TcpListener::bind(address).await?;
        let listener = Listening { listener, acceptor: TlsAcceptor::from(Arc::new(config)) };
        let behind = Behind { answer: Arc::new(answer), asked: Arc::default() };
        let router = Router::new().fallback(answer_call).with_state(behind.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            // It serves until it is dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { behind, serving })
    }

    /// Every call so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.behind.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Closes it; when this returns, its address is free.
    pub async fn close(mut self) {
        self.serving.shutdown().await;
    }
}

async fn answer_call(State(behind): State<Behind>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("", |path| path.as_str());
    let body = to_bytes(body, REQUEST_LIMIT).await.unwrap_or_default();
    let asked = Asked {
        method: head.method.to_string(),
        path: path.strip_prefix("/hxp/v1").unwrap_or(path).to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let said = (behind.answer)(&asked);
    behind.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    let status = StatusCode::from_u16(said.status).unwrap_or(StatusCode::IM_A_TEAPOT);
    (status, [("content-type", said.kind)], said.body).into_response()
}

/// Connections with a finished handshake.
struct Listening {
    pub(crate) listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Listening {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, from)) = self.listener.accept().await else { continue };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
