//! Answering offers: what this hotline's own location finds in its countries is accepted, the rest is refused.
//!
//! Where nothing is found, what the offer says (`cc`) counts. Where our own witnesses disagree, are blocked, or the
//! server's origin is hidden, the offer is left to a person: neither is it taken by chance, nor sent back to and fro. An
//! offer is answered only with its body in hand.

use std::collections::HashMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::url::ReportedUrl;
use hotline_protocol::vocabulary::{Offence, RefuseReason};

use super::PipelineError;
use crate::context::Context;
use crate::geolocation::Doubt;
use crate::report::{
    Ledger, Move, PlannedMove, Report, bodies_about, by_keys, keep_location, offered_to, open_body, record_moves,
    save_reports,
};
use crate::routing::{DOUBTS, Placement, Placer, Traced};

/// What one offer gets for an answer, and what our own location found.
struct Answer {
    key: i64,
    offer: Hash,
    /// What is done; `None` where it is left to a person.
    step: Option<Move>,
    placement: Option<Placement>,
}

/// Answers up to `limit` offers after the report `after`; those that were left to a person are looked at again where
/// `again` says so. Gives how many were answered, and the last report looked at; `None` when all were.
pub async fn answer_offers(
    context: &Context,
    placer: &Placer,
    (after, limit): (i64, u64),
    again: bool,
) -> Result<(usize, Option<i64>), PipelineError> {
    let left = if again { &[][..] } else { &DOUBTS };
    let offered = offered_to(context.database.read(), &context.own, (after, limit), left).await?;
    let last = (offered.len() as u64 == limit).then(|| offered.last().map(|(key, _)| *key)).flatten();
    let keys: Vec<i64> = offered.iter().map(|(key, _)| *key).collect();
    let mut ledger = Ledger::load(context.database.read(), &keys).await?;
    let answers = decide_all(context, placer, &ledger, &offered).await?;
    if answers.is_empty() {
        return Ok((0, last));
    }
    let write = context.database.write("answer_offers").await?;
    let reports = by_keys(&*write, &keys).await?;
    let mut answers: HashMap<i64, Answer> = answers.into_iter().map(|answer| (answer.key, answer)).collect();
    let mut answered = Vec::with_capacity(answers.len());
    let mut moves = Vec::with_capacity(answers.len());
    let mut left = Vec::new();
    for mut report in reports {
        // What was taken back or answered since is no longer what the decision was about.
        let stands = |answer: &Answer| {
            report.offer.as_ref().is_some_and(|offer| offer.entry == answer.offer && offer.refused.is_none())
        };
        let Some(answer) = answers.remove(&report.key).filter(stands) else { continue };
        let Some(step) = answer.step else {
            if let Some(placement) = answer.placement {
                leave_to_a_person(context, placer, &mut report, placement)?;
                left.push(report);
            }
            continue;
        };
        if let (Move::Accept, Some(placement)) = (&step, answer.placement)
            && let Traced::In(country) = placement.traced
        {
            report.country = Some(country);
            report.asn = placement.asn;
            report.organisation = placement.organisation;
        }
        report.forget_doubt();
        moves.push(PlannedMove { report: answer.key, step, body: None });
        answered.push(report);
    }
    save_reports(&write, &left).await?;
    let count = record_moves(context, &write, &mut answered, &mut ledger, moves, true).await?;
    write.commit().await?;
    Ok((count, last))
}

/// Notes why, with what the witnesses say.
fn leave_to_a_person(
    context: &Context,
    placer: &Placer,
    report: &mut Report,
    placement: Placement,
) -> Result<(), PipelineError> {
    report.route = Some(placer.atlas().route(placement.traced, &[], &[]));
    if let Some(location) = placement.location {
        keep_location(report, &context.seal, location)?;
    }
    Ok(())
}

async fn decide_all(
    context: &Context,
    placer: &Placer,
    ledger: &Ledger,
    offered: &[(i64, Hash)],
) -> Result<Vec<Answer>, PipelineError> {
    let keys: Vec<i64> = offered.iter().map(|(key, _)| *key).collect();
    let offers: HashMap<Hash, i64> = offered.iter().map(|(key, offer)| (*offer, *key)).collect();
    let mut answers = Vec::with_capacity(offered.len());
    for body in bodies_about(context.database.read(), &keys).await? {
        let Some(key) = offers.get(&body.hash).copied() else { continue };
        let Some(entry) = ledger.of(key).iter().find(|entry| entry.hash == body.hash) else { continue };
        let line = open_body(&context.seal, entry.content.body(), &body.sealed)?;
        let (step, placement) = match line.body().ok().and_then(|body| body.url.map(|url| (url, body.assessments))) {
            Some((url, assessments)) => {
                let offence = assessments.last().and_then(|last| last.offence.known().copied());
                decide(placer, &url, offence, entry.content.country).await
            }
            None => refuse(RefuseReason::Unreadable, None),
        };
        answers.push(Answer { key, offer: body.hash, step, placement });
    }
    Ok(answers)
}

async fn decide(
    placer: &Placer,
    url: &ReportedUrl,
    offence: Option<Offence>,
    claimed: Option<Country>,
) -> (Option<Move>, Option<Placement>) {
    if offence.is_some_and(|offence| offence != Offence::Csam) {
        return refuse(RefuseReason::OutOfRemit, None);
    }
    let placement = placer.locate(url.canonical()).await;
    let own = &placer.atlas().countries;
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
