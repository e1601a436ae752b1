//! `report find`: looks for a URL, a reference or a number. Stores nothing of the question.

use clap::Args;
use serde::Serialize;

use super::list::report_table;
use super::print::load_views;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::show;
use crate::cli::console::{not_read, read_argument, tell_read};
use crate::cli::open::open;
use crate::intake::Question;
use crate::intake::reading::UrlReadAs;
use crate::report::Report;
use crate::report::view::ReportView;

/// The question of a search.
#[derive(Args, Debug)]
#[command(after_help = "A match in the federation's digests is a hint to a person, no more:\n  \
    hotline-node report find - < url.txt")]
pub struct FindArgs {
    /// A URL, a reference or a number: - for standard input, @FILE for a file
    #[arg(value_name = "-|@FILE|NUMBER")]
    pub(super) question: String,
}

/// The result of a search.
#[derive(Serialize)]
struct FoundView {
    /// How the question was understood: url, reference, number.
    question: &'static str,
    /// How its URL was read.
    #[serde(flatten)]
    read: UrlReadAs,
    /// Reports of this hotline: its own, and those offered to it.
    here: Vec<ReportView>,
    /// Reports of others, known by their digests.
    federation: Vec<ReportView>,
}

pub(super) async fn run(args: FindArgs, globals: &Globals) -> Result<(), CliError> {
    let question = read_question(&args.question)?;
    let read = question.read();
    tell_read(&read);
    let (_, context) = open(&globals.config).await?;
    let reports = question.find(&context).await?;
    let (here, federation): (Vec<Report>, Vec<Report>) = reports.into_iter().partition(|it| it.number.is_some());
    let view = FoundView {
        question: question.name(),
        read,
        here: load_views(&context, &here, false).await?,
        federation: load_views(&context, &federation, false).await?,
    };
    show(globals, &view, for_people)
}

/// A number or an id may be typed without a warning: it tells nothing.
fn read_question(argument: &str) -> Result<Question, CliError> {
    if Question::is_name(argument) {
        return Question::of_text(argument).map_err(not_read);
    }
    Question::of_text(&read_argument(argument)?).map_err(not_read)
}

fn for_people(view: &FoundView) -> String {
    let here = report_table(&view.here, "Nothing is known of it here.");
    if view.federation.is_empty() {
        return here;
    }
    let federation = report_table(&view.federation, "");
    format!("{here}\n\nOther hotlines' digests match. This is a hint to a person, no more:\n{federation}")
}
