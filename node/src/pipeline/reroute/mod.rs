//! A second try: reports with an offer that was refused or left without an answer, and reports that nobody could be
//! offered.
//!
//! A report offered in vain is taken back and offered to the next place, by the rule of `next_destination`. Without
//! another place it is held for a person. Every step may be run again: a report that changed since the step looked is
//! left to the next run.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::time::Duration;

use hotline_protocol::entry::{Body, HostingRecord, LocationRecord};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;
use hotline_protocol::state::Fold;
use hotline_protocol::url::{CanonicalUrl, ReportedUrl};
use hotline_protocol::vocabulary::{RouteReason, State, WitnessAnswer};

use super::PipelineError;
use super::next_destination::{Contacts, Next, contacts, is_known_silent, next_destination, silent_nodes};
use super::set_aside::{call_a_person, is_its_own, set_aside};
use crate::context::Context;
use crate::exchange::{HubSettings, Link, log};
use crate::geolocation::{Doubt, Suspects};
use crate::report::lifecycle::Move;
use crate::report::query::repository::{by_keys, refused_for, unplaced};
use crate::report::query::{Part, awaiting, is_not_located, not_located, placed_lately, unanswered_since};
use crate::report::replay::EntrySet;
use crate::report::view::{ReportDetail, keep_location};
use crate::report::{House, PlannedMove, Report, ReportError, Route, detail_of, record_moves, save_reports};
use crate::routing::{DOUBTS, Locator, Placement, Traced};
use crate::storage::StorageError;

/// Inputs of second tries. Made anew for every round: peers and links change.
pub struct Reroute<'a> {
    context: &'a Context,
    locator: &'a Locator,
    links: &'a [(NodeId, Link)],
    contacts: Contacts,
}

/// Results of a pass over the reports that it looked at.
#[derive(Debug, Default)]
pub struct Placed {
    /// Moves that were recorded.
    pub moves: usize,
    /// The nodes that some of the reports wait for, each with the earliest limit: it must be heard from after that time
    /// (seconds since 1970).
    pub awaited: BTreeMap<NodeId, i64>,
    /// The last report that was looked at; `None` when all were.
    pub last: Option<i64>,
}

/// Where one report goes next.
struct NextDestination {
    seen: Report,
    /// Nothing where it cannot be read.
    detail: Option<ReportDetail>,
    hosting: Vec<HostingRecord>,
    location: Option<LocationRecord>,
    next: Next,
    /// The name servers have not answered yet, and are asked again soon.
    is_not_yet: bool,
}

/// A report that was looked at, with a server to locate.
struct Looked {
    seen: Report,
    detail: ReportDetail,
    url: ReportedUrl,
    fold: Fold,
    silent: BTreeMap<NodeId, i64>,
}

/// The held reports, the reports to locate, and the faulty reports, each with its fault.
type LookedAt = (Vec<NextDestination>, Vec<Looked>, Vec<(i64, ReportError)>);

impl<'a> Reroute<'a> {
    /// With the links to all peers as they are now.
    #[must_use]
    pub fn new(context: &'a Context, locator: &'a Locator, links: &'a [(NodeId, Link)]) -> Self {
        Self { context, locator, links, contacts: contacts(links) }
    }

    /// When the node was last heard from, seconds since 1970.
    #[must_use]
    pub fn last_contact(&self, node: &NodeId) -> Option<i64> {
        self.contacts.get(node).copied()
    }

    /// Takes back refused reports and offers them again.
    pub async fn place_refused(&self, limit: u64) -> Result<Placed, PipelineError> {
        let refused = refused_for(self.context.database.read(), &self.context.own, limit).await?;
        self.move_on(refused, limit).await
    }

    /// Offers reports that nobody could be offered before, where somebody can be now.
    pub async fn place_unplaced(&self, part: Part) -> Result<Placed, PipelineError> {
        let waiting = unplaced(self.context.database.read(), &self.context.own, part.after, part.limit).await?;
        self.move_on(waiting, part.limit).await
    }

