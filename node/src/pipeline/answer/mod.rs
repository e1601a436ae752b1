//! Answering offers: a report that this hotline's own location finds in its countries is accepted, the rest is refused.
//!
//! Where nothing is found, the offer's own word (`cc`) counts. Where our own witnesses disagree, are blocked, or the
//! server's origin is hidden, the offer is left to a person: neither is it taken by chance, nor sent back to and fro.
//! An offer is answered only with its body in hand.

use std::collections::{HashMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::entry::AssessmentRecord;
use hotline_protocol::url::{CanonicalUrl, ReportedUrl};
use hotline_protocol::vocabulary::{Offence, RefuseReason};

use super::PipelineError;
use super::held_refusals::{HeldBack, Refusals};
use super::set_aside::{call_a_person, is_its_own, set_aside};
use crate::context::Context;
use crate::geolocation::Doubt;
use crate::report::lifecycle::Move;
use crate::report::query::repository::{by_keys, offered_to};
use crate::report::replay::EntrySet;
use crate::report::view::keep_location;
use crate::report::{PlannedMove, Report, ReportError, bodies_about, open_body, record_moves, save_reports};
use crate::routing::{DOUBTS, Locator, Placement, Traced};
use crate::storage::StorageError;

/// The answer to one offer, and the finding of our own location.
struct Answer {
    key: i64,
    offer: Hash,
    /// The move; `None` where it is left to a person.
    step: Option<Move>,
    placement: Option<Placement>,
}

/// An offer with a server to locate.
struct Readable {
    key: i64,
    offer: Hash,
    url: ReportedUrl,
    /// The country that the offer names.
    claimed: Option<Country>,
}

/// Answers up to `limit` offers after the report `after`; those that were left to a person are looked at again where
/// `again` says so. Gives how many were answered, and the last report looked at; `None` when all were. Answers are recorded as hosts are located: a slow host delays its own reports alone.
pub async fn answer_offers(
    context: &Context,
    locator: &Locator,
    (after, limit): (i64, u64),
    (again, held_back): (bool, &mut HeldBack),
) -> Result<(usize, Option<i64>), PipelineError> {
    let left = if again { &[][..] } else { &DOUBTS };
    let mut offered = offered_to(context.database.read(), &context.own, (after, limit), left).await?;
    let last = (offered.len() as u64 == limit).then(|| offered.last().map(|(key, _)| *key)).flatten();
    let held_back = held_back.at(context);
    offered.retain(|(key, _)| !held_back.has(*key));
    let (answers, readable) = read_offers(context, &offered).await?;
    let mut count = record(context, locator, answers, held_back).await?;
    let urls: Vec<&CanonicalUrl> = readable.iter().map(|offer| offer.url.canonical()).collect();
    let mut placing = locator.locate_many(&urls);
    while let Some(wave) = placing.next_wave().await {
        let answers = wave.into_iter().map(|(number, placement)| {
            let Readable { key, offer, claimed, .. } = &readable[number];
            let (step, placement) = decide(locator, placement, *claimed);
            Answer { key: *key, offer: *offer, step, placement }
        });
        count += record(context, locator, answers.collect(), held_back).await?;
    }
    Ok((count, last))
}

/// Records answers: one transaction for all of them; where one stands in the way, one for each.
async fn record(
    context: &Context,
    locator: &Locator,
    answers: Vec<Answer>,
    held_back: &mut HeldBack,
) -> Result<usize, PipelineError> {
    if answers.is_empty() {
        return Ok(0);
    }
    match record_all(context, locator, &answers, held_back).await {
        Err(error) if is_its_own(&error) => {}
        recorded => return Ok(recorded?),
    }
    let (mut count, mut faults) = (0, Vec::new());
    for answer in &answers {
        match record_all(context, locator, std::slice::from_ref(answer), held_back).await {
            Ok(recorded) => count += recorded,
            Err(error) if is_its_own(&error) => faults.push((answer.key, error)),
            Err(error) => return Err(error.into()),
        }
    }
    set_aside(context, &faults).await?;
    Ok(count)
}

async fn record_all(
    context: &Context,
    locator: &Locator,
    answers: &[Answer],
    held_back: &mut HeldBack,
) -> Result<usize, ReportError> {
    let keys: Vec<i64> = answers.iter().map(|answer| answer.key).collect();
    let mut answers: HashMap<i64, &Answer> = answers.iter().map(|answer| (answer.key, answer)).collect();
    let mut ledger = EntrySet::load(context.database.read(), &keys).await?;
    let write = context.database.write("answer_offers").await?;
    let reports = by_keys(&*write, &keys).await?;
    let mut answered = Vec::with_capacity(answers.len());
    let mut moves = Vec::with_capacity(answers.len());
    let (mut left, mut newly_left) = (Vec::new(), HashSet::new());
    let mut refusals = Refusals::new(held_back.an_hour());
    for mut report in reports {
        if report.is_unreadable {
            return Err(StorageError::Inconsistent("report").into());
        }
        // An offer taken back or answered since is no longer the subject of the decision.
        let stands = |answer: &&Answer| {
            report.offer.as_ref().is_some_and(|offer| offer.entry == answer.offer && offer.refused.is_none())
        };
        let Some(answer) = answers.remove(&report.key).filter(stands) else { continue };
        let Some(step) = &answer.step else {
            if let Some(placement) = &answer.placement {
                let before = report.route.clone();
                leave_to_a_person(context, locator, &mut report, placement)?;
                if report.route != before {
                    newly_left.insert(report.key);
                }
                left.push(report);
            }
            continue;
        };
        let is_refused = matches!(step, Move::Refuse { .. });
        if is_refused && !refusals.take(context, &write, (&report.holder, report.key)).await? {
            continue;
        }
        if let (Move::Accept, Some(placement)) = (step, &answer.placement)
            && let Traced::In(country) = placement.traced
        {
            report.country = Some(country);
            report.asn = placement.asn;
            report.organisation.clone_from(&placement.organisation);
        }
        report.forget_doubt();
        moves.push(PlannedMove { report: answer.key, step: step.clone(), body: None });
        answered.push(report);
    }
    save_reports(&write, &left).await?;
    let is_news = |report: &&Report| newly_left.contains(&report.key);
    let news: Vec<i64> = left.iter().filter(is_news).map(|report| report.key).collect();
    call_a_person(context, &write, &news).await?;
    let count = record_moves(context, &write, &mut answered, &mut ledger, moves, true).await?;
    let held = refusals.save(context, &write).await?;
    write.commit().await?;
    held_back.add(held);
    Ok(count)
}

/// The answers that can be given at once, and the offers with a server to locate.
async fn read_offers(
    context: &Context,
    offered: &[(i64, Hash)],
) -> Result<(Vec<Answer>, Vec<Readable>), PipelineError> {
    let keys: Vec<i64> = offered.iter().map(|(key, _)| *key).collect();
    let offers: HashMap<Hash, i64> = offered.iter().map(|(key, offer)| (*offer, *key)).collect();
    let (ledger, mut faults) = EntrySet::load_readable(context.database.read(), &keys).await?;
    let no_offer = offered.iter().filter(|(_, offer)| *offer == Hash::ZERO);
    faults.extend(no_offer.map(|(key, _)| (*key, StorageError::Inconsistent("report").into())));
    set_aside(context, &faults).await?;
    let (mut answers, mut readable) = (Vec::new(), Vec::new());
    for body in bodies_about(context.database.read(), &keys).await? {
        let Some(key) = offers.get(&body.hash).copied() else { continue };
        let Some(entry) = ledger.of(key).iter().find(|entry| entry.hash == body.hash) else { continue };
        let opened = open_body(&context.seal, entry.content.body(), &body.sealed);
        let body_of = opened.ok().and_then(|line| line.body().ok());
        let (offer, claimed) = (body.hash, entry.content.hosting());
        let (step, placement) = match body_of.and_then(|body| body.url.map(|url| (url, body.assessments))) {
            Some((_, assessments)) if is_out_of_remit(&assessments) => refuse(RefuseReason::OutOfRemit, None),
            Some((url, _)) => {
                readable.push(Readable { key, offer, url, claimed });
                continue;
            }
            None => refuse(RefuseReason::Unreadable, None),
        };
        answers.push(Answer { key, offer, step, placement });
    }
    Ok((answers, readable))
}

/// Whether the last assessment names another offence.
fn is_out_of_remit(assessments: &[AssessmentRecord]) -> bool {
    let offence = assessments.last().and_then(|last| last.offence.known().copied());
    offence.is_some_and(|offence| offence != Offence::Csam)
}

/// Notes the reason, with the words of the witnesses.
fn leave_to_a_person(
    context: &Context,
    locator: &Locator,
    report: &mut Report,
    placement: &Placement,
) -> Result<(), ReportError> {
    report.route = Some(locator.routing_table().route(placement.traced, &[], &[]));
    if let Some(location) = &placement.location {
        keep_location(report, &context.seal, location.clone())?;
    }
    Ok(())
}

fn decide(locator: &Locator, placement: Placement, claimed: Option<Country>) -> (Option<Move>, Option<Placement>) {
    let own = &locator.routing_table().countries;
    match placement.traced {
        Traced::In(country) if own.contains(&country) => accept(placement),
        Traced::In(country) => refuse(RefuseReason::NotHostedHere, Some(country)),
        Traced::Unsure(Doubt::Disputed | Doubt::OriginHidden | Doubt::BlockedAnswer) => (None, Some(placement)),
        // We know nothing, so the offer's word counts. Where the name servers are silent, they are asked again.
        Traced::Nowhere | Traced::NotYet | Traced::Unsure(Doubt::UnknownCode | Doubt::UnknownCountry)
            if claimed.is_some_and(|country| own.contains(&country)) =>
        {
            accept(placement)
        }
        Traced::NotYet => (None, None),
        Traced::Nowhere | Traced::Unsure(_) => refuse(RefuseReason::NotHostedHere, None),
    }
}

const fn accept(placement: Placement) -> (Option<Move>, Option<Placement>) {
    (Some(Move::Accept), Some(placement))
}

const fn refuse(why: RefuseReason, country: Option<Country>) -> (Option<Move>, Option<Placement>) {
    (Some(Move::Refuse { why, country }), None)
}

#[cfg(test)]
mod tests;
