//! Reports as they are submitted, one or many.

use hotline_protocol::entry::{AssessmentRecord, Body};
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, RouteReason, Source, Urgency};
use hotline_protocol::{country::Country, url::CanonicalUrl, url::UrlDigest};

use crate::context::Context;
use crate::report::{
    House, NewReport, PrivateContent, Publication, Report, ReportError, Route, by_digests, by_keys, create_reports,
    is_exchanged,
};
use crate::routing::Placer;
use crate::storage::Write;
use crate::trust::{DigestKeyError, digest_keys};

/// A report on its way in.
pub struct Submission {
    /// The URL and what is known besides. Its URL must be set; its salt is replaced.
    pub body: Body,
    /// What stays in the house.
    pub private: PrivateContent,
    /// Offence as reported.
    pub offence: Offence,
    /// How soon.
    pub urgency: Urgency,
    /// Who reported.
    pub source: Source,
    /// By which way.
    pub channel: Channel,
    /// Microseconds since 1970.
    pub received_at: i64,
    /// The finding, if somebody assessed it already; else the report waits.
    pub finding: Option<AssessmentRecord>,
    /// Keyed digests of an imported row's reference and content.
    pub reference: Option<([u8; 32], [u8; 32])>,
    /// Digest of the reporter's secret.
    pub case_secret: Option<[u8; 32]>,
}

/// Locates and routes submissions. May ask name servers, so it is done before the transaction.
pub(super) async fn locate_all(placer: &Placer, submissions: Vec<Submission>) -> Vec<NewReport> {
    let mut located = Vec::with_capacity(submissions.len());
    for submission in submissions {
        located.push(locate_one(placer, submission).await);
    }
    located
}

async fn locate_one(placer: &Placer, submission: Submission) -> NewReport {
    let mut body = submission.body;
    let (mut offence, mut assessment) = (submission.offence, Assessment::Unassessed);
    if let Some(finding) = submission.finding {
        offence = finding.offence.known().copied().unwrap_or(offence);
        assessment = finding.assessment.known().copied().unwrap_or(Assessment::Unassessed);
        body.assessments.push(finding);
    }
    body.urgency = Some(submission.urgency.into());
    body.received_at = Some(submission.received_at / 1_000_000);
    let url = body.url.clone().filter(|_| is_exchanged(offence, assessment));
    let publication = match url {
        Some(url) => {
            let placement = placer.locate(url.canonical()).await;
            body.hosting.extend(placement.hosting.iter().cloned());
            Some(placer.publication(url.canonical(), &placement, &[] as &[NodeId], &[] as &[Country]))
        }
        None => None,
    };
    NewReport {
        body,
        private: submission.private,
        offence,
        assessment,
        urgency: submission.urgency,
        source: submission.source,
        channel: submission.channel,
        received_at: submission.received_at,
        reference: submission.reference,
        case_secret: submission.case_secret,
        publication,
    }
}

/// Takes reports in: one transaction. Gives them as recorded, in order.
pub async fn submit(
    context: &Context,
    placer: &Placer,
    submissions: Vec<Submission>,
) -> Result<Vec<Report>, ReportError> {
    let new = locate_all(placer, submissions).await;
    let write = context.database.write("submit_reports").await?;
    let reports = record_located(context, &write, new).await?;
    write.commit().await?;
    Ok(reports)
}

/// Records located reports, and closes those that are assessed and go nowhere.
pub(super) async fn record_located(
    context: &Context,
    write: &Write<'_>,
    new: Vec<NewReport>,
) -> Result<Vec<Report>, ReportError> {
    create_reports(context, write, new).await
}

/// What an assessed report that is not exchanged becomes: closed, out of remit unless it is simply not illegal.
#[must_use]
pub fn closing(offence: Offence, assessment: Assessment) -> Option<(House, Option<Route>)> {
    if assessment == Assessment::Unassessed || is_exchanged(offence, assessment) {
        return None;
    }
    let route =
        (assessment != Assessment::NotIllegal).then_some(Route { destination: None, reason: RouteReason::OutOfRemit });
    Some((House::Closed, route))
}

/// The reports that have this URL, as far as keyed digests tell: ours, and those of every log whose key is here. A
/// match is a hint to a person, never a reason to drop a report.
pub async fn find_known(context: &Context, url: &CanonicalUrl) -> Result<Vec<Report>, FindError> {
    let connection = context.database.read();
    let digests: Vec<UrlDigest> = digest_keys(connection, &context.seal)
        .await?
        .iter()
        .map(|(_, key)| key.digest(&context.network, url))
        .collect();
    let hashes: Vec<_> = digests.iter().map(|digest| digest.h).collect();
    let keys = by_digests(connection, &hashes).await.map_err(ReportError::from)?;
    Ok(by_keys(connection, &keys).await.map_err(ReportError::from)?)
}

/// Why a look-up failed.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The keys.
    #[error(transparent)]
    Keys(#[from] DigestKeyError),
    /// The reports.
    #[error(transparent)]
    Report(#[from] ReportError),
}

/// What is needed to publish one report, with the evidence added to its body.
pub async fn locate_for_publication(placer: &Placer, body: &mut Body) -> Option<Publication> {
    let url = body.url.clone()?;
    let placement = placer.locate(url.canonical()).await;
    body.hosting.extend(placement.hosting.iter().cloned());
    Some(placer.publication(url.canonical(), &placement, &[], &[]))
}
