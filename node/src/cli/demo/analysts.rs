//! The analysts at work: the acts of a person with `report act` and `report transfer`.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use hotline_protocol::country::Country;
use hotline_protocol::entry::{ActionRecord, Body, HostingRecord};
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Action, State};

use super::federation::Member;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::console::acting_user;
use crate::cli::console::exit::CliError;
use crate::cli::report::status_of;
use crate::context::Context;
use crate::report::lifecycle::Move;
use crate::report::query::repository::{Filter, by_keys};
use crate::report::replay::EntrySet;
use crate::report::view::ReportDetail;
use crate::report::{PlannedMove, Report, ReportError, detail_of, list_reports, record_moves};
use crate::routing::Locator;

/// States with work for a holder.
const AT_WORK: [State; 3] = [State::Accepted, State::LeaInformed, State::IspInformed];
/// Reports that one hotline handles in a round.
const BATCH: usize = 60;
/// Far more than the demonstration has.
const ALL: u64 = 1_000_000;

/// Reports that they have looked at and decided to leave as they are.
#[derive(Default)]
pub(super) struct Analysts {
    left: HashSet<(NodeId, i64, State)>,
}

/// The deed on one report.
enum Deed {
    Act(Action),
    PassOn(NodeId, Country, Box<ReportDetail>),
}

impl Analysts {
    /// One round at every hotline. Gives how many moves were recorded.
    pub(super) async fn work(&mut self, members: &[Member]) -> Result<usize, CliError> {
        let mut count = 0;
        for member in members {
            count += self.work_at(member, members).await?;
        }
        Ok(count)
    }

    async fn work_at(&mut self, member: &Member, members: &[Member]) -> Result<usize, CliError> {
        let context = &member.context;
        let reports = self.undecided(member).await?;
        if reports.is_empty() {
            return Ok(0);
        }
        let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
        let ledger = EntrySet::load(context.database.read(), &keys).await?;
        let locator = Locator::new(context, Arc::clone(&member.geolocator), &member.config.routing).await?;
        let mut deeds = Vec::new();
        for report in reports {
            match decide(context, &locator, members, &report, &ledger).await? {
                Some(deed) => deeds.push((report, deed)),
                None => {
                    self.left.insert((member.id.clone(), report.key, report.state));
                }
            }
        }
        record(context, deeds).await
    }

    async fn undecided(&self, member: &Member) -> Result<Vec<Report>, CliError> {
        let mut found = Vec::new();
        for state in AT_WORK {
            let filter =
                Filter { state: Some(state), holder: Some(member.id.clone()), limit: ALL, ..Filter::default() };
            let reports = list_reports(member.context.database.read(), &filter).await?;
            let is_new = |report: &Report| !self.left.contains(&(member.id.clone(), report.key, report.state));
            found.extend(reports.into_iter().filter(is_new));
        }
        found.truncate(BATCH);
        Ok(found)
    }
}

/// A new holder looks where the content stands; if also elsewhere, half of the reports are passed on.
async fn decide(
    context: &Context,
    locator: &Locator,
    members: &[Member],
    report: &Report,
    ledger: &EntrySet,
) -> Result<Option<Deed>, CliError> {
    let lot = lot_of(report);
    if report.state == State::Accepted && lot.is_multiple_of(2) {
        let detail = detail_of(context, context.database.read(), report).await?;
        if let Some((target, country)) = elsewhere(locator, members, report, ledger, &detail).await {
            return Ok(Some(Deed::PassOn(target, country, Box::new(detail))));
        }
    }
    Ok(next_action(lot, report.state).map(Deed::Act))
}

/// Draws a report's fate by its id: 0 to 11.
fn lot_of(report: &Report) -> u8 {
    u8::try_from(report.id.rid.as_u128() % 12).expect("less than twelve")
}

