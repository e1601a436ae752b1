//! What is known of a URL, a reference or a number. Stores nothing of the question.

use std::collections::BTreeSet;

use hotline_protocol::bytes::Hash;
use hotline_protocol::url::CanonicalUrl;
use thiserror::Error;

use super::import::reference_number;
use crate::context::Context;
use crate::report::{Report, ReportError, by_digests, by_keys, by_reference, by_url_digest, url_digest};
use crate::trust::{DigestKeyError, digest_keys};

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

/// The reports that have this URL, newest first: those whose URL is here, and those of every log whose digest key is
/// here. A match is a hint to a person, never a reason to drop a report.
pub async fn find_known(context: &Context, url: &CanonicalUrl) -> Result<Vec<Report>, FindError> {
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
pub async fn find_imported(context: &Context, reference: &str) -> Result<Option<Report>, ReportError> {
    Ok(by_reference(context.database.read(), reference_number(&context.seal, reference)).await?)
}
