//! `report find`: looks for a URL, a reference or a number. Stores nothing of the question.

use clap::Args;
use hotline_protocol::id::ReportId;
use hotline_protocol::url::ReportedUrl;
use serde::Serialize;

use super::list::report_table;
use super::load::load_views;
use super::view::ReportView;
use crate::cli::exit::CliError;
use crate::cli::output::show;
use crate::cli::terminal::read_argument;
use crate::cli::{Globals, open};
use crate::context::Context;
use crate::intake::{find_imported, find_known};
use crate::report::{Number, Report, ReportError, find_report};

/// What is looked for.
#[derive(Args, Debug)]
#[command(after_help = "A match in the federation's digests is a hint to a person, no more:\n  \
    hotline-node report find - < url.txt")]
pub struct FindArgs {
    /// A URL, a reference or a number: - for standard input, @FILE for a file
    #[arg(value_name = "-|@FILE|NUMBER")]
    pub(super) question: String,
}

/// What was found.
#[derive(Serialize)]
struct FoundView {
    /// How the question was understood: url, reference, number.
    question: &'static str,
    /// Reports of this hotline: its own, and those offered to it.
    here: Vec<ReportView>,
    /// Reports of others, known by their digests.
    federation: Vec<ReportView>,
}

/// How the question is understood.
enum Question {
    Number(String),
    Url(ReportedUrl),
    Reference(String),
}

pub(super) async fn run(args: FindArgs, globals: &Globals) -> Result<(), CliError> {
    let question = Question::read(&args.question)?;
    let (_, context) = open(&globals.config).await?;
    let reports = question.find(&context).await?;
    let (here, federation): (Vec<Report>, Vec<Report>) = reports.into_iter().partition(|it| it.number.is_some());
    let view = FoundView {
        question: question.name(),
        here: load_views(&context, &here, false).await?,
        federation: load_views(&context, &federation, false).await?,
    };
    show(globals, &view, for_people)
}

impl Question {
    /// A number or an id may be typed without a warning: it tells nothing.
    fn read(argument: &str) -> Result<Self, CliError> {
        if is_name(argument) {
            return Ok(Self::Number(argument.to_owned()));
        }
        let text = read_argument(argument)?;
        Ok(match ReportedUrl::parse(&text) {
            _ if is_name(&text) => Self::Number(text.to_string()),
            Ok(url) => Self::Url(url),
            Err(_) => Self::Reference(text.to_string()),
        })
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Url(_) => "url",
            Self::Reference(_) => "reference",
        }
    }

    async fn find(&self, context: &Context) -> Result<Vec<Report>, CliError> {
        match self {
            Self::Number(name) => match find_report(context.database.read(), name).await {
                Err(ReportError::NotFound) => Ok(Vec::new()),
                found => Ok(vec![found?]),
            },
            Self::Url(url) => Ok(find_known(context, url.canonical()).await?),
            Self::Reference(reference) => Ok(find_imported(context, reference).await?.into_iter().collect()),
        }
    }
}

fn is_name(text: &str) -> bool {
    text.parse::<ReportId>().is_ok() || text.parse::<Number>().is_ok()
}

fn for_people(view: &FoundView) -> String {
    let here = report_table(&view.here, "Nothing is known of it here.");
    if view.federation.is_empty() {
        return here;
    }
    let federation = report_table(&view.federation, "");
    format!("{here}\n\nOther hotlines' digests match. This is a hint to a person, no more:\n{federation}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_a_number_an_id_a_url_or_a_reference() {
        for (argument, name) in [
            ("FR-2026-0001234", "number"),
            ("fr-example/01890a5d-ac96-774b-bcce-b302099a8057", "number"),
            ("hxxps://a[.]example/b", "url"),
            ("fr-fixture-000001", "reference"),
        ] {
            assert_eq!(Question::read(argument).expect("read").name(), name, "{argument}");
        }
    }
}