/// A third goes the whole way from the police to the removal; some are gone by themselves, some are found to be legal,
/// the rest waits.
const fn next_action(lot: u8, state: State) -> Option<Action> {
    match (lot, state) {
        (0..=4, State::Accepted) => Some(Action::LeaInformed),
        (0..=3, State::LeaInformed) => Some(Action::IspInformed),
        (0..=3, State::IspInformed) => Some(Action::Removed),
        (5 | 6, State::Accepted) => Some(Action::Unavailable),
        (7, State::Accepted) => Some(Action::NotIllegal),
        _ => None,
    }
}

/// Another member that has not had the report yet, in a country where the content stands too.
async fn elsewhere(
    locator: &Locator,
    members: &[Member],
    report: &Report,
    ledger: &EntrySet,
    detail: &ReportDetail,
) -> Option<(NodeId, Country)> {
    let fold = ledger.fold(report.key)?;
    let mut had: BTreeSet<&NodeId> = fold.offers.iter().map(|offer| &offer.target).collect();
    had.extend([&report.id.origin, &report.holder]);
    let placement = locator.locate(detail.url()?.canonical()).await;
    let countries: Vec<Country> = placement.hosting.iter().filter_map(|found| found.country).collect();
    let target = members.iter().find(|member| countries.contains(&member.country) && !had.contains(&member.id))?;
    Some((target.id.clone(), target.country))
}

async fn record(context: &Context, deeds: Vec<(Report, Deed)>) -> Result<usize, CliError> {
    if deeds.is_empty() {
        return Ok(0);
    }
    let keys: Vec<i64> = deeds.iter().map(|(report, _)| report.key).collect();
    let who = acting_user();
    let write = context.database.write("act_on_reports").await?;
    let mut reports = by_keys(&*write, &keys).await?;
    let mut ledger = EntrySet::load(&*write, &keys).await?;
    let mut moves = Vec::with_capacity(deeds.len());
    for (report, deed) in deeds {
        let (name, remark) = deed.told();
        let what = format!("{} {remark}", report.id);
        record_act(&write, &context.clock, Act { who: &who, act: name, what, origin: ActOrigin::Cli }).await?;
        moves.push(deed.plan(context, report.key)?);
    }
    // Only the holder acts, and this is the only hand at work here: nothing changed since it was looked at.
    let count = record_moves(context, &write, &mut reports, &mut ledger, moves, false).await?;
    write.commit().await?;
    Ok(count)
}

impl Deed {
    /// The record for the audit trail: the act, and a remark.
    fn told(&self) -> (&'static str, String) {
        match self {
            Self::Act(action) => ("act_on_report", action.code().to_owned()),
            Self::PassOn(target, ..) => ("transfer_report", format!("to {target}")),
        }
    }

    fn plan(self, context: &Context, report: i64) -> Result<PlannedMove, CliError> {
        let now = context.clock.unix_seconds();
        let (step, body) = match self {
            Self::Act(action) => {
                let mut body = Body::new(context.salt());
                body.actions.push(ActionRecord {
                    by: context.own.clone(),
                    action: action.into(),
                    at: now,
                    reason: None,
                    last_seen_online: None,
                    first_seen_offline: (action == Action::Removed).then_some(now),
                });
                (Move::Status(status_of(action)), body)
            }
            Self::PassOn(target, country, detail) => {
                let mut body = Body { salt: context.salt(), ..detail.known };
                body.hosting.push(found_by_a_person(country, now));
                (Move::Transfer { target, country: Some(country.into()) }, body)
            }
        };
        let body = Some(body.to_line().map_err(ReportError::from)?);
        Ok(PlannedMove { report, step, body })
    }
}

/// The newest finding decided, as in `report transfer`.
fn found_by_a_person(country: Country, now: i64) -> HostingRecord {
    HostingRecord {
        ip: None,
        country: Some(country),
        asn: None,
        organisation: None,
        method: "person".into(),
        database: "none".into(),
        database_age_days: 0,
        at: now,
    }
}