    /// Places reports that could not be located before, because the name servers had not answered.
    pub async fn place_not_located(&self, part: Part) -> Result<Placed, PipelineError> {
        let waiting = not_located(self.context.database.read(), &self.context.own, part).await?;
        self.move_on(waiting, part.limit).await
    }

    /// Looks again at reports that these addresses decided before they became suspect, and that nobody has acted upon.
    /// An offer is taken back, and a report taken for our own is held for a person. A report that another finding
    /// places otherwise stays where it is.
    pub async fn place_suspected(&self, suspects: &Suspects, part: Part) -> Result<Placed, PipelineError> {
        let reports = placed_lately(self.context.database.read(), &self.context.own, part).await?;
        let last = (reports.len() as u64 == part.limit).then(|| reports.last().map(|report| report.key)).flatten();
        let (_, mut looked, faults) = self.look_at(reports).await?;
        set_aside(self.context, &faults).await?;
        looked.retain(|looked| looked.detail.known.location.last().is_some_and(|location| is_of(location, suspects)));
        let mut placed = Placed { last, ..Placed::default() };
        self.move_looked(looked, &mut placed, |traced| traced == Traced::Unsure(Doubt::BlockedAnswer)).await?;
        Ok(placed)
    }

    /// Offers reports that wait for `node`, or for anybody, if it was heard from; or elsewhere, where there is another
    /// place now.
    pub async fn place_awaiting(&self, node: Option<&NodeId>, part: Part) -> Result<Placed, PipelineError> {
        let waiting = awaiting(self.context.database.read(), &self.context.own, node, part).await?;
        self.move_on(waiting, part.limit).await
    }

