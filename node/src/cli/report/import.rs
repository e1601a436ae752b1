//! `report import`: takes in the rows of a file, each once.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::acting_user;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{or_dash, show, table, tell};
use crate::cli::locate::open_placer;
use crate::cli::open::open;
use crate::context::Context;
use crate::intake::csv::Fault;
use crate::intake::csv::file::{Encoding, ReadAs, Reading, Scope};
use crate::intake::{Duplicate, ImportError, ImportResult, RowRead, import_file};
use crate::plural::{counted, verb};

/// Faults, and addresses that were read otherwise, shown to people; `--json` names every one.
const SHOWN: usize = 50;

/// The file.
#[derive(Args, Debug)]
#[command(
    after_help = "The columns are described in the documentation; reference, received_at and url are required.\n\
    Good rows are taken once, faulty ones are named with line and column; the same file again adds nothing.\n  \
    hotline-node report import reports.csv --json"
)]
pub struct ImportArgs {
    /// The file (comma-separated values with a header line; semicolons, tabs and Windows-1252 are read too)
    #[arg(value_name = "FILE.csv")]
    pub(super) file: PathBuf,
    /// Cases of the past: counted, never sent
    #[arg(long)]
    pub(super) historical: bool,
    /// Cells that hold exactly this are empty, as where R writes NA; may be given several times
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(super) missing: Vec<String>,
    /// NA in a column of countries is Namibia, and no sign of R for a missing value
    #[arg(long)]
    pub(super) namibia: bool,
}

pub(super) async fn run(args: ImportArgs, globals: &Globals) -> Result<(), CliError> {
    let (config, context) = open(&globals.config).await?;
    let locator = open_placer(&config, &context).await?;
    let failed = |cause| CliError::file(args.file.display(), cause);
    let file = File::open(&args.file).map_err(failed)?;
    let bar = progress_bar(file.metadata().map_err(failed)?.len());
    let scope = if args.historical { Scope::Historical } else { Scope::Present };
    let reading = Reading { missing: args.missing, namibia: args.namibia, ..Reading::new(scope, context.clock.now()) };
    let mut result = ImportResult::default();
    let read = import_file(&context, &locator, BufReader::new(bar.wrap_read(file)), reading, &mut result).await;
    bar.finish_and_clear();
    if let Err(error) = read {
        return Err(stopped(&context, &result, &args.file, error).await);
    }
    if let Err(unrecorded) = record_import(&context, &result).await {
        tell(&format!(
            "{} {} taken, all of this file that can be; what follows is about their line in the audit trail \
             alone, and the same file again adds nothing but that line",
            counted(result.taken, "row"),
            verb(result.taken, "was", "were")
        ));
        return Err(unrecorded);
    }
    show(globals, &result, for_people)?;
    match result.faulty.len() {
        0 => Ok(()),
        count => {
            Err(CliError::refused(format!("{}; correct the file there and import it again", counted(count, "fault"))))
        }
    }
}

/// Rows taken before the import stopped stay taken. They stand in the audit trail too, and the person is told.
async fn stopped(context: &Context, result: &ImportResult, file: &Path, error: ImportError) -> CliError {
    if result.taken > 0 {
        tell(&format!(
            "{} {} taken before this; import the same file again to go on",
            counted(result.taken, "row"),
            verb(result.taken, "was", "were")
        ));
        if let Err(unrecorded) = record_import(context, result).await {
            tell(&format!("this import does not stand in the audit trail: {unrecorded}"));
        }
    }
    match error {
        ImportError::Unreadable(cause) => CliError::file(file.display(), cause),
        ImportError::Report(cause) => cause.into(),
    }
}

/// How much of the file is read, on standard error and only at a terminal.
fn progress_bar(bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {percent}%  {bytes} of {total_bytes}, {eta} left")
        .expect("the template is sound");
    ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr()).with_style(style)
}

async fn record_import(context: &Context, result: &ImportResult) -> Result<(), CliError> {
    let who = acting_user();
    let what = format!("{}: {} taken, {} known", counted(result.rows, "row"), result.taken, result.known);
    let write = context.database.write("record_import").await?;
    record_act(&write, &context.clock, Act { who: &who, act: "import_reports", what, origin: ActOrigin::Cli }).await?;
    write.commit().await?;
    Ok(())
}

fn for_people(result: &ImportResult) -> String {
    let ImportResult { rows, taken, known, faulty, read, duplicates, addresses } = result;
    let counts = format!(
        "{} read: {taken} taken, {known} known already, {}.",
        counted(*rows, "row"),
        counted(faulty.len(), "fault")
    );
    let mut text = [Some(counts), told(*read)].into_iter().flatten().collect::<Vec<_>>().join("\n");
    text.push_str(&duplicates_text(duplicates));
    if !faulty.is_empty() {
        let row = |fault: &Fault| vec![fault.line.to_string(), or_dash(fault.column.as_ref()), fault.kind.to_string()];
        push_table(&mut text, &["line", "column", "fault"], faulty, row);
    }
    let changed = addresses.iter().filter(|read| read.told.read_as.is_some()).count();
    if changed > 0 {
        let _ = write!(text, "\n\n{changed} addresses were read otherwise than they stand in the file.");
    }
    if addresses.len() > changed {
        text.push_str("\n\nOf some addresses there is something to note.");
    }
    if !addresses.is_empty() {
        let row = |read: &RowRead| {
            vec![read.line.to_string(), read.column.to_owned(), read.told.sentences().collect::<Vec<_>>().join("; ")]
        };
        push_table(&mut text, &["line", "column", "read as"], addresses, row);
    }
    text
}

/// Adds the first [`SHOWN`] of them, and how many there are more.
fn push_table<T>(text: &mut String, heading: &[&str], all: &[T], row: impl Fn(&T) -> Vec<String>) {
    text.push('\n');
    text.push_str(&table(heading, all.iter().take(SHOWN).map(row), ""));
    match all.len().saturating_sub(SHOWN) {
        0 => {}
        more => {
            let _ = write!(text, "\nand {more} more; --json names all");
        }
    }
}

/// How the file was read, where it differs from the documented way: the detection may be wrong.
fn told(read: ReadAs) -> Option<String> {
    let words = format!("Read with {}, as {}.", read.separator.name(), read.encoding.name());
    let look = match read.encoding {
        Encoding::Utf8 => "",
        Encoding::Windows1252 => " Look at a note with accents: if it is garbled, save the file as \"CSV UTF-8\".",
    };
    (!read.is_documented()).then(|| words + look)
}

/// Rows with a URL that was reported here before: a person may join them, or withdraw one.
fn duplicates_text(duplicates: &[Duplicate]) -> String {
    if duplicates.is_empty() {
        return String::new();
    }
    let row = |it: &Duplicate| vec![it.line.to_string(), it.number.clone(), it.duplicate_of.clone()];
    let shown = table(&["line", "taken as", "reported before"], duplicates.iter().take(SHOWN).map(row), "");
    let more = match duplicates.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("\nand {more} more; --json names all"),
    };
    format!("\nOf {} the URL was reported here before:\n{shown}{more}", counted(duplicates.len(), "row"))
}
