//! A second try: reports whose offer was refused or left without an answer, and reports that nobody could be offered.
//!
//! What was offered in vain is taken back and offered to the next place, by the rule of `next_place`; with no other
//! place it is held for a person. Every step may be run again: what changed since it looked is left to the next run.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use hotline_protocol::entry::{HostingRecord, LocationRecord};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;
use hotline_protocol::vocabulary::{RouteReason, State};

use super::PipelineError;
use super::next_place::{Contacts, Next, contacts, is_known_silent, next_place, silent_nodes};
use crate::context::Context;
use crate::exchange::{HubSettings, Link, log};
use crate::report::{
    Dossier, House, Ledger, Move, Part, PlannedMove, Report, ReportError, Route, awaiting, by_keys, dossier,
    keep_location, record_moves, refused_for, save_reports, unanswered_since, unplaced,
};
use crate::routing::{DOUBTS, Placer};

/// What second tries work with. Made anew for every round: peers and links change.
pub struct SecondTries<'a> {
    context: &'a Context,
    placer: &'a Placer,
    links: &'a [(NodeId, Link)],
    contacts: Contacts,
}

/// What a pass did with the reports that it looked at.
#[derive(Debug, Default)]
pub struct Placed {
    /// Moves that were recorded.
    pub moves: usize,
    /// The nodes that some of the reports wait for, each with the earliest time (seconds since 1970) after which it
    /// must be heard from.
    pub awaited: BTreeMap<NodeId, i64>,
    /// The last report that was looked at; `None` when all were.
    pub last: Option<i64>,
}

/// Where one report goes next.
struct NextPlace {
    seen: Report,
    dossier: Dossier,
    hosting: Vec<HostingRecord>,
    location: Option<LocationRecord>,
    next: Next,
}

impl<'a> SecondTries<'a> {
    /// With the links to all peers as they are now.
    #[must_use]
    pub fn new(context: &'a Context, placer: &'a Placer, links: &'a [(NodeId, Link)]) -> Self {
        Self { context, placer, links, contacts: contacts(links) }
    }

    /// When the node was last heard from, seconds since 1970.
    #[must_use]
    pub fn last_contact(&self, node: &NodeId) -> Option<i64> {
        self.contacts.get(node).copied()
    }

    /// Takes back and offers again what was refused.
    pub async fn place_refused(&self, limit: u64) -> Result<Placed, PipelineError> {
        let refused = refused_for(self.context.database.read(), &self.context.own, limit).await?;
        self.move_on(refused, limit).await
    }

    /// Offers what nobody could be offered before, where somebody can be now.
    pub async fn place_unplaced(&self, part: Part) -> Result<Placed, PipelineError> {
        let waiting = unplaced(self.context.database.read(), &self.context.own, part.after, part.limit).await?;
        self.move_on(waiting, part.limit).await
    }

    /// Offers what waits for `node`, or for anybody, if it was heard from; or elsewhere, where there is another place
    /// now.
    pub async fn place_awaiting(&self, node: Option<&NodeId>, part: Part) -> Result<Placed, PipelineError> {
        let waiting = awaiting(self.context.database.read(), &self.context.own, node, part).await?;
        self.move_on(waiting, part.limit).await
    }

    /// Takes back what was offered to `target` and has had no answer for the time of the alarm, and offers it to the
    /// next place. Somebody was called before (`raise_alarms`). Nothing is done while the silence may be ours.
    pub async fn take_back_silent(
        &self,
        settings: &HubSettings,
        target: &NodeId,
        part: Part,
    ) -> Result<Placed, PipelineError> {
        let context = self.context;
        let now = context.now_micros();
        let before = now - micros(settings.answer_alarm);
        let found = unanswered_since(context.database.read(), &context.own, target, before, part).await?;
        if found.is_empty() {
            return Ok(Placed::default());
        }
        let lately = now - micros(settings.delivery_alarm.max(settings.hello.saturating_mul(2)));
        let heads = log::heads(context.database.read()).await?;
        let held = heads.get(target).map_or(Cursor::START, |(held, _)| *held).position();
        if !is_known_silent(target, held, self.links, lately) {
            return Ok(Placed::default());
        }
        self.move_on(found, part.limit).await
    }

    async fn move_on(&self, reports: Vec<Report>, limit: u64) -> Result<Placed, PipelineError> {
        let last = (reports.len() as u64 == limit).then(|| reports.last().map(|report| report.key)).flatten();
        let places = self.find_places(reports).await?;
        let mut awaited = BTreeMap::new();
        for place in &places {
            if let Next::Await { node, since } = &place.next {
                let earliest: &mut i64 = awaited.entry(node.clone()).or_insert(*since);
                *earliest = (*earliest).min(*since);
            }
        }
        let to_record: Vec<NextPlace> = places.into_iter().filter(NextPlace::changes_something).collect();
        let moves = if to_record.is_empty() { 0 } else { self.record(to_record).await? };
        Ok(Placed { moves, awaited, last })
    }

