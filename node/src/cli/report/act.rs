//! `report act`: records an action on a report that this hotline holds.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use hotline_protocol::entry::{ActionRecord, Status};
use hotline_protocol::vocabulary::{Action, Reason};

use super::ReportName;
use super::record::{Case, Decision, record_decision};
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::{Confirmation, check_remark, code, in_order, not_in_future, parse_time};
use crate::report::lifecycle::Move;
use crate::report::view::Informed;

/// The action.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    hotline-node report act FR-2026-0001234 lea-informed --to \"national police\" --via portal --reference 2026/77\n  \
    hotline-node report act FR-2026-0001234 removed --first-seen-offline 2026-01-31T13:45:00Z\n  \
    hotline-node report act FR-2026-0001234 not-illegal --reason adult_pornography --yes\n\n\
    To whom, by which way and under which reference stays in this house: with the report, and in the audit trail.")]
pub struct ActArgs {
    /// The report.
    #[command(flatten)]
    report: ReportName,
    /// The action: lea-informed, isp-informed, removed, unavailable, not-illegal, reopen
    #[arg(value_parser = code::<Action>())]
    action: Action,
    /// When, if not now
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<i64>,
    /// Why
    #[arg(long, value_name = "R", value_parser = code::<Reason>())]
    reason: Option<Reason>,
    /// The informed party
    #[arg(long, value_name = "WHOM")]
    to: Option<String>,
    /// The way of informing it
    #[arg(long)]
    via: Option<Via>,
    /// The reference used
    #[arg(long, value_name = "R")]
    reference: Option<String>,
    /// When the content was last seen online
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    last_seen_online: Option<i64>,
    /// When the content was first seen to be gone
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    first_seen_offline: Option<i64>,
    /// Confirmation.
    #[command(flatten)]
    confirmation: Confirmation,
}

/// The way of informing somebody.
#[derive(ValueEnum, Debug, Clone, Copy)]
pub(super) enum Via {
    /// By e-mail or letter
    Mail,
    /// On the other's website
    Portal,
    /// From program to program
    Api,
    /// By telephone
    Phone,
}

impl Via {
    const fn code(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Portal => "portal",
            Self::Api => "api",
            Self::Phone => "phone",
        }
    }
}

pub(super) async fn run(args: ActArgs, globals: &Globals) -> Result<(), CliError> {
    let report = args.report.clone();
    if args.action == Action::NotIllegal {
        args.confirmation
            .ask(&format!("Say of {} that it is not illegal? That ends the report everywhere.", report.name))?;
    }
    record_decision(globals, "act_on_report", &report, |case| decide(&args, case)).await
}

fn decide(args: &ActArgs, case: &Case<'_>) -> Result<Decision, CliError> {
    let now = case.context.clock.unix_seconds();
    args.check(now)?;
    args.check_against(case)?;
    let remark = args.remark();
    let mut body = case.new_body();
    body.actions.push(ActionRecord {
        by: case.context.own.clone(),
        action: args.action.into(),
        at: args.at.unwrap_or(now),
        reason: args.reason.map(Into::into),
        last_seen_online: args.last_seen_online,
        first_seen_offline: args.first_seen_offline,
    });
    let moves = vec![(Move::Status(status_of(args.action)), Some(body))];
    Ok(Decision { moves, remark, informed: args.informed(args.at.unwrap_or(now)) })
}

impl ActArgs {
    fn check(&self, now: i64) -> Result<(), CliError> {
        not_in_future("--at", self.at, now)?;
        not_in_future("--last-seen-online", self.last_seen_online, now)?;
        not_in_future("--first-seen-offline", self.first_seen_offline, now)?;
        if let (Some(online), Some(offline)) = (self.last_seen_online, self.first_seen_offline)
            && offline < online
        {
            return Err(CliError::Usage("--first-seen-offline is before --last-seen-online".into()));
        }
        if self.is_gone() {
            in_order(("--last-seen-online", self.last_seen_online), ("--at", self.at))?;
        }
        check_remark("--to", self.to.as_deref().unwrap_or_default())?;
        check_remark("--reference", self.reference.as_deref().unwrap_or_default())
    }

    /// Nothing is done about a report before somebody received it, and nothing is removed before the hoster was told.
    fn check_against(&self, case: &Case<'_>) -> Result<(), CliError> {
        let here = case.report.received_at.div_euclid(1_000_000);
        let received = case.detail.known.received_at.map_or(here, |origin| origin.min(here));
        let received = ("the time at which the report was received", Some(received));
        in_order(received, ("--at", self.at))?;
        in_order(received, ("--first-seen-offline", self.first_seen_offline))?;
        if !self.is_gone() {
            return Ok(());
        }
        let is_notice = |act: &&ActionRecord| act.action.known() == Some(&Action::IspInformed);
        let noticed = case.detail.known.actions.iter().filter(is_notice).map(|act| act.at).min();
        in_order(("the time at which the hoster was informed", noticed), ("--at", self.at))
    }

    const fn is_gone(&self) -> bool {
        matches!(self.action, Action::Removed | Action::Unavailable)
    }

    /// The party that this hotline informed: kept with the report, and found again there.
    fn informed(&self, at: i64) -> Option<Informed> {
        let (to, reference) = (self.to.clone(), self.reference.clone());
        let via = self.via.map(|via| via.code().to_owned());
        let is_told = to.is_some() || via.is_some() || reference.is_some();
        is_told.then(|| Informed { at, action: self.action.code().to_owned(), to, via, reference })
    }

    fn remark(&self) -> String {
        let mut remark = self.action.code().to_owned();
        let via = self.via.map(|via| via.code().to_owned());
        for (name, value) in [("to", &self.to), ("via", &via), ("reference", &self.reference)] {
            if let Some(value) = value {
                write!(remark, "; {name} {value}").expect("a String takes everything");
            }
        }
        remark
    }
}

/// The status that an action gives a report.
pub(in crate::cli) const fn status_of(action: Action) -> Status {
    match action {
        Action::LeaInformed => Status::LeaInformed,
        Action::IspInformed => Status::IspInformed,
        Action::Removed => Status::Removed,
        Action::Unavailable => Status::Unavailable,
        Action::NotIllegal => Status::NotIllegal,
        Action::Reopen => Status::Reopened,
    }
}
