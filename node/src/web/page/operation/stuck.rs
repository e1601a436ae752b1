//! `GET /stuck`: matters that do not go on by themselves, with reason, time and advice.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hotline_protocol::vocabulary::RouteReason;

use super::left_behind::Left;
use super::waiting::{NotWell, Open, Several};
use crate::access::account::{Entitled, right};
use crate::access::alert::list_open;
use crate::clock::time_of_micros;
use crate::report::query::{
    Stuck, WaitsFor, held_for, missing_bodies, refused, unanswered, unassessed, unplaced_by_reason,
};
use crate::routing::DOUBTS;
use crate::storage::StorageError;
use crate::web::shell::{Frame, Office, PageError, page};

/// Reports that stand still for one reason.
struct Row {
    /// The key of the event's text; the advice stands under `<key>-advice`.
    text: &'static str,
    /// A route's reason, or a hotline's id.
    why: String,
    count: u64,
    since: Option<String>,
    /// Where they are listed.
    list: Option<String>,
}

impl Row {
    fn of_reason(text: &'static str, state: &str, frame: &Frame, stuck: &Stuck<Option<RouteReason>>) -> Self {
        let why = stuck.why.map_or_else(|| "–".to_owned(), |reason| frame.code("route-reason", reason.code()));
        Self {
            text,
            why,
            count: stuck.count,
            since: time_of_micros(stuck.since),
            list: Some(format!("/reports?state={state}")),
        }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "operation/stuck.html")]
struct StuckPage {
    frame: Frame,
    rows: Vec<Row>,
    alerts: Vec<Open>,
    several: Vec<Several>,
    checks: Vec<NotWell>,
    left: Vec<Left>,
}

/// Answers.
pub(crate) async fn stuck(
    _: Entitled<right::SeeOperation>,
    State(office): State<Arc<Office>>,
    frame: Frame,
) -> Result<Response, PageError> {
    let rows = rows(&office, &frame).await?;
    let open = list_open(&office.context.database).await?;
    let alerts: Vec<Open> = open.into_iter().map(|alert| Open::of(alert, &frame)).collect();
    let checks = NotWell::among(&(office.checks)().await, &frame);
    let left = Left::all(&office).await.map_err(|error| PageError::internal("stuck", &error))?;
    page(&StuckPage { several: Several::among(&alerts, &frame), frame, rows, alerts, checks, left })
}

async fn rows(office: &Office, frame: &Frame) -> Result<Vec<Row>, StorageError> {
    let (connection, own) = (office.context.database.read(), &office.context.own);
    let mut rows = Vec::new();
    rows.extend(unassessed(connection).await?.map(|stuck| Row {
        text: "stuck-unassessed",
        why: "–".to_owned(),
        count: stuck.count,
        since: time_of_micros(stuck.since),
        list: Some("/reports?state=received".to_owned()),
    }));
    let by_reason =
        |text, state, found: Vec<_>| found.into_iter().map(move |it| Row::of_reason(text, state, frame, &it));
    for Stuck { why: (reason, waits_for), count, since } in held_for(connection, own).await? {
        let text = match reason {
            Some(RouteReason::HostedHere) => "stuck-home",
            Some(RouteReason::Unreadable | RouteReason::SetAside) => "stuck-set-aside",
            Some(reason) if DOUBTS.contains(&reason) => "stuck-doubtful",
            _ => "stuck-held",
        };
        // Where a person of this house is waited for, the reason tells more.
        let why = match (&waits_for, reason) {
            (WaitsFor::Person, Some(reason)) => frame.code("route-reason", reason.code()),
            _ => frame.waits_for(&waits_for),
        };
        let list = Some("/reports?state=held".to_owned());
        rows.push(Row { text, why, count, since: time_of_micros(since), list });
    }
    rows.extend(by_reason("stuck-unplaced", "assessed", unplaced_by_reason(connection, own).await?));
    rows.extend(by_reason("stuck-refused", "refused", refused(connection, own).await?));
    for Stuck { why, count, since } in unanswered(connection, own).await? {
        let text = if why == *own { "stuck-offered-here" } else { "stuck-unanswered" };
        let list = Some("/reports?state=offered".to_owned());
        rows.push(Row { text, why: why.to_string(), count, since: time_of_micros(since), list });
    }
    for Stuck { why, count, since } in missing_bodies(connection).await? {
        let since = time_of_micros(since);
        rows.push(Row { text: "stuck-bodies", why: why.to_string(), count, since, list: None });
    }
    Ok(rows)
}