    /// Takes back reports offered to `target` without an answer for the time of the alarm, and offers them to the next
    /// place. Somebody was called before (`mark_called`). Nothing is done while the silence may be ours.
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
        if !is_known_silent(target, held, self.links, (lately, now)) {
            return Ok(Placed::default());
        }
        self.move_on(found, part.limit).await
    }

    async fn move_on(&self, reports: Vec<Report>, limit: u64) -> Result<Placed, PipelineError> {
        let last = (reports.len() as u64 == limit).then(|| reports.last().map(|report| report.key)).flatten();
        let mut placed = Placed { last, ..Placed::default() };
        let (held, looked, faults) = self.look_at(reports).await?;
        self.take(held, &mut placed).await?;
        set_aside(self.context, &faults).await?;
        self.move_looked(looked, &mut placed, |_| true).await?;
        Ok(placed)
    }

    /// Locates reports and takes those where they go next that were traced so. Recorded as hosts are located: a slow host
    /// delays its own reports alone.
    async fn move_looked(
        &self,
        looked: Vec<Looked>,
        placed: &mut Placed,
        is_moved: impl Fn(Traced) -> bool,
    ) -> Result<(), PipelineError> {
        let urls: Vec<&CanonicalUrl> = looked.iter().map(|looked| looked.url.canonical()).collect();
        let mut placing = self.locator.locate_many(&urls);
        let mut looked: Vec<Option<&Looked>> = looked.iter().map(Some).collect();
        while let Some(wave) = placing.next_wave().await {
            let wave = wave.into_iter().filter(|(_, placement)| is_moved(placement.traced));
            let place = |(number, placement): (usize, Placement)| Some(self.next(looked[number].take()?, placement));
            let places = wave.filter_map(place).collect();
            self.take(places, placed).await?;
        }
        Ok(())
    }

    /// Notes and records where reports go next.
    async fn take(&self, places: Vec<NextDestination>, placed: &mut Placed) -> Result<(), PipelineError> {
        for place in &places {
            if let Next::Await { node, since } = &place.next {
                let earliest: &mut i64 = placed.awaited.entry(node.clone()).or_insert(*since);
                *earliest = (*earliest).min(*since);
            }
        }
        let changed: Vec<NextDestination> = places.into_iter().filter(NextDestination::changes_something).collect();
        placed.moves += self.record(&changed).await?;
        Ok(())
    }

    /// Reads the known facts of reports. Reports that cannot be read, or without their URL, stay for a person.
    async fn look_at(&self, reports: Vec<Report>) -> Result<LookedAt, PipelineError> {
        let (context, now) = (self.context, self.context.clock.unix_seconds());
        let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
        let (ledger, mut faults) = EntrySet::load_readable(context.database.read(), &keys).await?;
        let (mut held, mut looked) = (Vec::new(), Vec::new());
        for seen in reports {
            if seen.is_unreadable {
                faults.push((seen.key, StorageError::Inconsistent("report").into()));
                continue;
            }
            let Some(fold) = ledger.fold(seen.key) else { continue };
            let detail = match detail_of(context, context.database.read(), &seen).await {
                Ok(detail) => Some(detail),
                Err(fault) if is_its_own(&fault) => {
                    faults.push((seen.key, fault));
                    None
                }
                Err(error) => return Err(error.into()),
            };
            let url = detail.as_ref().and_then(|detail| detail.url().cloned());
            match detail.zip(url) {
                Some((detail, url)) => {
                    let silent = silent_nodes(&context.own, &fold, ledger.of(seen.key), &self.contacts, now);
                    looked.push(Looked { seen, detail, url, fold, silent });
                }
                None => held.push(NextDestination::for_a_person(seen)),
            }
        }
        // A report that can be taken back is, before it is set aside.
        Ok((held, looked, faults))
    }

    fn next(&self, looked: &Looked, placement: Placement) -> NextDestination {
        let Looked { seen, detail, fold, silent, .. } = looked;
        let next = next_destination(self.locator.routing_table(), placement.traced, fold, silent);
        let is_not_yet = matches!(placement.traced, Traced::NotYet);
        let Placement { hosting, location, .. } = placement;
        NextDestination { seen: seen.clone(), detail: Some(detail.clone()), hosting, location, next, is_not_yet }
    }

    /// Records places: one transaction for all of them; where one stands in the way, one for each.
    async fn record(&self, places: &[NextDestination]) -> Result<usize, PipelineError> {
        if places.is_empty() {
            return Ok(0);
        }
        match self.record_all(places).await {
            Err(error) if is_its_own(&error) => {}
            recorded => return Ok(recorded?),
        }
        let (mut count, mut faults) = (0, Vec::new());
        for place in places {
            match self.record_all(std::slice::from_ref(place)).await {
                Ok(moves) => count += moves,
                Err(fault) if is_its_own(&fault) => {
                    let held = NextDestination::for_a_person(place.seen.clone());
                    faults.push((place.seen.key, fault));
                    // It may be that nothing at all can be recorded of it.
                    if let Err(error) = self.record_all(&[held]).await
                        && !is_its_own(&error)
                    {
                        return Err(error.into());
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        set_aside(self.context, &faults).await?;
        Ok(count)
    }

    async fn record_all(&self, places: &[NextDestination]) -> Result<usize, ReportError> {
        let context = self.context;
        let keys: Vec<i64> = places.iter().map(|place| place.seen.key).collect();
        let write = context.database.write("place_again").await?;
        let mut reports = by_keys(&*write, &keys).await?;
        let mut ledger = EntrySet::load(&*write, &keys).await?;
        let mut by_key: HashMap<i64, &mut Report> = reports.iter_mut().map(|report| (report.key, report)).collect();
        let (mut moves, mut held, mut offered) = (Vec::new(), Vec::new(), Vec::new());
        let mut news = Vec::new();
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
                    let step = Move::Transfer { target: target.clone(), country: Some((*country).into()) };
                    let body = place.complete_body(context).map(|body| body.to_line()).transpose()?;
                    moves.push(PlannedMove { report: key, step, body });
                    offered.push(key);
                }
                // Also a report that turns out to be hosted here: nobody but a person can take it up.
                Next::Stay(_) | Next::Await { .. } => {
                    if let Some(location) = &place.location {
                        keep_location(report, &context.seal, location.clone())?;
                    }
                    held.push(key);
                    if place.calls_a_person() {
                        news.push(key);
                    }
                }
            }
        }
        let count = record_moves(context, &write, &mut reports, &mut ledger, moves, true).await?;
        // A move that is not possible is left out: a report offered to nobody then is nobody's.
        let offered_in_vain = |report: &&mut Report| {
            offered.contains(&report.key) && report.offer.is_none() && report.state == State::Assessed
        };
        for report in reports.iter_mut().filter(offered_in_vain) {
            report.route = Some(Route { destination: None, reason: RouteReason::SetAside });
            held.push(report.key);
            news.push(report.key);
        }
        if !held.is_empty() {
            reports.retain(|report| held.contains(&report.key));
            for report in &mut reports {
                report.house = Some(House::Held);
            }
            save_reports(&write, &reports).await?;
        }
        call_a_person(context, &write, &news).await?;
        write.commit().await?;
        Ok(count)
    }
}

