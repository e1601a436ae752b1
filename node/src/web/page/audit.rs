//! `GET /trail`: actions with their actor and time, newest first; and on request, whether the chain holds.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::access::account::{Entitled, right};
use crate::access::act::RecordedAct;
use crate::access::audit::{Trail, list_acts_before, verify_trail};
use crate::clock::time_of_micros;
use crate::web::shell::{Frame, Office, PageError, page};

/// Acts on a page.
const PAGE: usize = 100;

/// The fields of the request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The number of the last act of the page before.
    before: Option<i64>,
    /// Whether the whole chain is gone through.
    verify: bool,
}

/// One act.
struct Row {
    id: i64,
    at: Option<String>,
    who: String,
    act: String,
    what: String,
    origin: String,
}

impl From<RecordedAct> for Row {
    fn from(act: RecordedAct) -> Self {
        let RecordedAct { id, at, who, act, what, origin, .. } = act;
        Self { id, at: time_of_micros(at), who, act, what, origin }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "trail.html")]
struct TrailPage {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<i64>,
    trail: Option<Trail>,
}

/// Answers.
pub(crate) async fn trail(
    _: Entitled<right::SeeTrail>,
    State(office): State<Arc<Office>>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, PageError> {
    let database = &office.context.database;
    let limit = u64::try_from(PAGE + 1).unwrap_or(u64::MAX);
    let mut acts = list_acts_before(database, asked.before.unwrap_or(i64::MAX), limit).await?;
    let is_more = acts.len() > PAGE;
    acts.truncate(PAGE);
    let rows: Vec<Row> = acts.into_iter().map(Row::from).collect();
    let next = rows.last().filter(|_| is_more).map(|row| row.id);
    let trail = if asked.verify { Some(verify_trail(database).await?) } else { None };
    page(&TrailPage { frame, rows, next, trail })
}
