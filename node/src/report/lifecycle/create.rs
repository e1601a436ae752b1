//! New reports of this hotline: prepared, recorded, published.
//!
//! Slow steps (writing, hashing and sealing a body) come before the transaction: during a write, nobody else can write.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Body, Content};
use hotline_protocol::id::ReportId;
use hotline_protocol::state::fold;
use hotline_protocol::vocabulary::RouteReason;

use super::finding::closing;
use super::publish::{NewReport, Publication, create_entry};
use super::transition::MoveRefused;
use super::unsendable_time::leave_out_impossible_times;
use crate::context::Context;
use crate::report::append::Journal;
use crate::report::error::ReportError;
use crate::report::model::{House, Report};
use crate::report::projection::{Fact, OfferBook, Timeline, update_facts};
use crate::report::query::repository;
use crate::report::sealed_body::seal_body;
use crate::report::service::{close, take_own_numbers, take_report_keys};
use crate::report::view::{PrivateContent, ReportDetail};
use crate::storage::Write;

/// A report that only lacks its key, its number, and its place in the log. In boxes, as it is handed on more than once.
pub struct PreparedReport {
    report: Box<Report>,
    fact: Box<Fact>,
    entry: Option<Box<PreparedEntry>>,
}

/// The entry that publishes a report.
struct PreparedEntry {
    says: Content,
    sealed: Vec<u8>,
    for_a_person: bool,
}

/// Prepares new reports.
pub fn prepare_reports(context: &Context, new: Vec<NewReport>) -> Result<Vec<PreparedReport>, ReportError> {
    new.into_iter().map(|new| prepare_report(context, new)).collect()
}

/// Prepares a new report.
pub fn prepare_report(context: &Context, new: NewReport) -> Result<PreparedReport, ReportError> {
    let now = context.clock.now();
    let id = ReportId { origin: context.own.clone(), rid: context.randomness.uuid_v7(now) };
    let mut report = Box::new(Report::unknown(0, id, now.timestamp_micros()));
    report.reported_offence = Some(new.reported_offence);
    report.offence = Some(new.offence);
    report.assessment = Some(new.assessment);
    report.reason = new.reason;
    report.urgency = Some(new.urgency);
    report.source = Some(new.source);
    report.channel = Some(new.channel);
    report.received_at = new.received_at;
    report.case_secret = new.case_secret;
    if let Some((reference, content)) = new.reference {
        report.reference = Some(reference);
        report.reference_content = Some(content);
    }
    if let Some(url) = &new.body.url {
        report.take_url(&context.seal, url.canonical());
    }
    let mut private = new.private;
    let mut body = new.body;
    body.salt = context.salt();
    let fact = Box::new(Fact::of_unpublished(&context.own, &report, &body, private.past.as_ref()));
    report.course = private.past.as_ref().map(Timeline::of_past).unwrap_or_default();
    let entry = if let Some(publication) = new.publication {
        Some(Box::new(prepare_entry(context, &mut report, publication, &body)?))
    } else {
        end_here(&mut report, private.past.is_some(), &body, now.timestamp_micros());
        private.body = Some(body);
        None
    };
    report.content = private.seal(&context.seal, &report.id.to_string());
    Ok(PreparedReport { report, fact, entry })
}

/// Takes over where the report is hosted and goes, and writes the entry that publishes it.
fn prepare_entry(
    context: &Context,
    report: &mut Report,
    publication: Publication,
    body: &Body,
) -> Result<PreparedEntry, ReportError> {
    let (says, line) = create_entry(&context.own, &report.id, &publication, body, context.clock.unix_seconds())?;
    let for_a_person = is_for_a_person(publication.route.reason);
    report.country = publication.country;
    report.asn = publication.asn;
    report.organisation = publication.organisation;
    report.route = Some(publication.route);
    Ok(PreparedEntry { says, sealed: seal_body(&context.seal, &line), for_a_person })
}

/// Closes a report that is published to nobody: a case of the past, one not illegal, or one out of remit.
fn end_here(report: &mut Report, is_past: bool, body: &Body, now: i64) {
    if is_past {
        report.country = body.hosting.last().and_then(|finding| finding.country);
    }
    let ends = report.offence.zip(report.assessment).and_then(|(offence, assessment)| closing(offence, assessment));
    if let Some(route) = ends {
        report.route = route;
        close(report, now);
    } else if is_past {
        close(report, now);
    }
}

