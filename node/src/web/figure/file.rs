//! A figure as a file to keep.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::csv::csv;
use super::json::json;
use crate::statistics::Figure;
use crate::web::shell::{Language, PageError};

/// The kinds of files that there are.
const KINDS: [&str; 2] = ["csv", "json"];

/// Whether a download is of one of these figures: for any other name, nothing need be computed.
pub(in crate::web) fn is_file_of(name: &str, figures: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(figure, kind)| figures.contains(&figure) && KINDS.contains(&kind))
}

/// Returns the file `<figure>.csv` or `<figure>.json`, of one of these figures; any other name is not found. It is kept
/// under the figure's name and `more`, such as a year. A table is for spreadsheets in the reader's language.
pub(in crate::web) fn file<'f>(
    name: &str,
    more: &str,
    language: Language,
    mut figures: impl Iterator<Item = &'f Figure>,
) -> Result<Response, PageError> {
    let (figure, kind) = name.rsplit_once('.').ok_or(PageError::NOT_FOUND)?;
    let figure = figures.find(|it| it.name == figure).ok_or(PageError::NOT_FOUND)?;
    let (media_type, bytes) = match kind {
        "csv" => ("text/csv; charset=utf-8; header=present", csv(figure, language)),
        "json" => ("application/json", json(figure).to_string().into_bytes()),
        _ => return Err(PageError::NOT_FOUND),
    };
    let disposition = format!("attachment; filename=\"{}{more}.{kind}\"", figure.name);
    Ok(([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response())
}
