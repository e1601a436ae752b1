//! Answering offers: what this hotline's own location finds in its countries is accepted, the rest is refused.
//!
//! Where nothing is found, what the offer says (`cc`) counts. An offer is answered only with its body in hand.

use std::collections::HashMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::Header;
use hotline_protocol::url::ReportedUrl;
use hotline_protocol::vocabulary::{Offence, RefuseReason};

use super::PipelineError;
use crate::context::Context;
use crate::report::{Ledger, Move, PlannedMove, bodies_of, by_keys, offered_to, open_body, record_moves};
use crate::routing::{Placement, Placer, Traced};

/// What one offer gets for an answer, and what our own location found.
struct Answer {
    key: i64,
    step: Move,
    placement: Option<Placement>,
}

/// Answers up to `limit` offers after the report `after`. Gives how many were answered, and the last report looked at;
/// `None` when all were.
pub async fn answer_offers(
    context: &Context,
    placer: &Placer,
    after: i64,
    limit: u64,
) -> Result<(usize, Option<i64>), PipelineError> {
    let offered = offered_to(context.database.read(), &context.own, after, limit).await?;
    let last = (offered.len() as u64 == limit).then(|| offered.last().map(|(key, _)| *key)).flatten();
    let answers = decide_all(context, placer, &offered).await?;
    if answers.is_empty() {
        return Ok((0, last));
    }
    let keys: Vec<i64> = answers.iter().map(|answer| answer.key).collect();
    let write = context.database.write("answer_offers").await?;
    let mut reports = by_keys(&*write, &keys).await?;
    let places: HashMap<i64, usize> = reports.iter().enumerate().map(|(place, report)| (report.key, place)).collect();
    let mut ledger = Ledger::load(&*write, &context.own, &keys).await?;
    let mut moves = Vec::with_capacity(answers.len());
    for answer in answers {
        let Some(report) = places.get(&answer.key).map(|place| &mut reports[*place]) else { continue };
        if let (Move::Accept, Some(placement)) = (&answer.step, &answer.placement)
            && let Traced::In(country) = placement.traced
        {
            report.country = Some(country);
            report.asn = placement.asn;
            report.organisation.clone_from(&placement.organisation);
        }
        moves.push(PlannedMove { report: answer.key, step: answer.step, body: None });
    }
    let count = record_moves(context, &write, &mut reports, &mut ledger, moves, true).await?;
    write.commit().await?;
    Ok((count, last))
}

async fn decide_all(context: &Context, placer: &Placer, offered: &[(i64, Hash)]) -> Result<Vec<Answer>, PipelineError> {
    let hashes: Vec<Hash> = offered.iter().map(|(_, offer)| *offer).collect();
    let bodies = bodies_of(context.database.read(), &hashes).await?;
    let by_offer: HashMap<Hash, i64> = offered.iter().map(|(key, offer)| (*offer, *key)).collect();
    let mut answers = Vec::with_capacity(bodies.len());
    for (hash, header, sealed) in &bodies {
        let Some(key) = by_offer.get(hash).copied() else { continue };
        let header = Header::parse(header.as_bytes()).map_err(crate::report::ReportError::from)?;
        let line = open_body(&context.seal, &header.content, sealed)?;
        answers.push(match line.body().ok().and_then(|body| body.url.map(|url| (url, body.assessments))) {
            Some((url, assessments)) => {
                let offence = assessments.last().and_then(|last| last.offence.known().copied());
                decide(placer, key, &url, offence, header.content.country).await
            }
            None => refuse(key, RefuseReason::Unreadable, None),
        });
    }
    Ok(answers)
}

async fn decide(
    placer: &Placer,
    key: i64,
    url: &ReportedUrl,
    offence: Option<Offence>,
    claimed: Option<hotline_protocol::country::Country>,
) -> Answer {
    if offence.is_some_and(|offence| offence != Offence::Csam) {
        return refuse(key, RefuseReason::OutOfRemit, None);
    }
    let placement = placer.locate(url.canonical()).await;
    let own = &placer.atlas().countries;
    match placement.traced {
        Traced::In(country) if own.contains(&country) => accept(key, placement),
        Traced::In(country) => refuse(key, RefuseReason::NotHostedHere, Some(country)),
        Traced::Nowhere | Traced::NotYet if claimed.is_some_and(|country| own.contains(&country)) => {
            accept(key, placement)
        }
        Traced::Nowhere | Traced::NotYet => refuse(key, RefuseReason::NotHostedHere, None),
    }
}

const fn accept(key: i64, placement: Placement) -> Answer {
    Answer { key, step: Move::Accept, placement: Some(placement) }
}

const fn refuse(key: i64, why: RefuseReason, country: Option<hotline_protocol::country::Country>) -> Answer {
    Answer { key, step: Move::Refuse { why, country }, placement: None }
}