/// Whether a route's reason leaves the report to a person of this house: nobody may be offered it yet, or it is in doubt
/// where it belongs. Orphans and untraceable reports wait in the open, as `assessed`.
pub(super) const fn is_for_a_person(reason: RouteReason) -> bool {
    match reason {
        RouteReason::NoPeer
        | RouteReason::Held
        | RouteReason::LegalBlock
        | RouteReason::Disputed
        | RouteReason::OriginHidden
        | RouteReason::BlockedAnswer
        | RouteReason::UnknownCode
        | RouteReason::UnknownCountry => true,
        RouteReason::HostedHere
        | RouteReason::HostedThere
        | RouteReason::NoHotline
        | RouteReason::Untraceable
        | RouteReason::OutOfRemit
        | RouteReason::Unreadable
        | RouteReason::SetAside => false,
    }
}

/// Records prepared reports, and publishes those that are assessed and routed. Gives them as recorded, in order.
pub async fn create_reports(
    context: &Context,
    write: &Write<'_>,
    prepared: Vec<PreparedReport>,
) -> Result<Vec<Report>, ReportError> {
    let first_key = take_report_keys(write, prepared.len()).await?;
    let numbers = take_own_numbers(write, context.year_of_numbers(), prepared.len()).await?;
    let mut journal = Journal::open(context, write).await?;
    let mut digests = Vec::with_capacity(prepared.len());
    let mut reports = Vec::with_capacity(prepared.len());
    let mut facts = Vec::with_capacity(prepared.len());
    let mut offers = OfferBook::new(&context.own);
    for ((prepared, number), key) in prepared.into_iter().zip(numbers).zip(first_key..) {
        let PreparedReport { mut report, mut fact, entry } = prepared;
        report.key = key;
        report.number = Some(number);
        fact.report = key;
        if let Some(entry) = entry {
            publish(context, &mut journal, (&mut report, &mut offers), *entry, &mut digests);
        }
        reports.push(*report);
        facts.push(Some(*fact));
    }
    journal.save(write).await?;
    repository::insert_digests(write, digests).await?;
    repository::insert(write, &reports, &facts).await?;
    offers.save(write).await?;
    Ok(reports)
}

/// Writes a report's first entry, and takes the fold over it into the row and the offers.
fn publish(
    context: &Context,
    journal: &mut Journal<'_>,
    (report, offers): (&mut Report, &mut OfferBook<'_>),
    entry: PreparedEntry,
    digests: &mut Vec<(Hash, i64)>,
) {
    digests.extend(entry.says.digests.iter().map(|digest| (digest.h, report.key)));
    let recorded = journal.add(report.key, entry.says, Some(entry.sealed));
    let fold = fold(&[recorded.seen()]).expect("a create of the own log is here");
    let recorded = [recorded];
    report.take_fold(&context.own, &fold, &recorded, context.now_micros());
    offers.take(report.key, Some(&fold), &recorded);
    report.house = entry.for_a_person.then_some(House::Held);
}

/// Publishes a report that was received earlier and is now assessed and routed.
pub(super) async fn publish_report(
    context: &Context,
    write: &Write<'_>,
    mut report: Report,
    detail: ReportDetail,
    publication: Publication,
) -> Result<Report, ReportError> {
    if report.tenure > 0 {
        return Err(MoveRefused::Published.into());
    }
    let mut body = detail.known;
    leave_out_impossible_times(&mut body);
    body.salt = context.salt();
    let private = PrivateContent { body: None, ..detail.private };
    report.content = private.seal(&context.seal, &report.id.to_string());
    let entry = prepare_entry(context, &mut report, publication, &body)?;
    let fact = Fact::of_unpublished(&context.own, &report, &body, None);
    let mut journal = Journal::open(context, write).await?;
    let mut digests = Vec::new();
    let mut offers = OfferBook::new(&context.own);
    publish(context, &mut journal, (&mut report, &mut offers), entry, &mut digests);
    journal.save(write).await?;
    repository::insert_digests(write, digests).await?;
    repository::update(write, std::slice::from_ref(&report)).await?;
    update_facts(write, &[fact]).await?;
    offers.save(write).await?;
    Ok(report)
}
