//! `statistics`: the figures of a period.

use chrono::NaiveDate;
use clap::Args;
use hotline_protocol::id::NodeId;

use super::exit::CliError;
use super::output::{fields, print, show, table};
use super::{Globals, open};
use crate::statistics::{Period, Statistics, flat_rows, statistics};

/// Hosting countries shown to people; `--json` and `--csv` name every one.
const SHOWN_COUNTRIES: usize = 20;

/// Which period, and whose.
#[derive(Args, Debug)]
#[command(after_help = "Exact numbers are for the house; small cells are withheld in everything that leaves it.\n  \
    hotline-node statistics --year 2026 --json")]
pub struct StatisticsArgs {
    /// A calendar year (UTC); the present one if no period is given
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["from", "to"])]
    pub(super) year: Option<u16>,
    /// First day (UTC)
    #[arg(long, value_name = "DATE", requires = "to")]
    pub(super) from: Option<NaiveDate>,
    /// Last day (UTC), itself included
    #[arg(long, value_name = "DATE", requires = "from")]
    pub(super) to: Option<NaiveDate>,
    /// Only what was exchanged with this hotline
    #[arg(long, value_name = "ID")]
    pub(super) peer: Option<NodeId>,
    /// Print comma-separated rows instead of a table
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
}

pub(super) async fn run(args: StatisticsArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let period = args.period(context.year())?;
    let figures = statistics(&context, period, args.peer).await?;
    if args.csv {
        return print(csv(&figures)?.as_bytes());
    }
    show(globals, &figures, for_people)
}

impl StatisticsArgs {
    fn period(&self, present: u16) -> Result<Period, CliError> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from > to => Err(CliError::Usage("--from is after --to".into())),
            (Some(from), Some(to)) => Ok(Period { from, to }),
            _ => Period::year(self.year.unwrap_or(present)).ok_or_else(|| CliError::Usage("no such year".into())),
        }
    }
}

fn csv(figures: &Statistics) -> Result<String, CliError> {
    let value = serde_json::to_value(figures).map_err(anyhow::Error::from)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |key: &str, value: &str| writer.write_record([key, value]).map_err(anyhow::Error::from);
    write("figure", "value")?;
    for (key, value) in flat_rows(&value) {
        write(&key, &value)?;
    }
    let bytes = writer.into_inner().map_err(|error| anyhow::Error::msg(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn for_people(figures: &Statistics) -> String {
    let head = fields(&[
        ("period", format!("{} to {}", figures.period.from, figures.period.to)),
        ("received", figures.received.to_string()),
        ("different URLs", figures.unique_urls.to_string()),
        ("illegal", figures.illegal.to_string()),
        ("pending", figures.pending.to_string()),
        ("sent to peers", figures.actions.sent_to_peers.to_string()),
        ("received from peers", figures.actions.received_from_peers.to_string()),
    ]);
    let offences = figures
        .by_offence
        .iter()
        .map(|(offence, count)| vec![(*offence).to_owned(), count.reported.to_string(), count.illegal.to_string()]);
    let hosting = figures.hosting.iter().take(SHOWN_COUNTRIES).map(|row| {
        let country = row.country.map_or("unknown", |country| country.name());
        vec![country.to_owned(), row.n.to_string(), format!("{:.1} %", row.share * 100.0)]
    });
    let peers = figures.exchange.iter().map(|with| {
        let counts = [with.sent, with.accepted, with.refused, with.received, with.removed];
        [with.peer.to_string()].into_iter().chain(counts.iter().map(ToString::to_string)).collect()
    });
    format!(
        "{head}\n{}\n\n{}\n\n{}\n",
        table(&["offence", "reported", "illegal"], offences, ""),
        table(&["csam hosted in", "reports", "share"], hosting, "No csam was assessed."),
        table(&["peer", "sent", "accepted", "refused", "received", "removed"], peers, "Nothing was exchanged."),
    )
}
