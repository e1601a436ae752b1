//! Look-up of a URL, a reference or a number among the stored reports. Stores nothing of the question.

use std::collections::BTreeSet;

use hotline_protocol::bytes::Hash;
use hotline_protocol::url::{CanonicalUrl, begins_like_url};
use thiserror::Error;

use super::import::reference_number;
use super::reading::{Reader, UrlNotRead, UrlReadAs, UrlReading};
use crate::context::Context;
use crate::report::query::repository::{by_digests, by_keys, by_reference, by_url_digest};
use crate::report::{Report, ReportError, ReportName, find_report, url_digest};
use crate::trust::peer::{DigestKeyError, digest_keys};

/// Why a look-up failed.
#[derive(Debug, Error)]
pub enum FindError {
    /// The keys.
    #[error(transparent)]
    Keys(#[from] DigestKeyError),
    /// The reports.
    #[error(transparent)]
    Report(#[from] ReportError),
}

/// The subject of a look-up.
#[derive(Debug, Clone)]
pub enum Question {
    /// By its id, or by this node's own number.
    Number(String),
    /// By its URL.
    Url(UrlReading),
    /// By the reference of its import.
    Reference(String),
}

impl Question {
    /// Reads the question from a text. One that is like a URL and cannot be read as one is refused: as a reference
    /// nothing would be found, and that would pass for an answer about the URL.
    pub fn of_text(text: &str) -> Result<Self, UrlNotRead> {
        if Self::is_name(text) {
            return Ok(Self::Number(text.to_owned()));
        }
        match Reader::default().one(text) {
            Ok(reading) => Ok(Self::Url(reading)),
            Err(refused) if begins_like_url(text.trim()) || text.contains("://") => Err(refused),
            Err(_) => Ok(Self::Reference(text.to_owned())),
        }
    }

    /// How a URL was read, for the answer.
    #[must_use]
    pub fn read(&self) -> UrlReadAs {
        match self {
            Self::Url(reading) => reading.shown(),
            Self::Number(_) | Self::Reference(_) => UrlReadAs::default(),
        }
    }

    /// Whether a text is an id or a number, and so reveals nothing of the reported content.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        ReportName::is_like(text)
    }

    /// How it was understood: `number`, `url`, `reference`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Url(_) => "url",
            Self::Reference(_) => "reference",
        }
    }

    /// The reports that answer it, newest first: of this hotline, and of others by their digests.
    pub async fn find(&self, context: &Context) -> Result<Vec<Report>, FindError> {
        match self {
            Self::Number(name) => match find_report(context.database.read(), name, context.own.seat()).await {
                Err(ReportError::NotFound) => Ok(Vec::new()),
                found => Ok(vec![found?]),
            },
            Self::Url(reading) => find_known(context, reading.url.canonical()).await,
            Self::Reference(reference) => Ok(find_imported(context, reference).await?.into_iter().collect()),
        }
    }
}

/// Returns the reports with this URL, newest first: those with the URL stored here, and those of every log with its
/// digest key here. A match is a hint to a person, never a reason to drop a report.
pub(super) async fn find_known(context: &Context, url: &CanonicalUrl) -> Result<Vec<Report>, FindError> {
    let connection = context.database.read();
    let digest_of = |key: &hotline_protocol::url::DigestKey| key.digest(&context.network, url).h;
    let digests: Vec<Hash> =
        digest_keys(connection, &context.seal).await?.iter().map(|(_, key)| digest_of(key)).collect();
    let published = by_digests(connection, &digests).await.map_err(ReportError::from)?;
    let here = by_url_digest(connection, &url_digest(&context.seal, url)).await.map_err(ReportError::from)?;
    let keys: BTreeSet<i64> = published.into_iter().chain(here).collect();
    let mut reports = by_keys(connection, &Vec::from_iter(keys)).await.map_err(ReportError::from)?;
    reports.sort_unstable_by_key(|report| std::cmp::Reverse(report.key));
    Ok(reports)
}

/// The report that was imported under this reference.
async fn find_imported(context: &Context, reference: &str) -> Result<Option<Report>, ReportError> {
    Ok(by_reference(context.database.read(), reference_number(&context.seal, reference)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_a_number_an_id_a_url_or_a_reference() {
        for (text, name) in [
            ("FR-2026-0001234", "number"),
            ("fr-example/01890a5d-ac96-774b-bcce-b302099a8057", "number"),
            ("hxxps://a[.]example/b", "url"),
            ("fr-fixture-000001", "reference"),
        ] {
            assert_eq!(Question::of_text(text).expect(text).name(), name, "{text}");
        }
    }

    #[test]
    fn what_is_like_a_url_is_never_looked_for_as_a_reference() {
        for text in [
            "https://localhost/a",
            "hxxp://a[.]example/b(.)c",
            "see ftp://a.example",
            "http://a.example http://b.example",
        ] {
            assert!(Question::of_text(text).is_err(), "{text}");
        }
    }
}
