//! Recording moves by hand: the moves, their bodies and the act in one transaction.

use hotline_protocol::entry::Body;
use hotline_protocol::vocabulary::{RouteReason, State};

use super::ReportName;
use super::show::show_report;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::acting_user;
use crate::cli::console::exit::CliError;
use crate::cli::open::open;
use crate::context::Context;
use crate::report::lifecycle::Move;
use crate::report::replay::EntrySet;
use crate::report::view::{Informed, ReportDetail, keep_informed};
use crate::report::{House, PlannedMove, Report, Route, detail_of, find_report, record_moves, save_reports};

/// The basis of a person's decision.
pub(super) struct Case<'a> {
    pub(super) context: &'a Context,
    pub(super) report: &'a Report,
    pub(super) detail: &'a ReportDetail,
    pub(super) ledger: &'a EntrySet,
}

impl Case<'_> {
    /// An empty body with a salt of its own.
    pub(super) fn new_body(&self) -> Body {
        Body::new(self.context.salt())
    }

    /// The whole detail as a body with a salt of its own.
    pub(super) fn whole_body(&self) -> Body {
        Body { salt: self.context.salt(), ..self.detail.known.clone() }
    }
}

/// A person's decision.
pub(super) struct Decision {
    /// In their order, with the body that goes with each.
    pub(super) moves: Vec<(Move, Option<Body>)>,
    /// The audit trail's remark beside the report's id; never a URL.
    pub(super) remark: String,
    /// The party that this hotline informed; kept with the report.
    pub(super) informed: Option<Informed>,
}

impl Decision {
    /// One move, and its remark in the trail.
    pub(super) fn with_remark(step: Move, body: Option<Body>, remark: String) -> Self {
        Self { moves: vec![(step, body)], remark, informed: None }
    }

    /// One move and no remark.
    pub(super) fn of(step: Move, body: Option<Body>) -> Self {
        Self::with_remark(step, body, String::new())
    }
}

/// Finds the report, lets `decide` decide, records the moves and the act `name`, and shows the report.
pub(super) async fn record_decision(
    globals: &Globals,
    name: &'static str,
    report: &ReportName,
    decide: impl FnOnce(&Case<'_>) -> Result<Decision, CliError>,
) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    record_decision_in(&context, globals, name, report, decide).await
}

/// [`record_decision`], for callers that needed the database before.
pub(super) async fn record_decision_in(
    context: &Context,
    globals: &Globals,
    name: &'static str,
    report: &ReportName,
    decide: impl FnOnce(&Case<'_>) -> Result<Decision, CliError>,
) -> Result<(), CliError> {
    let write = context.database.write(name).await?;
    let report = find_report(&*write, &report.name, context.own.seat()).await?;
    let detail = detail_of(context, &*write, &report).await?;
    let mut ledger = EntrySet::load(&*write, &[report.key]).await?;
    let decision = decide(&Case { context, report: &report, detail: &detail, ledger: &ledger })?;
    let mut reports = [report];
    take_route(&mut reports[0], &decision.moves);
    let moves = planned(reports[0].key, decision.moves)?;
    record_moves(context, &write, &mut reports, &mut ledger, moves, false).await?;
    let [mut report] = reports;
    if hold_if_nobodys(context, &mut report) {
        save_reports(&write, std::slice::from_ref(&report)).await?;
    }
    if let Some(informed) = decision.informed {
        keep_informed(&mut report, &context.seal, informed)?;
        save_reports(&write, std::slice::from_ref(&report)).await?;
    }
    let what = format!("{} {}", report.id, decision.remark).trim_end().to_owned();
    let who = acting_user();
    record_act(&write, &context.clock, Act { who: &who, act: name, what, origin: ActOrigin::Cli }).await?;
    write.commit().await?;
    show_report(context, report, false, globals).await
}

/// A report that a person took back and offered to nobody waits for that person, in sight.
fn hold_if_nobodys(context: &Context, report: &mut Report) -> bool {
    let is_ours = report.holder == context.own && report.state == State::Assessed && report.offer.is_none();
    let names_somebody = report.route.as_ref().is_none_or(|route| route.destination.is_some());
    if !is_ours || report.house.is_some() || !names_somebody {
        return false;
    }
    report.house = Some(House::Held);
    report.route = Some(Route { destination: None, reason: RouteReason::SetAside });
    true
}

/// Where it goes is now a person's word, and no doubt any more.
fn take_route(report: &mut Report, moves: &[(Move, Option<Body>)]) {
    for (step, _) in moves {
        match step {
            Move::Transfer { target, .. } => {
                report.route = Some(Route { destination: Some(target.clone()), reason: RouteReason::HostedThere });
            }
            Move::Accept | Move::Refuse { .. } | Move::Status(_) => report.forget_doubt(),
            Move::Resume | Move::Reclaim | Move::Withdraw => {}
        }
    }
}

fn planned(report: i64, moves: Vec<(Move, Option<Body>)>) -> Result<Vec<PlannedMove>, CliError> {
    let plan = |(step, body): (Move, Option<Body>)| {
        let body = body.map(|body| body.to_line()).transpose().map_err(crate::report::ReportError::from)?;
        Ok(PlannedMove { report, step, body })
    };
    moves.into_iter().map(plan).collect()
}
