//! Records an analyst's finding about a waiting report: published where it is to be exchanged, else closed.

use hotline_protocol::entry::{AssessmentRecord, HostingRecord, LocationRecord};
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Assessment, Offence};

use super::create::publish_report;
use super::finding::closing;
use super::publish::Publication;
use super::transition::MoveRefused;
use crate::context::Context;
use crate::report::error::ReportError;
use crate::report::model::{House, Report};
use crate::report::projection::{Fact, update_facts};
use crate::report::service::{close, save_reports};
use crate::report::view::{PrivateContent, ReportDetail};
use crate::storage::Write;

/// An analyst's finding, and the place of the server if the report is to be exchanged.
pub struct Finding {
    /// The assessment, as it goes to the other hotline.
    pub record: AssessmentRecord,
    /// The evidence of the server's place.
    pub hosting: Vec<HostingRecord>,
    /// The decision with its witnesses.
    pub location: Option<LocationRecord>,
    /// Where it goes; none where it is closed.
    pub publication: Option<Publication>,
}

/// Only a report that waits at its origin is assessed.
pub fn check_assessable(own: &NodeId, report: &Report) -> Result<(), MoveRefused> {
    if report.tenure > 0 {
        return Err(MoveRefused::Published);
    }
    if report.id.origin != *own {
        return Err(MoveRefused::NotOrigin(report.id.origin.clone()));
    }
    if report.house == Some(House::Closed) {
        return Err(MoveRefused::Closed);
    }
    Ok(())
}

/// Records a finding, and publishes or closes the report. `report` and `detail` as they are in this transaction.
pub async fn assess_report(
    context: &Context,
    write: &Write<'_>,
    (mut report, mut detail): (Report, ReportDetail),
    finding: Finding,
) -> Result<Report, ReportError> {
    check_assessable(&context.own, &report)?;
    let offence = finding.record.offence.known().copied().or(report.offence).unwrap_or(Offence::Csam);
    let assessment = finding.record.assessment.known().copied().unwrap_or(Assessment::Unassessed);
    report.offence = Some(offence);
    report.assessment = Some(assessment);
    report.reason = finding.record.reason.as_ref().and_then(|reason| reason.known().copied());
    detail.known.assessments.push(finding.record);
    detail.known.hosting.extend(finding.hosting);
    detail.known.location.extend(finding.location);
    if let Some(publication) = finding.publication {
        return publish_report(context, write, report, detail, publication).await;
    }
    report.route = closing(offence, assessment).flatten();
    let fact = Fact::of_unpublished(&context.own, &report, &detail.known, None);
    let private = PrivateContent { body: Some(detail.known), ..detail.private };
    report.content = private.seal(&context.seal, &report.id.to_string());
    close(&mut report, context.now_micros());
    save_reports(write, std::slice::from_ref(&report)).await?;
    update_facts(write, &[fact]).await?;
    Ok(report)
}