    /// May ask name servers, so it is done before the transaction.
    async fn find_places(&self, reports: Vec<Report>) -> Result<Vec<NextPlace>, PipelineError> {
        let (context, now) = (self.context, self.context.clock.unix_seconds());
        let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
        let ledger = Ledger::load(context.database.read(), &keys).await?;
        let mut places = Vec::with_capacity(reports.len());
        for seen in reports {
            let Some(fold) = ledger.fold(seen.key) else { continue };
            let dossier = dossier(context, context.database.read(), &seen).await?;
            let silent = silent_nodes(&context.own, &fold, ledger.of(seen.key), &self.contacts, now);
            let (next, hosting, location) = match dossier.url() {
                Some(url) => {
                    let placement = self.placer.locate(url.canonical()).await;
                    let next = next_place(self.placer.atlas(), placement.traced, &fold, &silent);
                    (next, placement.hosting, placement.location)
                }
                // The body is gone: nothing can be located, so a person must look.
                None => (Next::Stay(Route { destination: None, reason: RouteReason::Held }), Vec::new(), None),
            };
            places.push(NextPlace { seen, dossier, hosting, location, next });
        }
        Ok(places)
    }

    async fn record(&self, places: Vec<NextPlace>) -> Result<usize, PipelineError> {
        let context = self.context;
        let keys: Vec<i64> = places.iter().map(|place| place.seen.key).collect();
        let write = context.database.write("place_again").await?;
        let mut reports = by_keys(&*write, &keys).await?;
        let mut ledger = Ledger::load(&*write, &keys).await?;
        let mut by_key: HashMap<i64, &mut Report> = reports.iter_mut().map(|report| (report.key, report)).collect();
        let mut moves = Vec::new();
        let mut held = Vec::new();
        for place in places {
            let Some(report) = by_key.get_mut(&place.seen.key).filter(|report| place.still_stands(report)) else {
                continue;
            };
            let key = place.seen.key;
            report.route = Some(place.next.route());
            if report.offer.is_some() {
                moves.push(PlannedMove { report: key, step: Move::Resume, body: None });
            }
            match &place.next {
                Next::Offer { target, country } => {
                    let step = Move::Transfer { target: target.clone(), country: Some(*country) };
                    let body = place.complete_body(context).to_line().map_err(ReportError::from)?;
                    moves.push(PlannedMove { report: key, step, body: Some(body) });
                }
                // Also what turns out to be hosted here: nobody but a person can take it up.
                Next::Stay(_) | Next::Await { .. } => {
                    if let Some(location) = place.location {
                        keep_location(report, &context.seal, location)?;
                    }
                    held.push(key);
                }
            }
        }
        let count = record_moves(context, &write, &mut reports, &mut ledger, moves, true).await?;
        if !held.is_empty() {
            reports.retain(|report| held.contains(&report.key));
            for report in &mut reports {
                report.house = Some(House::Held);
            }
            save_reports(&write, &reports).await?;
        }
        write.commit().await?;
        Ok(count)
    }
}

impl NextPlace {
    /// What stays where it was is not written again. A report that nobody could be offered keeps its reason while there
    /// is still nobody, unless it is or was in doubt where it belongs, or turns out to be hosted here; one that waited for
    /// a node is no longer said to, where it has another reason to stay.
    fn changes_something(&self) -> bool {
        let waited = |route: &Route| route.destination.is_some() && route.reason == RouteReason::Held;
        let is_news = |was: &Route, route: &Route| {
            let of_place = |route: &Route| {
                DOUBTS.contains(&route.reason)
                    || matches!(route.reason, RouteReason::HostedHere | RouteReason::Untraceable)
            };
            was != route && (of_place(was) || of_place(route))
        };
        self.seen.offer.is_some()
            || match (&self.next, &self.seen.route) {
                (Next::Offer { .. }, _) => true,
                (Next::Await { .. }, was) => was.as_ref() != Some(&self.next.route()),
                (Next::Stay(route), Some(was)) => waited(was) || is_news(was, route),
                (Next::Stay(_), None) => false,
            }
    }

    /// Whether the report is still as it was looked at: not answered, not taken back, not withdrawn since.
    fn still_stands(&self, report: &Report) -> bool {
        let standing = |report: &Report| {
            let (offer, holder) = (report.offer.clone(), report.holder.clone());
            (offer, report.state, report.house, holder, report.tenure, report.waits_since)
        };
        let may_be_offered = report.offer.is_some() || report.state == State::Assessed;
        may_be_offered && standing(report) == standing(&self.seen)
    }

    /// All that is known, with what was found now.
    fn complete_body(&self, context: &Context) -> hotline_protocol::entry::Body {
        let mut body = self.dossier.known.clone();
        body.salt = context.salt();
        for found in &self.hosting {
            if !body.hosting.contains(found) {
                body.hosting.push(found.clone());
            }
        }
        body.location.extend(self.location.clone());
        body.bound_evidence();
        body
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 2)
}

#[cfg(test)]
#[path = "place_again_tests.rs"]
mod tests;
