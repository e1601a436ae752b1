//! `report submit`: takes one URL in.

use clap::Args;
use hotline_protocol::entry::{AssessmentRecord, Body};
use hotline_protocol::url::ReportedUrl;
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, Source, Urgency};
use serde::Serialize;

use super::print::{load_views, report_text};
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::show;
use crate::cli::console::{acting_user, code, read_url};
use crate::cli::locate::open_placer;
use crate::cli::open::open;
use crate::context::Context;
use crate::intake::csv::FaultKind;
use crate::intake::csv::row::{group, memo};
use crate::intake::reading::{Done, UrlReadAs, UrlReading};
use crate::intake::{Answer, Beside, Submission, look_up_known, submit};
use crate::report::ReportError;
use crate::report::lifecycle::check_finding;
use crate::report::view::{PrivateContent, ReportView};

/// The report to submit.
#[derive(Args, Debug)]
#[command(after_help = "A URL on the command line stands in the process list and the shell's history, so:\n  \
    hotline-node report submit - --assessment baseline < url.txt\n  \
    hotline-node report submit @url.txt --source police --urgency new_victim")]
pub struct SubmitArgs {
    /// The URL: - for standard input, @FILE for a file
    #[arg(value_name = "URL|-|@FILE")]
    pub(super) url: String,
    /// The offence
    #[arg(long, value_name = "O", default_value = "csam", value_parser = code::<Offence>())]
    pub(super) offence: Offence,
    /// An analyst's finding; without it the report waits for one (state received)
    #[arg(long, value_name = "A", default_value = "unassessed", value_parser = code::<Assessment>())]
    pub(super) assessment: Assessment,
    /// How soon somebody must act
    #[arg(long, value_name = "U", default_value = "routine", value_parser = code::<Urgency>())]
    pub(super) urgency: Urgency,
    /// The source of the report
    #[arg(long, value_name = "S", default_value = "public", value_parser = code::<Source>())]
    pub(super) source: Source,
    /// The channel of the report
    #[arg(long, value_name = "C", default_value = "computer", value_parser = code::<Channel>())]
    pub(super) channel: Channel,
    /// Joins URLs that were found together
    #[arg(long, value_name = "G")]
    pub(super) group: Option<String>,
    /// The page where it was found: - or @FILE too
    #[arg(long, value_name = "URL|-|@FILE")]
    pub(super) page: Option<String>,
    /// A remark for the other hotline; never anything about the reporter
    #[arg(long, value_name = "TEXT")]
    pub(super) memo: Option<String>,
}

/// The report, and how its input was read.
#[derive(Serialize)]
struct SubmittedView {
    #[serde(flatten)]
    report: ReportView,
    /// The URL, defanged; null where it was read as it was written.
    read_as: Option<String>,
    /// The changes made to it.
    read_how: Vec<Done>,
    /// The page, in the same way.
    page_read_as: Option<String>,
}

pub(super) async fn run(args: SubmitArgs, globals: &Globals) -> Result<(), CliError> {
    check_finding(args.offence, args.assessment).map_err(|refused| CliError::Usage(refused.to_string()))?;
    check_text("--group", args.group.as_deref(), group)?;
    check_text("--memo", args.memo.as_deref(), memo)?;
    if args.url == "-" && args.page.as_deref() == Some("-") {
        return Err(CliError::Usage("standard input holds one URL; give the other one with @FILE".into()));
    }
    let (config, context) = open(&globals.config).await?;
    let url = read_url(&args.url)?;
    let page = args.page.as_deref().map(read_url).transpose()?;
    let (read, page_read) = (url.shown(), page.as_ref().map(UrlReading::shown).unwrap_or_default());
    let submission = submission(&context, &args, url.url, page.map(|page| page.url));
    let locator = open_placer(&config, &context).await?;
    let taken = submit(&context, &locator, vec![submission], Beside::Act(&acting_user())).await?;
    let Answer::Taken(reports) = taken else { return Err(ReportError::NotFound.into()) };
    let UrlReadAs { read_as, read_how, .. } = read;
    let mut report = load_views(&context, &reports, false).await?.pop().ok_or(ReportError::NotFound)?;
    look_up_known(&context, &reports[0], &mut report).await?;
    let view = SubmittedView { report, read_as, read_how, page_read_as: page_read.read_as };
    show(globals, &view, |view| report_text(&view.report))
}

/// Refuses a text that a file could not have either. It is not repeated, as a parser of arguments would.
fn check_text(
    name: &str,
    text: Option<&str>,
    read: impl FnOnce(&str) -> Result<String, FaultKind>,
) -> Result<(), CliError> {
    match text.map(read) {
        Some(Err(fault)) => Err(CliError::Usage(format!("{name}: {fault}"))),
        Some(Ok(_)) | None => Ok(()),
    }
}

fn submission(context: &Context, args: &SubmitArgs, url: ReportedUrl, page: Option<ReportedUrl>) -> Submission {
    let mut body = Body::new(context.salt());
    body.url = Some(url);
    body.page = page;
    body.group.clone_from(&args.group);
    body.memo.clone_from(&args.memo);
    let now = context.clock.unix_seconds();
    let finding = (args.assessment != Assessment::Unassessed)
        .then(|| AssessmentRecord::new(context.own.clone(), now, args.assessment, args.offence));
    Submission {
        body,
        private: PrivateContent::default(),
        offence: args.offence,
        urgency: args.urgency,
        source: args.source,
        channel: args.channel,
        received_at: context.now_micros(),
        finding,
        reference: None,
        case_secret: None,
    }
}
