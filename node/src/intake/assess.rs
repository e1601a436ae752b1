//! An analyst's finding about a report that waits: locates the server where the report is to be exchanged.

use hotline_protocol::entry::AssessmentRecord;

use crate::report::lifecycle::{Finding, is_exchanged};
use crate::report::view::ReportDetail;
use crate::routing::Locator;

/// Completes a finding with the server's place. May ask name servers, so it is done before the transaction.
pub async fn locate_finding(locator: &Locator, detail: &ReportDetail, record: AssessmentRecord) -> Finding {
    let exchanged = match (record.offence.known(), record.assessment.known()) {
        (Some(offence), Some(assessment)) => is_exchanged(*offence, *assessment),
        _ => false,
    };
    let Some(url) = detail.url().filter(|_| exchanged) else {
        return Finding { record, hosting: Vec::new(), location: None, publication: None };
    };
    let placement = locator.locate(url.canonical()).await;
    let publication = locator.publication(url.canonical(), &placement, &[], &[]);
    Finding { record, hosting: placement.hosting, location: placement.location, publication: Some(publication) }
}
