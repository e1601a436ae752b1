//! Calling a peer.

use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hotline_protocol::bytes::Hash;
use hotline_protocol::hello::{Acknowledgement, HELLO_BYTES_LIMIT, Hello, RUN_MEDIA_TYPE};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, FORK_BYTES_LIMIT, Position, RUN_BYTES_LIMIT, RUN_ENTRIES_LIMIT};
use hotline_protocol::problem::{Problem, Received};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use rustls::AlertDescription;
use rustls::sign::CertifiedKey;
use thiserror::Error as ThisError;

use crate::trust::handshake::{PeerDirectory, PeerRefused, client_config, refusal_in_tls};
use crate::trust::own::ShownCertificate;
use crate::trust::peer::Peer;

/// A connection must stand within this time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A whole call must be over within this time; a long poll waits 25 s of it.
const CALL_TIMEOUT: Duration = Duration::from_mins(1);
/// A run's text: its bytes, its headers at most, and its line feeds.
const RUN_TEXT_LIMIT: usize = RUN_BYTES_LIMIT + RUN_ENTRIES_LIMIT * 8_200;
/// A `Retry-After` longer than this is not obeyed.
const RETRY_AFTER_LIMIT: u64 = 600;

/// Reasons for a failed call, by the caller's possible action.
#[derive(Debug, ThisError)]
pub enum SendFault {
    /// No connection, or it broke: try again.
    #[error("not reachable")]
    Unreachable,
    /// The service at its address speaks no TLS; a person must look.
    #[error("what answers at its address speaks no TLS")]
    NoTls,
    /// The service at its address speaks TLS otherwise than nodes do, and saw no certificate of ours; a person must
    /// look.
    #[error("what answers at its address is no node: it does not speak TLS as nodes do")]
    NoNode,
    /// Our side ended the TLS handshake: the answering side is not the peer; a person must look.
    #[error("{0}")]
    Refused(PeerRefused),
    /// The other side ended the TLS handshake, or it failed; a person must look.
    #[error("the other side ended the TLS handshake")]
    Handshake,
    /// The other side ended the TLS handshake since it finds our certificate over, or not yet valid.
    #[error("the other side finds this node's certificate over, or not yet valid")]
    OwnCertificateOver,
    /// The peer answered with a problem.
    #[error("the peer answers '{}'", .problem.map_or("an unknown problem", Problem::name))]
    Problem {
        /// The problem, if it is a known one.
        problem: Option<Problem>,
        /// The peer's cursor for our log, where it sent one.
        cursor: Option<Cursor>,
        /// Not before this time.
        retry_after: Option<Duration>,
    },
    /// This side does not take its hello.
    #[error("this node does not take its hello: '{}'", .0.name())]
    HelloNotTaken(Problem),
    /// Its copy of our log is another one, as it says, or as it is proven: a person must look.
    #[error("it says that its copy of this node's log is another one")]
    CopyDiffers,
    /// The answer breaks the specification.
    #[error("the peer's answer breaks the specification")]
    Malformed,
    /// The client could not be made.
    #[error("the client for this peer cannot be made: its address is not an https URL, or TLS is not set up")]
    NotMade,
}

impl SendFault {
    /// Whether the peer takes this start for a copy: it has heard from a later one.
    #[must_use]
    pub const fn is_clone_suspected(&self) -> bool {
        matches!(self, Self::Problem { problem: Some(Problem::CloneSuspected), .. })
    }

    /// Returns the delay that the peer asked for in `Retry-After`.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Problem { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl From<reqwest::Error> for SendFault {
    fn from(error: reqwest::Error) -> Self {
        match tls_cause(&error) {
            Some(rustls::Error::AlertReceived(AlertDescription::CertificateExpired)) => Self::OwnCertificateOver,
            Some(rustls::Error::AlertReceived(alert)) if !is_about_certificates(*alert) => Self::NoNode,
            Some(rustls::Error::PeerIncompatible(_) | rustls::Error::PeerMisbehaved(_)) => Self::NoNode,
            Some(rustls::Error::InvalidMessage(_)) => Self::NoTls,
            Some(cause) => refusal_in_tls(cause).cloned().map_or(Self::Handshake, Self::Refused),
            None => Self::Unreachable,
        }
    }
}

/// Whether an alert is the other side's word on our certificate. The others come before it has seen one: a web server, for
/// instance, has no certificate that nodes take, or no TLS 1.3.
const fn is_about_certificates(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError
            | AlertDescription::CertificateRequired
    )
}

/// The error of TLS that lies beneath, if any. An I/O error hides its wrapped error from `source`, so it is asked
/// directly.
fn tls_cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref() {
            return Some(tls);
        }
        cause = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

/// A client for one peer: its own TLS, its own connections, no redirects, no proxy. When another certificate is to be
/// shown, further calls go over new connections; calls under way end on theirs.
#[derive(Clone)]
pub struct PeerClient {
    shown: Arc<ShownCertificate>,
    directory: Arc<PeerDirectory>,
    peer: NodeId,
    base: String,
    made: Arc<Mutex<Made>>,
}

/// The present connections, and the key that they were made with.
#[derive(Clone)]
struct Made {
    client: Client,
    shows: Arc<CertifiedKey>,
}

