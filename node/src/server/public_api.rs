//! The reporting API: a URL in, a case number out. Whoever uploads learns nothing of what is known.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use data_encoding::BASE32_NOPAD;
use futures_util::StreamExt as _;
use hotline_protocol::entry::Body as ReportBody;
use hotline_protocol::url::ReportedUrl;
use hotline_protocol::vocabulary::{Channel, Offence, Source, State as ReportState, Urgency};
use serde::{Deserialize, Serialize};

use super::node::Shared;
use crate::intake::{Submission, submit};
use crate::problem::{Audience, FieldFault, Json, PublicProblem, with_problems};
use crate::report::{PrivateContent, ReportError, find_report};
use crate::routing::Placer;
use crate::storage::StorageError;

/// One request may name so many URLs.
const URLS_LIMIT: usize = 100;
/// Longest remark, in bytes.
const COMMENT_LIMIT: usize = 8 * 1024;
/// Longest e-mail address (RFC 5321).
const EMAIL_LIMIT: usize = 254;
/// A whole request.
const REQUEST_LIMIT: usize = 512 * 1024;

/// Requests of this minute; beyond the configured number the rest waits for the next.
#[derive(Default)]
struct Minute {
    number: i64,
    requests: u32,
}

struct Api {
    shared: Arc<Shared>,
    minute: Mutex<Minute>,
}

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let api = Arc::new(Api { shared, minute: Mutex::default() });
    let routes = Router::new()
        .route("/api/v1/reports", post(report))
        .route("/api/v1/reports/{case_number}", get(state))
        .layer(from_fn_with_state(Arc::clone(&api), admit))
        .with_state(api);
    with_problems(routes, Audience::Public)
}

impl Api {
    fn count(&self) -> Result<(), PublicProblem> {
        let now = self.shared.hub.context.clock.unix_seconds();
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.number != now / 60 {
            *minute = Minute { number: now / 60, requests: 0 };
        }
        minute.requests += 1;
        if minute.requests > self.shared.config.public.requests_per_minute {
            let left = u32::try_from(60 - now % 60).unwrap_or(60);
            return Err(PublicProblem::too_many_requests(left));
        }
        Ok(())
    }
}

/// Counts a request, and reads it whole before anybody works on it.
async fn admit(State(api): State<Arc<Api>>, request: Request, next: Next) -> Result<Response, PublicProblem> {
    api.count()?;
    let limit = Duration::from_secs(u64::from(api.shared.config.public.request_timeout_seconds));
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(limit, read_bounded(body)).await.map_err(|_| PublicProblem::timeout())??;
    Ok(next.run(Request::from_parts(head, body.into())).await)
}