impl NextDestination {
    /// A report that stays where it was is not written again. A report that nobody could be offered keeps its reason
    /// while there is still nobody, unless it is or was in doubt where it belongs, or turns out to be hosted here; one
    /// that waited for a node is no longer said to, where it has another reason to stay.
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
                (Next::Stay(route), Some(was)) => {
                    let is_located = is_not_located(&self.seen) && was != route;
                    waited(was)
                        || is_news(was, route)
                        || is_located
                        || self.is_for_a_person()
                        || self.is_in_nobodys_sight()
                }
                (Next::Stay(_), None) => self.is_for_a_person() || self.is_in_nobodys_sight(),
            }
    }

    /// Whether it stands as if it went on by itself, and does not: it was taken back or is said to be somewhere, and is
    /// offered to nobody. A report that nobody could be offered from its beginning is shown as that.
    fn is_in_nobodys_sight(&self) -> bool {
        let names_somebody = |route: &Route| route.destination.is_some();
        self.seen.house.is_none() && self.seen.route.as_ref().is_none_or(names_somebody)
    }

    /// Whether a person must hear that it is held: it was not before, and waits for nobody else.
    fn calls_a_person(&self) -> bool {
        matches!(self.next, Next::Stay(_)) && self.seen.house.is_none() && !self.is_not_yet
    }

    /// Whether the report is still as it was looked at: not answered, not taken back, not withdrawn since.
    fn still_stands(&self, report: &Report) -> bool {
        let standing = |report: &Report| {
            let (offer, holder) = (report.offer.clone(), report.holder.clone());
            (offer, report.state, report.house, holder, report.tenure, report.waits_since)
        };
        let is_ours = report.state == State::Accepted && is_placed_here(report);
        (report.offer.is_some() || report.state == State::Assessed || is_ours)
            && standing(report) == standing(&self.seen)
    }

    /// Held for a person.
    const fn for_a_person(seen: Report) -> Self {
        let next = Next::Stay(Route { destination: None, reason: RouteReason::Unreadable });
        Self { seen, detail: None, hosting: Vec::new(), location: None, next, is_not_yet: false }
    }

    /// Whether it cannot be read, and is not held yet.
    fn is_for_a_person(&self) -> bool {
        self.detail.is_none() && self.seen.house != Some(House::Held)
    }

    /// Returns all known facts, with the present findings; `None` where nothing can be read.
    fn complete_body(&self, context: &Context) -> Option<Body> {
        let mut body = self.detail.as_ref()?.known.clone();
        body.salt = context.salt();
        for found in &self.hosting {
            if !body.hosting.contains(found) {
                body.hosting.push(found.clone());
            }
        }
        body.location.extend(self.location.clone());
        body.bound_evidence();
        Some(body)
    }
}

/// Whether our own finding alone made a report ours.
fn is_placed_here(report: &Report) -> bool {
    report.route.as_ref().is_some_and(|route| route.reason == RouteReason::HostedHere)
}

/// Whether a name server's answer with suspect addresses alone is among the deciding witnesses.
fn is_of(location: &LocationRecord, suspects: &Suspects) -> bool {
    location.witnesses.iter().any(|witness| {
        let resolver = witness.resolver.as_ref().and_then(|resolver| resolver.parse().ok());
        let is_suspect = |resolver: SocketAddr| witness.ips.iter().all(|ip| suspects.contains(&(*ip, resolver)));
        witness.answer.known() == Some(&WitnessAnswer::Addresses) && resolver.is_some_and(is_suspect)
    })
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 2)
}

#[cfg(test)]
mod federation_tests;

#[cfg(test)]
mod tests;
