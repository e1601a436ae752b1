//! Reports as they are submitted, one or many.

use hotline_protocol::entry::{AssessmentRecord, Body};
use hotline_protocol::url::{CanonicalUrl, ReportedUrl};
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, Source, Urgency};
use zeroize::Zeroizing;

use super::idempotency::{Answer, Once, keep_answer, look};
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::context::Context;
use crate::report::lifecycle::{NewReport, create_reports, is_exchanged, prepare_reports};
use crate::report::view::PrivateContent;
use crate::report::{Report, ReportError};
use crate::routing::Locator;

/// A report on its way in.
pub struct Submission {
    /// The URL and all else that is known. Its URL must be set; its salt is replaced.
    pub body: Body,
    /// The content that stays in the house.
    pub private: PrivateContent,
    /// Offence as reported.
    pub offence: Offence,
    /// How soon.
    pub urgency: Urgency,
    /// The kind of reporter.
    pub source: Source,
    /// The way in.
    pub channel: Channel,
    /// Microseconds since 1970.
    pub received_at: i64,
    /// The finding, if somebody assessed it already; else the report waits.
    pub finding: Option<AssessmentRecord>,
    /// An imported row's reference, as a number, and the keyed digest of its content.
    pub reference: Option<(i64, [u8; 32])>,
    /// Digest of the reporter's secret.
    pub case_secret: Option<[u8; 32]>,
}

/// Locates and routes submissions. May ask name servers, so it is done before the transaction.
pub(super) async fn locate_all(locator: &Locator, submissions: Vec<Submission>) -> Vec<NewReport> {
    let mut located: Vec<NewReport> = submissions.into_iter().map(Submission::unpublished).collect();
    publish_all(locator, located.iter_mut()).await;
    located
}

/// Locates and routes those of some new reports that go to peers; each host is asked for once.
pub(super) async fn publish_all(locator: &Locator, new: impl Iterator<Item = &mut NewReport>) {
    let new = new.filter(|new| is_exchanged(new.offence, new.assessment));
    let (mut exchanged, urls): (Vec<_>, Vec<_>) =
        new.filter_map(|new| new.body.url.clone().map(|url| (new, url))).unzip();
    let urls: Vec<&CanonicalUrl> = urls.iter().map(ReportedUrl::canonical).collect();
    let placements = locator.locate_many(&urls).all().await;
    for ((new, url), placement) in exchanged.iter_mut().zip(urls).zip(placements) {
        new.publication = Some(locator.publication(url, &placement, &[], &[]));
        new.body.hosting.extend(placement.hosting);
        new.body.location.extend(placement.location);
    }
}

impl Submission {
    /// As it is recorded, before it is located.
    pub(super) fn unpublished(self) -> NewReport {
        let mut body = self.body;
        let (mut offence, mut assessment, mut reason) = (self.offence, Assessment::Unassessed, None);
        if let Some(finding) = self.finding {
            offence = finding.offence.known().copied().unwrap_or(offence);
            assessment = finding.assessment.known().copied().unwrap_or(Assessment::Unassessed);
            reason = finding.reason.as_ref().and_then(|reason| reason.known().copied());
            body.assessments.push(finding);
        }
        body.urgency = Some(self.urgency.into());
        body.received_at = Some(self.received_at / 1_000_000);
        NewReport {
            body,
            private: self.private,
            reported_offence: self.offence,
            offence,
            assessment,
            reason,
            urgency: self.urgency,
            source: self.source,
            channel: self.channel,
            received_at: self.received_at,
            reference: self.reference,
            case_secret: self.case_secret,
            publication: None,
        }
    }
}

/// Makes a client's answer from the recorded reports.
pub type AnswerOf<'a> = Box<dyn FnOnce(&[Report]) -> Zeroizing<Vec<u8>> + Send + 'a>;

/// Something that is written in the transaction that takes reports in.
pub enum Beside<'a> {
    /// Nothing.
    Nothing,
    /// An act for each report in the audit trail, under the name of a person at the command line.
    Act(&'a str),
    /// The answer to a request that its client may send again, made from the recorded reports.
    Answer(&'a Once, AnswerOf<'a>),
}

/// Takes reports in: one transaction. Returns them as recorded, in order, unless their request was answered before.
pub async fn submit(
    context: &Context,
    locator: &Locator,
    submissions: Vec<Submission>,
    beside: Beside<'_>,
) -> Result<Answer, ReportError> {
    let prepared = prepare_reports(context, locate_all(locator, submissions).await)?;
    let write = context.database.write("submit_reports").await?;
    if let Beside::Answer(once, _) = &beside {
        // Another process on the same database may have been faster.
        if let Some(before) = look(context, &*write, once).await? {
            return Ok(before);
        }
    }
    let reports = create_reports(context, &write, prepared).await?;
    match beside {
        Beside::Nothing => {}
        Beside::Act(who) => {
            for report in &reports {
                let act = Act { who, act: "submit_report", what: report.id.to_string(), origin: ActOrigin::Cli };
                record_act(&write, &context.clock, act).await?;
            }
        }
        Beside::Answer(once, answer) => keep_answer(context, &write, once, &answer(&reports)).await?,
    }
    write.commit().await?;
    Ok(Answer::Taken(reports))
}
