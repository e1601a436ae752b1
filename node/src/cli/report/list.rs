//! `report list`.

use clap::Args;
use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::State;

use super::print::load_views;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{or_dash, show, table};
use crate::cli::console::{code, country};
use crate::cli::open::open;
use crate::report::query::Filter;
use crate::report::view::ReportView;
use crate::report::{find_report, list_reports};

/// The reports to list.
#[derive(Args, Debug)]
#[command(after_help = "The next page begins after the last report of the one before:\n  \
    hotline-node report list --state offered --limit 50 --after FR-2026-0001234")]
pub struct ListArgs {
    /// Only those in this state
    #[arg(long, value_name = "S", value_parser = code::<State>())]
    state: Option<State>,
    /// Only those that this hotline holds
    #[arg(long, value_name = "ID")]
    holder: Option<NodeId>,
    /// Only those hosted in this country
    #[arg(long, value_name = "CC", value_parser = country)]
    country: Option<Country>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    limit: u64,
    /// Only those that came in before this one (the list is newest first)
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// Show URLs as they are; written to the audit trail
    #[arg(long)]
    reveal: bool,
}

pub(super) async fn run(args: ListArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let before = match &args.after {
        Some(name) => Some(find_report(context.database.read(), name, context.own.seat()).await?.key),
        None => None,
    };
    let (state, holder, country) = (args.state, args.holder, args.country);
    // A report that another hotline has not told of, or that counts no more there, is not received: it has no state.
    let origin = state.filter(|state| *state == State::Received).map(|_| context.own.clone());
    let filter = Filter { state, origin, holder, country, before, since: None, limit: args.limit };
    let reports = list_reports(context.database.read(), &filter).await?;
    let views = load_views(&context, &reports, args.reveal).await?;
    show(globals, &views, |views| report_table(views, "There are no such reports."))
}

/// One row a report; `nothing` where there are none.
pub(super) fn report_table(views: &[ReportView], nothing: &str) -> String {
    let heading = ["number", "state", "holder", "hosted", "received", "URL", "id"];
    table(&heading, views.iter().map(row), nothing)
}

/// The text in the place of something that cannot be shown.
fn cannot_be_read(view: &ReportView) -> String {
    view.unreadable.as_ref().map_or_else(|| or_dash(None::<&str>), |fault| format!("cannot be read: {fault}"))
}

/// How it stands, and that it waits for a person beside.
pub(super) fn state_of(view: &ReportView) -> String {
    let state = or_dash(view.state);
    if view.is_held_beside() { format!("{state} (held)") } else { state }
}

fn row(view: &ReportView) -> Vec<String> {
    vec![
        or_dash(view.number.as_ref()),
        state_of(view),
        view.holder.to_string(),
        or_dash(view.hosting.country),
        or_dash(view.received_at.as_ref()),
        view.url.clone().unwrap_or_else(|| cannot_be_read(view)),
        view.id.clone(),
    ]
}
