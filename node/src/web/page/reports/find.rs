//! `POST /reports/find`: by number, id, URL or reference. A form, so that no question stands in an address; nothing of
//! it is kept.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::urls_for;
use crate::access::account::{Entitled, right};
use crate::intake::Question;
use crate::intake::reading::UrlReadAs;
use crate::report::view::{ListedReport, Urls, load_listed};
use crate::web::shell::{Frame, Office, PageError, page};

/// Longest question, in bytes: a URL of full length.
const QUESTION_LIMIT: usize = 4_096;
/// At most so many are shown; a host's every page is none of one question.
const SHOWN: usize = 100;

/// The form.
#[derive(Deserialize)]
pub(crate) struct Asked {
    question: String,
}

/// The page.
#[derive(Template)]
#[template(path = "reports/found.html")]
struct FoundPage {
    frame: Frame,
    urls: Urls<'static>,
    /// How the question's URL was read.
    read: UrlReadAs,
    /// Of this hotline.
    here: Vec<ListedReport>,
    /// Of others, by their digests: a hint.
    federation: Vec<ListedReport>,
    is_cut: bool,
}

/// Answers. Takes a URL or a reference only from viewers that the table gives URLs: the answer tells whether one is
/// known.
pub(crate) async fn find(
    who: Entitled<right::SeeReports>,
    State(office): State<Arc<Office>>,
    frame: Frame,
    Form(asked): Form<Asked>,
) -> Result<Response, PageError> {
    let text = asked.question.trim();
    if text.is_empty() || text.len() > QUESTION_LIMIT {
        return Err(PageError::MALFORMED);
    }
    let urls = urls_for(who.viewer());
    if !(urls.are_shown() || Question::is_name(text)) {
        return Err(PageError::FORBIDDEN);
    }
    let question = Question::of_text(text).map_err(|_| PageError::URL_NOT_READ)?;
    let read = question.read();
    let mut reports = question.find(&office.context).await?;
    let is_cut = reports.len() > SHOWN;
    reports.truncate(SHOWN);
    let found = load_listed(&office.context, &reports, urls).await?;
    let (here, federation) = found.into_iter().partition(|report| report.number.is_some());
    page(&FoundPage { frame: frame.at("/reports"), urls, read, here, federation, is_cut })
}