/// What is too large is read to its end too, and not kept: a connection that is closed on unread bytes is reset, and
/// the client never sees why it was refused.
async fn read_bounded(body: Body) -> Result<Vec<u8>, PublicProblem> {
    let mut chunks = body.into_data_stream();
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| PublicProblem::malformed())?;
        length += chunk.len();
        if length <= REQUEST_LIMIT {
            kept.extend_from_slice(&chunk);
        }
    }
    if length <= REQUEST_LIMIT { Ok(kept) } else { Err(PublicProblem::payload_too_large()) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCase {
    urls: Vec<String>,
    #[serde(default)]
    offence: Option<Offence>,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

#[derive(Serialize)]
struct Case {
    case_number: String,
    secret: String,
}

#[derive(Serialize)]
struct PublicState {
    state: &'static str,
}

async fn report(
    State(api): State<Arc<Api>>,
    Json(case): Json<NewCase>,
) -> Result<(StatusCode, axum::Json<Case>), PublicProblem> {
    let urls = check(&case)?;
    let shared = &api.shared;
    let context = &shared.hub.context;
    let secret = BASE32_NOPAD.encode(&context.randomness.bytes::<16>());
    let digest = context.seal.index_digest("case-secret", secret.as_bytes());
    let group = (urls.len() > 1).then(|| context.randomness.uuid_v7(context.clock.now()).to_string());
    let submissions = urls
        .into_iter()
        .map(|url| {
            let mut body = ReportBody::new(context.salt());
            body.url = Some(url);
            body.group.clone_from(&group);
            Submission {
                body,
                private: PrivateContent {
                    comment: case.comment.clone(),
                    email: case.email.clone(),
                    ..PrivateContent::default()
                },
                offence: case.offence.unwrap_or(Offence::Csam),
                urgency: Urgency::Routine,
                source: Source::Public,
                channel: Channel::Api,
                received_at: context.now_micros(),
                finding: None,
                reference: None,
                case_secret: Some(digest),
            }
        })
        .collect();
    let placer = Placer::new(context, Arc::clone(&shared.geolocator), &shared.config.routing)
        .await
        .map_err(|error| storage_problem("report", &error.into()))?;
    let reports = submit(context, &placer, submissions).await.map_err(|error| storage_problem("report", &error))?;
    let number = reports.first().and_then(|report| report.number);
    let number = number.ok_or_else(|| PublicProblem::internal("report", &ReportError::NotFound))?;
    Ok((StatusCode::CREATED, axum::Json(Case { case_number: number.shown(context.own.seat()), secret })))
}

fn check(case: &NewCase) -> Result<Vec<ReportedUrl>, PublicProblem> {
    let mut faults = Vec::new();
    let mut urls = Vec::new();
    if case.urls.is_empty() || case.urls.len() > URLS_LIMIT {
        faults.push(FieldFault { field: "urls".to_owned(), fault: "1 to 100 URLs are expected" });
    }
    for (place, url) in case.urls.iter().take(URLS_LIMIT).enumerate() {
        match ReportedUrl::parse(url) {
            Ok(url) => urls.push(url),
            Err(_) => faults.push(FieldFault {
                field: format!("urls[{place}]"),
                fault: "not an http or https URL with a host, of at most 4,096 bytes",
            }),
        }
    }
    if case.comment.as_ref().is_some_and(|comment| comment.len() > COMMENT_LIMIT) {
        faults.push(FieldFault { field: "comment".to_owned(), fault: "at most 8 KiB" });
    }
    let is_address =
        |email: &String| email.len() <= EMAIL_LIMIT && email.contains('@') && !email.contains(char::is_whitespace);
    if case.email.as_ref().is_some_and(|email| !is_address(email)) {
        faults.push(FieldFault { field: "email".to_owned(), fault: "not an e-mail address" });
    }
    if faults.is_empty() { Ok(urls) } else { Err(PublicProblem::validation(faults)) }
}

/// The same answer for an unknown number as for a wrong secret.
async fn state(
    State(api): State<Arc<Api>>,
    Path(case_number): Path<String>,
    headers: HeaderMap,
) -> Result<axum::Json<PublicState>, PublicProblem> {
    let context = &api.shared.hub.context;
    let secret = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or_else(PublicProblem::unauthenticated)?;
    let digest = context.seal.index_digest("case-secret", secret.as_bytes());
    let report = match find_report(context.database.read(), &case_number).await {
        Ok(report) => report,
        Err(ReportError::NotFound) => return Err(PublicProblem::unauthenticated()),
        Err(error) => return Err(storage_problem("state", &error)),
    };
    let is_theirs = report
        .case_secret
        .is_some_and(|known| aws_lc_rs::constant_time::verify_slices_are_equal(&known, &digest).is_ok());
    if !is_theirs {
        return Err(PublicProblem::unauthenticated());
    }
    let state = match report.shown_state() {
        ReportState::Received => "received",
        ReportState::Removed
        | ReportState::Unavailable
        | ReportState::NotIllegal
        | ReportState::Withdrawn
        | ReportState::Closed => "closed",
        _ => "processed",
    };
    Ok(axum::Json(PublicState { state }))
}

fn log_outcome_unknown(act: &'static str) {
    tracing::error!(act, "the database went away while this was written: nobody can tell whether it is there");
}

fn storage_problem(act: &'static str, error: &ReportError) -> PublicProblem {
    match error {
        ReportError::Storage(StorageError::Busy(_)) => PublicProblem::busy(1),
        ReportError::Storage(StorageError::OutcomeUnknown) => {
            log_outcome_unknown(act);
            PublicProblem::outcome_unknown()
        }
        error => PublicProblem::internal(act, error),
    }
}
