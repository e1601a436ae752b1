//! The reporting API: a URL in, a case number out. An uploader learns nothing of the known reports.

mod origins;
mod per_minute;
mod request_key;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use data_encoding::BASE32_NOPAD;
use futures_util::StreamExt as _;
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::Body as ReportBody;
use hotline_protocol::url::ReportedUrl;
use hotline_protocol::vocabulary::{Channel, Offence, Source, State as ReportState, Urgency};
use origins::with_origins;
pub(crate) use per_minute::source_of;
use per_minute::{Kind, PerMinute, TooMany};
use request_key::{AtWork, key_of};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::budget::{Bounds, Budget, Room};
use super::door::counted_as;
use super::listener::Caller;
use crate::context::Context;
use crate::intake::reading::{Reader, UrlNotRead, UrlReadAs, UrlReading};
use crate::intake::{Answer, Beside, Once, Submission, answered_before, submit};
use crate::problem::{Audience, FieldFault, Json, PublicProblem, with_problems};
use crate::report::query::repository::by_case;
use crate::report::view::PrivateContent;
use crate::report::{Report, ReportError, find_report};
use crate::routing::Locator;
use crate::server::shared::Shared;
use crate::storage::StorageError;

/// The count of requests that were sent away.
const REFUSED: &str = "hotline_requests_refused_total";
/// One request may name so many URLs.
const URLS_LIMIT: usize = 100;
/// Longest remark, in bytes.
const COMMENT_LIMIT: usize = 8 * 1024;
/// Longest e-mail address (RFC 5321).
const EMAIL_LIMIT: usize = 254;
/// The mark of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// A whole request.
const REQUEST_LIMIT: usize = 512 * 1024;

/// Bodies of requests that lie in memory, of all and of one address.
const BODIES_BYTES: usize = 64 * 1024 * 1024;
const BODIES_BYTES_OF_ONE: usize = 4 * REQUEST_LIMIT;
/// A report of one URL is shorter: an address with nothing in memory can send it, regardless of the others' use.
const BODIES_BYTES_ALWAYS: usize = 4 * 1024;

struct Api {
    shared: Arc<Shared>,
    per_minute: PerMinute,
    bodies: Budget<IpAddr>,
    at_work: AtWork,
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let origins = shared.config.public.allowed_origins.clone();
    let bodies = Budget::new(Bounds { all: BODIES_BYTES, each: BODIES_BYTES_OF_ONE, always: BODIES_BYTES_ALWAYS });
    let api = Arc::new(Api { shared, per_minute: PerMinute::default(), bodies, at_work: AtWork::default() });
    let routes = Router::new()
        .route("/api/v1/reports", post(report))
        .route("/api/v1/reports/{case_number}", get(state))
        .layer(from_fn_with_state(Arc::clone(&api), admit))
        .with_state(api);
    with_origins(with_problems(routes, Audience::Public), &origins)
}

impl Api {
    fn count(&self, source: IpAddr, method: &Method) -> Result<(), PublicProblem> {
        let now = self.shared.hub.context.clock.unix_seconds();
        let limit = self.shared.config.public.requests_per_minute_per_address;
        self.per_minute.count(source, Kind::of(method), limit, now).map_err(|TooMany { seconds_left }| {
            refused("address");
            PublicProblem::too_many_requests(seconds_left)
        })
    }

    /// Room for a body; a body that is too long is not kept, and takes none.
    fn room(&self, source: IpAddr, body: &Body) -> Result<Room<IpAddr>, PublicProblem> {
        self.bodies.take(counted_as(source), length_of(body, REQUEST_LIMIT)).map_err(|_| {
            refused("room");
            PublicProblem::busy(1)
        })
    }
}

/// How long a body is, as far as is known before anything of it is read: as it says, nothing where it says more than the
/// limit, and the limit where it does not say. Over HTTP/2 no header tells whether there is one.
pub(crate) fn length_of(body: &Body, limit: usize) -> usize {
    if body.is_end_stream() {
        return 0;
    }
    let said = body.size_hint().exact().map(|said| usize::try_from(said).unwrap_or(usize::MAX));
    match said {
        Some(length) if length > limit => 0,
        Some(length) => length,
        None => limit,
    }
}

