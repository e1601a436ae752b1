//! `report show`.

use clap::Args;

use super::ReportName;
use super::print::{load_views, report_text};
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output;
use crate::cli::open::open;
use crate::context::Context;
use crate::intake::look_up_known;
use crate::report::{Report, find_report};

/// The report.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The report.
    #[command(flatten)]
    report: ReportName,
    /// Show URLs as they are, the reporter's words and access data; written to the audit trail
    #[arg(long)]
    reveal: bool,
}

pub(super) async fn run(args: ShowArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let report = find_report(context.database.read(), &args.report.name, context.own.seat()).await?;
    show_report(&context, report, args.reveal, globals).await
}

/// Shows a report as it is now.
pub(super) async fn show_report(
    context: &Context,
    report: Report,
    reveal: bool,
    globals: &Globals,
) -> Result<(), CliError> {
    let reports = [report];
    let mut views = load_views(context, &reports, reveal).await?;
    for (report, view) in reports.iter().zip(&mut views) {
        look_up_known(context, report, view).await?;
    }
    views.iter().try_for_each(|view| output::show(globals, view, report_text))
}
