//! `GET /reports`: the list of reports, newest first, by state, holder and country.

use std::str::FromStr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use hotline_protocol::vocabulary::{State as ReportState, read_code};
use serde::Deserialize;

use super::urls_for;
use crate::access::account::{Entitled, right};
use crate::report::query::repository::{Filter, oldest_of_newest};
use crate::report::view::{ListedReport, Urls, load_listed};
use crate::report::{Report, find_report, list_reports};
use crate::web::shell::{Frame, Office, PageError, page};

/// Reports on a page.
const PAGE: u64 = 50;
/// Reports that a page looks through at most for a filter without an index.
const LOOKED_THROUGH: i64 = 50_000;

/// The filter as it stands in the address; an empty field asks for nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: String,
    holder: String,
    country: String,
    /// The number or id of the last report of the page before.
    after: String,
}

impl Asked {
    fn field<T: FromStr>(text: &str) -> Result<Option<T>, PageError> {
        match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| PageError::MALFORMED),
        }
    }

    /// The address of the page behind `last`.
    fn next(&self, last: &ListedReport) -> String {
        let pairs = [("state", &self.state), ("holder", &self.holder), ("country", &self.country)];
        let mut address = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            address.append_pair(name, value);
        }
        address.append_pair("after", last.name());
        format!("/reports?{}", address.finish())
    }
}

/// The page.
#[derive(Template)]
#[template(path = "reports/list.html")]
struct ListPage {
    frame: Frame,
    asked: Asked,
    urls: Urls<'static>,
    reports: Vec<ListedReport>,
    /// The oldest report that was looked at, where older ones were not.
    looked_since: Option<ListedReport>,
    /// Where it goes on.
    next: Option<String>,
}

impl ListPage {
    fn states() -> &'static [ReportState] {
        ReportState::ALL
    }
}

/// Answers.
pub(crate) async fn list(
    who: Entitled<right::SeeReports>,
    State(office): State<Arc<Office>>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, PageError> {
    let connection = office.context.database.read();
    let before = match asked.after.trim() {
        "" => None,
        name => Some(find_report(connection, name, office.context.own.seat()).await?.key),
    };
    let state = match asked.state.trim() {
        "" => None,
        state => Some(read_code(state).map_err(|_| PageError::MALFORMED)?),
    };
    let filter = Filter {
        state,
        // A report that another hotline has not told of, or counts no more there, is not received: it has no state.
        origin: state.filter(|state| *state == ReportState::Received).map(|_| office.context.own.clone()),
        holder: Asked::field(&asked.holder)?,
        country: Asked::field(&asked.country.to_ascii_uppercase())?,
        before,
        since: None,
        limit: PAGE + 1,
    };
    let oldest = if filter.is_served() { None } else { oldest_of_newest(connection, before, LOOKED_THROUGH).await? };
    let filter = Filter { since: oldest.as_ref().map(|oldest| oldest.key), ..filter };
    let mut reports = list_reports(connection, &filter).await?;
    let is_more = u64::try_from(reports.len()).is_ok_and(|found| found > PAGE);
    reports.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let urls = urls_for(who.viewer());
    let reports = load_listed(&office.context, &reports, urls).await?;
    let oldest: Vec<Report> = oldest.into_iter().filter(|_| !is_more).collect();
    let looked_since = load_listed(&office.context, &oldest, Urls::Hidden).await?.pop();
    let last = if is_more { reports.last() } else { looked_since.as_ref() };
    let next = last.map(|last| asked.next(last));
    page(&ListPage { frame, asked, urls, reports, looked_since, next })
}
