//! A program that receives alerts: a small HTTP server on loopback that keeps every post. Gone when dropped.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A post.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The path.
    pub path: String,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The body; null where it was no JSON.
    pub document: Value,
}

/// A running server.
pub struct WebhookServer {
    received: Received,
    serving: JoinSet<()>,
}

#[derive(Debug, Clone)]
struct Received {
    posted: Arc<Mutex<Vec<Posted>>>,
    status: StatusCode,
}

impl WebhookServer {
    /// Serves at an address, and answers everything with this status; a redirect leads to `/elsewhere`.
    pub async fn start_at(address: SocketAddr, status: u16) -> anyhow::Result<Self> {
        let received = Received { posted: Arc::default(), status: StatusCode::from_u16(status)? };
        let router = Router::new().fallback(keep).with_state(received.clone());
        let listener = TcpListener::bind(address).await?;
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            // It serves until it is dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { received, serving })
    }

    /// Stops it; when this returns, its address is free.
    pub async fn stop(mut self) {
        self.serving.shutdown().await;
    }

    /// Everything that was posted.
    #[must_use]
    pub fn posted(&self) -> Vec<Posted> {
        self.received.posted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn keep(
    State(received): State<Received>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, [(&'static str, &'static str); 1]) {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let document = serde_json::from_str(&body).unwrap_or_default();
    let posted = Posted { path: uri.path().to_owned(), authorization, document };
    received.posted.lock().unwrap_or_else(PoisonError::into_inner).push(posted);
    (received.status, [("location", "/elsewhere")])
}