/// Counts a request that is sent away.
fn refused(reason: &'static str) {
    metrics::counter!(REFUSED, "listener" => "public", "reason" => reason).increment(1);
}

/// Shows the counters before their first event.
pub(super) fn show_counters() {
    for reason in ["address", "room"] {
        metrics::counter!(REFUSED, "listener" => "public", "reason" => reason).increment(0);
    }
}

/// Counts a request, and reads it whole before anybody works on it.
async fn admit(
    State(api): State<Arc<Api>>,
    Extension(caller): Extension<Caller>,
    request: Request,
    next: Next,
) -> Result<Response, PublicProblem> {
    let source = source_of(caller, request.headers());
    api.count(source, request.method())?;
    let _room = api.room(source, request.body())?;
    let limit = Duration::from_secs(u64::from(api.shared.config.public.request_timeout_seconds));
    let (head, body) = request.into_parts();
    let mut body = tokio::time::timeout(limit, read_bounded(body)).await.map_err(|_| PublicProblem::timeout())??;
    // Some programs write a byte order mark before everything; a parser may ignore it (RFC 8259, section 8.1).
    if body.starts_with(BYTE_ORDER_MARK) {
        body.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(next.run(Request::from_parts(head, body.into())).await)
}

/// A body that is too large is read to its end too, and not kept. A connection closed on unread bytes is reset, and the
/// client never sees the reason of its refusal.
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

#[derive(Serialize, Deserialize)]
struct Case {
    case_number: String,
    secret: String,
}

/// The case, and how the request was read: the same for the same request, so it is not kept.
#[derive(Serialize)]
struct Taken {
    #[serde(flatten)]
    case: Case,
    /// Reports that were made: one a URL.
    urls: usize,
    /// Fields read otherwise than they were sent, or with something to note. It tells of the request alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    read_as: Vec<FieldRead>,
}

/// How one URL of the request was read.
#[derive(Serialize)]
struct FieldRead {
    /// Where it stands, such as `urls[2]`.
    #[serde(rename = "field")]
    place: String,
    #[serde(flatten)]
    told: UrlReadAs,
}

#[derive(Serialize)]
struct PublicState {
    state: &'static str,
}

async fn report(
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    Json(case): Json<NewCase>,
) -> Result<(StatusCode, axum::Json<Taken>), PublicProblem> {
    let read = check(&case)?;
    let read_as = told(&read);
    let urls = each_once(read.into_iter().map(|(_, reading)| reading.url).collect());
    let count = urls.len();
    let case = take(&api, &headers, &case, urls).await?;
    Ok((StatusCode::CREATED, axum::Json(Taken { case, urls: count, read_as })))
}

/// Takes a case, once where the request has a key.
async fn take(api: &Api, headers: &HeaderMap, case: &NewCase, urls: Vec<ReportedUrl>) -> Result<Case, PublicProblem> {
    let context = &api.shared.hub.context;
    let secret = BASE32_NOPAD.encode(&context.randomness.bytes::<16>());
    let failed = |error| storage_problem("report", &error);
    let Some(key) = key_of(headers)? else {
        let submissions = submissions(context, case, urls, &secret);
        let taken = submit(context, &locator(api).await?, submissions, Beside::Nothing).await.map_err(failed)?;
        return case_answered(context, taken, secret);
    };
    let once = Once::new(&context.seal, &key, &case.identity(&urls));
    let _turn = api.at_work.begin(once.key).ok_or_else(PublicProblem::at_work)?;
    let answer = if let Some(before) = answered_before(context, &once).await.map_err(failed)? {
        before
    } else {
        let submissions = submissions(context, case, urls, &secret);
        let answer = |reports: &[Report]| {
            let case = case_of(context, reports, secret.clone()).ok();
            Zeroizing::new(serde_json::to_vec(&case).unwrap_or_default())
        };
        let beside = Beside::Answer(&once, Box::new(answer));
        submit(context, &locator(api).await?, submissions, beside).await.map_err(failed)?
    };
    case_answered(context, answer, secret)
}

/// The client's answer.
fn case_answered(context: &Context, answer: Answer, secret: String) -> Result<Case, PublicProblem> {
    match answer {
        Answer::Taken(reports) => case_of(context, &reports, secret),
        Answer::Given(answer) => {
            serde_json::from_slice(&answer).map_err(|error| PublicProblem::internal("report", &error))
        }
        Answer::OtherRequest => Err(PublicProblem::key_taken()),
    }
}

async fn locator(api: &Api) -> Result<Locator, PublicProblem> {
    let shared = &api.shared;
    Locator::new(&shared.hub.context, Arc::clone(&shared.geolocator), &shared.config.routing)
        .await
        .map_err(|error| storage_problem("report", &error.into()))
}

fn case_of(context: &Context, reports: &[Report], secret: String) -> Result<Case, PublicProblem> {
    let number = reports.first().and_then(|report| report.number);
    let number = number.ok_or_else(|| PublicProblem::internal("report", &ReportError::NotFound))?;
    Ok(Case { case_number: number.shown(context.own.seat()), secret })
}

fn submissions(context: &Context, case: &NewCase, urls: Vec<ReportedUrl>, secret: &str) -> Vec<Submission> {
    let digest = context.seal.index_digest("case-secret", secret.as_bytes());
    let group = (urls.len() > 1).then(|| context.randomness.uuid_v7(context.clock.now()).to_string());
    let submission = |url| {
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
    };
    urls.into_iter().map(submission).collect()
}

/// One address is reported once, however often it stands in a request.
fn each_once(urls: Vec<ReportedUrl>) -> Vec<ReportedUrl> {
    let mut each: Vec<ReportedUrl> = Vec::with_capacity(urls.len());
    for url in urls {
        if each.iter().all(|known| known.canonical() != url.canonical()) {
            each.push(url);
        }
    }
    each
}

impl NewCase {
    /// The content of the request, regardless of its spelling: the same content again is the same report.
    fn identity(&self, urls: &[ReportedUrl]) -> Hash {
        let offence = self.offence.unwrap_or(Offence::Csam).code();
        let words = [Some(offence), self.comment.as_deref(), self.email.as_deref()];
        let mut said = Zeroizing::new(Vec::new());
        for part in words.into_iter().chain(urls.iter().map(|url| Some(url.as_given()))) {
            let length = part.map_or(u64::MAX, |part| part.len() as u64);
            said.extend_from_slice(&length.to_be_bytes());
            said.extend_from_slice(part.unwrap_or_default().as_bytes());
        }
        Hash::of(&[&said])
    }
}

/// The notes on the reading of URLs: of each URL read otherwise than it was sent, and of each out of an element of
/// several.
fn told(read: &[(usize, UrlReading)]) -> Vec<FieldRead> {
    let is_one_of_several = |place: usize| read.iter().filter(|(other, _)| *other == place).count() > 1;
    let mut told = Vec::new();
    for (place, reading) in read {
        let mut shown = reading.shown();
        if is_one_of_several(*place) {
            shown.read_as.get_or_insert_with(|| reading.url.defanged());
        }
        if !shown.is_empty() {
            told.push(FieldRead { place: format!("urls[{place}]"), told: shown });
        }
    }
    told
}

/// The URLs, each with the place of its element: the public pastes lists, so an element may hold several.
fn check(case: &NewCase) -> Result<Vec<(usize, UrlReading)>, PublicProblem> {
    let mut faults = Vec::new();
    let mut urls = Vec::new();
    for (place, text) in case.urls.iter().take(URLS_LIMIT).enumerate() {
        match Reader::default().all(text) {
            Ok(read) => urls.extend(read.into_iter().map(|reading| (place, reading))),
            Err(refused) => {
                faults.push(FieldFault { field: format!("urls[{place}]"), fault: fault_of(refused).into() });
            }
        }
    }
    let is_none = urls.is_empty() && faults.is_empty();
    if is_none || case.urls.len() > URLS_LIMIT || urls.len() > URLS_LIMIT {
        faults.insert(0, FieldFault { field: "urls".to_owned(), fault: "1 to 100 URLs are expected".into() });
    }
    for (field, text, limit) in [("comment", &case.comment, COMMENT_LIMIT), ("email", &case.email, EMAIL_LIMIT)] {
        faults.extend(text.as_ref().and_then(|text| too_long(field, text, limit)));
    }
    let is_address =
        |email: &String| email.len() > EMAIL_LIMIT || (email.contains('@') && !email.contains(char::is_whitespace));
    if case.email.as_ref().is_some_and(|email| !is_address(email)) {
        faults.push(FieldFault { field: "email".to_owned(), fault: "not an e-mail address".into() });
    }
    if faults.is_empty() { Ok(urls) } else { Err(PublicProblem::validation(faults)) }
}

/// A text above its limit; a fault of its own, regardless of other faults of the text.
fn too_long(field: &str, text: &str, limit: usize) -> Option<FieldFault> {
    let fault = || format!("{} bytes, where at most {limit} may stand", text.len()).into();
    (text.len() > limit).then(|| FieldFault { field: field.to_owned(), fault: fault() })
}

/// A refusal in one sentence that does not repeat the text.
fn fault_of(refused: UrlNotRead) -> &'static str {
    match refused {
        UrlNotRead::Url(_) | UrlNotRead::Nothing | UrlNotRead::TextTooLong => {
            "not an http or https URL with a host, of at most 4,096 bytes"
        }
        UrlNotRead::Defanged(_) => "the URL is defanged in two ways at once: write it plainly",
        UrlNotRead::Several { .. } | UrlNotRead::TooMany => "too many URLs stand here",
        UrlNotRead::Apart => {
            "white space stands inside the URL, or words beside it: write one URL a line, and its spaces as %20"
        }
        UrlNotRead::Glued => "two URLs stand here with nothing between them: write each on its own line",
        UrlNotRead::SchemeTwice => "a second http:// stands where the host is expected: write it once",
        UrlNotRead::QuoteStray => "a quote or bracket before or behind the URL has no other half: take it away",
        UrlNotRead::Invisible => "an invisible character stands inside the URL: type it, or copy it from plain text",
        UrlNotRead::Control(_) => "a control character stands inside the URL: type it, or copy it from plain text",
        UrlNotRead::HostCharacter | UrlNotRead::HostDots | UrlNotRead::HostWithoutDot | UrlNotRead::HostTooLong => {
            "the host is no whole name: it is letters, digits, - and _ with dots between (such as host.example)"
        }
        UrlNotRead::WrappedTooOften => "the URL stands in forwarding links, one in the other: write the innermost",
    }
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
        .and_then(|value| bearer(value.to_str().ok()?))
        .ok_or_else(PublicProblem::unauthenticated)?;
    let digest = context.seal.index_digest("case-secret", secret.as_bytes());
    let report = match find_report(context.database.read(), &case_number, context.own.seat()).await {
        Ok(report) => report,
        Err(ReportError::NotFound | ReportError::Name(_)) => return Err(PublicProblem::unauthenticated()),
        Err(error) => return Err(storage_problem("state", &error)),
    };
    let is_theirs = report
        .case_secret
        .is_some_and(|known| aws_lc_rs::constant_time::verify_slices_are_equal(&known, &digest).is_ok());
    if !is_theirs {
        return Err(PublicProblem::unauthenticated());
    }
    let case =
        by_case(context.database.read(), &digest).await.map_err(|error| storage_problem("state", &error.into()))?;
    Ok(axum::Json(PublicState { state: state_of(&case) }))
}

/// The token of an `Authorization` header. Its scheme may be written in any case (RFC 9110, section 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim())
}

/// The state of a case: the common state of all its reports, else that it is being worked on.
fn state_of(case: &[Report]) -> &'static str {
    let mut states = case.iter().map(public_state);
    let first = states.next().unwrap_or("received");
    if states.all(|state| state == first) { first } else { "processed" }
}

fn public_state(report: &Report) -> &'static str {
    match report.shown_state() {
        ReportState::Received => "received",
        ReportState::Removed
        | ReportState::Unavailable
        | ReportState::NotIllegal
        | ReportState::Withdrawn
        | ReportState::Closed => "closed",
        _ => "processed",
    }
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
        // A person must mend a full disk, and this takes longer.
        ReportError::Storage(fault) if fault.takes_nothing_now() => PublicProblem::busy(60),
        error => PublicProblem::internal(act, error),
    }
}