impl PeerClient {
    /// Makes a client that talks to `peer` and to nobody else.
    pub fn new(shown: Arc<ShownCertificate>, directory: Arc<PeerDirectory>, peer: &Peer) -> Result<Self, SendFault> {
        let made = make(&shown, &directory, &peer.id)?;
        let base = format!("{}/hxp/v1", peer.endpoint.trim_end_matches('/'));
        Ok(Self { shown, directory, peer: peer.id.clone(), base, made: Arc::new(Mutex::new(made)) })
    }

    /// Returns the connections to use now, and the key that they show.
    fn made(&self) -> Result<Made, SendFault> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&made.shows, &self.shown.to_peer(&self.peer)) {
            *made = make(&self.shown, &self.directory, &self.peer)?;
        }
        Ok(made.clone())
    }

    /// Sends a request; notes where the peer refuses the certificate shown to it.
    async fn send(&self, ask: impl FnOnce(&Client) -> RequestBuilder) -> Result<Response, SendFault> {
        let Made { client, shows } = self.made()?;
        let answer = send(ask(&client)).await;
        if matches!(answer, Err(SendFault::Handshake | SendFault::OwnCertificateOver)) {
            self.shown.note_refused(&self.peer, &shows);
        }
        answer
    }

    /// Says hello.
    pub async fn hello(&self, hello: &Hello) -> Result<Hello, SendFault> {
        let answer = self.send(|client| client.post(format!("{}/hello", self.base)).json(hello)).await?;
        let body = read_bounded(answer, HELLO_BYTES_LIMIT).await?;
        serde_json::from_slice(&body).map_err(|_| SendFault::Malformed)
    }

    /// Pushes a run of our own log.
    pub async fn push(&self, log: &NodeId, run: String) -> Result<Acknowledgement, SendFault> {
        let address = format!("{}/logs/{log}/runs", self.base);
        let answer = self.send(|client| client.put(address).header(CONTENT_TYPE, RUN_MEDIA_TYPE).body(run)).await?;
        let body = read_bounded(answer, HELLO_BYTES_LIMIT).await?;
        serde_json::from_slice(&body).map_err(|_| SendFault::Malformed)
    }

    /// Pulls the next run of a log; `None` where nothing is new after `wait`.
    pub async fn pull(
        &self,
        log: &NodeId,
        after: &Cursor,
        wait: Duration,
        limit: usize,
    ) -> Result<Option<String>, SendFault> {
        let Cursor { epoch, seq, hash } = after;
        let wait = wait.as_secs();
        let query = format!("ep={epoch}&after={seq}&hash={hash}&wait={wait}&limit={limit}");
        let answer = self.send(|client| client.get(format!("{}/logs/{log}/runs?{query}", self.base))).await?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        let body = read_bounded(answer, RUN_TEXT_LIMIT).await?;
        String::from_utf8(body).map(Some).map_err(|_| SendFault::Malformed)
    }

    /// Fetches the proof that an author has signed two entries under one place of an epoch; `None` where there is none.
    pub async fn fork(&self, log: &NodeId, epoch: u64) -> Result<Option<String>, SendFault> {
        let answer = self.send(|client| client.get(format!("{}/logs/{log}/fork?ep={epoch}", self.base))).await?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        let body = read_bounded(answer, FORK_BYTES_LIMIT).await?;
        String::from_utf8(body).map(Some).map_err(|_| SendFault::Malformed)
    }

    /// Fetches one body of the peer's own log.
    pub async fn body(&self, place: Position, entry: &Hash) -> Result<String, SendFault> {
        let Position { epoch, seq } = place;
        let address = format!("{}/bodies/{entry}?ep={epoch}&seq={seq}", self.base);
        let answer = self.send(|client| client.get(address)).await?;
        let body = read_bounded(answer, hotline_protocol::json::BODY.max_bytes).await?;
        String::from_utf8(body).map_err(|_| SendFault::Malformed)
    }
}

fn make(shown: &Arc<ShownCertificate>, directory: &Arc<PeerDirectory>, peer: &NodeId) -> Result<Made, SendFault> {
    let shows = shown.to_peer(peer);
    let tls = client_config(Arc::clone(shown), Arc::clone(directory), peer.clone()).map_err(|_| SendFault::NotMade)?;
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .https_only(true)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(CALL_TIMEOUT)
        .pool_max_idle_per_host(6)
        .build()
        .map_err(|_| SendFault::NotMade)?;
    Ok(Made { client, shows })
}

async fn send(request: RequestBuilder) -> Result<Response, SendFault> {
    let answer = request.send().await?;
    if answer.status().is_success() {
        return Ok(answer);
    }
    let retry_after = answer
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
        .filter(|seconds| *seconds <= RETRY_AFTER_LIMIT)
        .map(Duration::from_secs);
    let body = read_bounded(answer, 64 * 1024).await?;
    let received = Received::parse(&body).map_err(|_| SendFault::Malformed)?;
    let cursor = received.members.get("cursor").and_then(|cursor| serde_json::from_value(cursor.clone()).ok());
    Err(SendFault::Problem { problem: received.problem, cursor, retry_after })
}

/// Reads an answer, and stops at the limit before the memory does.
async fn read_bounded(mut answer: Response, limit: usize) -> Result<Vec<u8>, SendFault> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(SendFault::Malformed);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
