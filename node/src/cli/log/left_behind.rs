//! `log left-behind`: the reports that are concerned where a log went on in a new epoch.

use clap::Args;
use hotline_protocol::country::CountryCode;
use hotline_protocol::id::{NodeId, ReportId};
use serde::Serialize;

use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{or_dash, show, table};
use crate::cli::open::open;
use crate::exchange::log::epoch::{ReportLeftBehind, reports_left_behind};

/// The log.
#[derive(Args, Debug)]
#[command(
    after_help = "What stood after the last good entry counts for nothing until its author says it again. This lists \
    the reports of which something was not said again: call the other hotline about each."
)]
pub struct LeftBehindArgs {
    /// The log's author; all logs if absent
    #[arg(long, value_name = "ID")]
    log: Option<NodeId>,
}

/// A report, as JSON shows it.
#[derive(Debug, Serialize)]
pub(super) struct ReportView {
    log: NodeId,
    report: ReportId,
    number: Option<String>,
    entries: Vec<EntryView>,
    ask: Option<NodeId>,
}

#[derive(Debug, Serialize)]
struct EntryView {
    epoch: u64,
    seq: u64,
    r#type: String,
}

impl ReportView {
    pub(super) fn of(left: ReportLeftBehind, seat: CountryCode) -> Self {
        let entry = |(place, entry_type): (hotline_protocol::log::Position, String)| EntryView {
            epoch: place.epoch,
            seq: place.seq,
            r#type: entry_type,
        };
        Self {
            log: left.log,
            report: left.report,
            number: left.number.map(|number| number.shown(seat)),
            entries: left.entries.into_iter().map(entry).collect(),
            ask: left.ask,
        }
    }
}

pub(super) async fn run(args: LeftBehindArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let left = reports_left_behind(&context, context.database.read(), args.log.as_ref(), None).await?;
    let seat = context.own.seat();
    let views: Vec<ReportView> = left.into_iter().map(|left| ReportView::of(left, seat)).collect();
    show(globals, &views, |views| for_people(views))
}

pub(super) fn for_people(views: &[ReportView]) -> String {
    let row = |view: &ReportView| {
        let entries: Vec<String> =
            view.entries.iter().map(|entry| format!("{} ({}.{})", entry.r#type, entry.epoch, entry.seq)).collect();
        vec![
            or_dash(view.number.as_ref()),
            view.report.to_string(),
            view.log.to_string(),
            entries.join(", "),
            or_dash(view.ask.as_ref()),
        ]
    };
    table(&["number", "report", "log", "counts no more", "ask"], views.iter().map(row), "Nothing was left behind.")
}
