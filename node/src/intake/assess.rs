//! An analyst's finding about a report that waits: locates the server where the report is to be exchanged.

use hotline_protocol::entry::AssessmentRecord;

use crate::report::lifecycle::{Finding, is_exchanged};
use crate::report::view::Dossier;
use crate::routing::Placer;

/// Completes a finding with the server's place. May ask name servers, so it is done before the transaction.
pub async fn locate_finding(placer: &Placer, dossier: &Dossier, record: AssessmentRecord) -> Finding {
    let exchanged = match (record.offence.known(), record.assessment.known()) {
        (Some(offence), Some(assessment)) => is_exchanged(*offence, *assessment),
        _ => false,
    };
    let Some(url) = dossier.url().filter(|_| exchanged) else {
        return Finding { record, hosting: Vec::new(), location: None, publication: None };
    };
    let placement = placer.locate(url.canonical()).await;
    let publication = placer.publication(url.canonical(), &placement, &[], &[]);
    Finding { record, hosting: placement.hosting, location: placement.location, publication: Some(publication) }
}
