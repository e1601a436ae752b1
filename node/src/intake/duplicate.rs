//! Imported rows with a URL that this hotline already has. Each row is taken, since a second report may say more, and
//! each is told.

use hotline_protocol::bytes::Hash;
use hotline_protocol::url::CanonicalUrl;
use serde::Serialize;

use crate::context::Context;
use crate::report::query::{UrlDigests, earlier_reports};
use crate::report::{Report, ReportError};

/// A row that was taken although its URL had been reported here before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// The line of the file where the row begins.
    pub line: u64,
    /// The number that it has now.
    pub number: String,
    /// The number of the oldest report of the same URL.
    pub duplicate_of: String,
}

/// Returns the digest for finding a published report of this log.
pub(super) fn own_digest(context: &Context, url: &CanonicalUrl) -> Hash {
    context.digest_key.digest(&context.network, url).h
}

/// The duplicates among reports that were just recorded, each with its line and its digest.
pub(super) async fn duplicates(
    context: &Context,
    taken: &[(u64, Hash)],
    reports: &[Report],
) -> Result<Vec<Duplicate>, ReportError> {
    let digests = reports.iter().zip(taken).filter_map(|(report, (_, published))| {
        Some(UrlDigests { report: report.key, published: *published, house: report.url_digest? })
    });
    let earlier = earlier_reports(context.database.read(), &digests.collect::<Vec<_>>()).await?;
    let seat = context.own.seat();
    let duplicate = |(report, (line, _)): (&Report, &(u64, Hash))| {
        let (number, of) = (report.number?, earlier.get(&report.key)?);
        Some(Duplicate { line: *line, number: number.shown(seat), duplicate_of: of.shown(seat) })
    };
    Ok(reports.iter().zip(taken).filter_map(duplicate).collect())
}
