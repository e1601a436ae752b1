//! `statistics`: the figures of a period.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use clap::Args;
use hotline_protocol::id::NodeId;

use super::Globals;
use super::console::exit::CliError;
use super::console::output::{fields, print, show, table};
use super::console::year;
use super::open::open;
use crate::plural::counted;
use crate::statistics::count::statistics;
use crate::statistics::export::flat_rows;
use crate::statistics::{Period, Statistics};
use crate::written;

/// Hosting countries shown to people; `--json` and `--csv` name every one.
const SHOWN_COUNTRIES: usize = 20;

/// The period, and the peer.
#[derive(Args, Debug)]
#[command(after_help = "Exact numbers are for the house; small cells are withheld in everything that leaves it.\n  \
    hotline-node statistics --year 2026 --json")]
pub struct StatisticsArgs {
    /// A calendar year in the zone of the house; the present one if no period is given
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["from", "to"], value_parser = year)]
    pub(super) year: Option<u16>,
    /// First day, in the zone of the house
    #[arg(long, value_name = "DATE", requires = "to", value_parser = parse_day)]
    pub(super) from: Option<NaiveDate>,
    /// Last day, itself included
    #[arg(long, value_name = "DATE", requires = "from", value_parser = parse_day)]
    pub(super) to: Option<NaiveDate>,
    /// Only the exchange with this hotline
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

fn parse_day(text: &str) -> Result<NaiveDate, String> {
    written::day(text).map_err(|refused| refused.to_string())
}

fn csv(figures: &Statistics) -> Result<String, CliError> {
    let value = serde_json::to_value(figures).map_err(anyhow::Error::from)?;
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(Vec::new());
    let mut write = |key: &str, value: &str| writer.write_record([key, value]).map_err(anyhow::Error::from);
    write("figure", "value")?;
    for (key, value) in flat_rows(&value) {
        write(&key, &value)?;
    }
    let bytes = writer.into_inner().map_err(|error| anyhow::Error::msg(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn for_people(figures: &Statistics) -> String {
    let actions = &figures.actions;
    let head = fields(&[
        ("period", format!("{} to {} (days in {})", figures.period.from, figures.period.to, figures.time_zone)),
        ("received", figures.received.to_string()),
        ("different URLs", figures.unique_urls.to_string()),
        ("illegal", figures.illegal.to_string()),
        ("pending", figures.pending.to_string()),
        ("told to police", format!("{} in {}", actions.lea, counted(actions.lea_transmissions, "transmission"))),
        ("told to hosters", actions.isp.to_string()),
        ("sent to peers", actions.sent_to_peers.to_string()),
        ("received from peers", actions.received_from_peers.to_string()),
        ("replies", actions.replies.to_string()),
    ]);
    let offences = figures
        .by_offence
        .iter()
        .map(|(offence, count)| vec![(*offence).to_owned(), count.reported.to_string(), count.illegal.to_string()]);
    let hosting = figures.hosting.iter().take(SHOWN_COUNTRIES).map(|row| {
        let country = row.country.map_or("unknown", |country| country.name());
        vec![country.to_owned(), row.n.to_string(), percent(row.share)]
    });
    let sites = figures.site_types.iter().map(|row| vec![row.code.to_owned(), row.n.to_string(), percent(row.share)]);
    let victims = [("sex", &figures.victims.sex), ("age", &figures.victims.age)];
    let victims = victims.into_iter().flat_map(|(what, codes)| {
        codes.iter().map(move |(code, n)| vec![what.to_owned(), (*code).to_owned(), n.to_string()])
    });
    let peers = figures.exchange.iter().map(|with| {
        let counts = [with.sent, with.accepted, with.refused, with.received, with.removed];
        let median = with.median_accept_seconds.map_or_else(String::new, |seconds| format!("{seconds} s"));
        let peer = [with.peer.to_string()].into_iter().chain(counts.iter().map(ToString::to_string));
        peer.chain([median]).collect()
    });
    let peer_columns = ["peer", "sent", "accepted", "refused", "received", "removed", "half accepted in"];
    [
        head,
        table(&["offence", "reported", "illegal"], offences, ""),
        table(&["csam hosted in", "reports", "share"], hosting, "No csam was assessed."),
        table(&["illegal csam on", "reports", "share"], sites, "No csam is illegal."),
        table(&["illegal csam by", "is", "reports"], victims, ""),
        handling_table(figures),
        removal_table(figures),
        table(&peer_columns, peers, "Nothing was exchanged."),
    ]
    .map(|part| format!("{}\n", part.trim_end()))
    .join("\n")
}

fn handling_table(figures: &Statistics) -> String {
    let handling = &figures.handling;
    let rows = [
        ("received to assessed", &handling.received_to_assessed),
        ("assessed to police", &handling.assessed_to_lea),
        ("assessed to hoster", &handling.assessed_to_isp),
        ("offered to first action", &handling.offered_to_first_action),
    ];
    let rows = rows.map(|(name, took)| {
        let n = took.n.to_string();
        [name.to_owned(), n, hours(took.median_hours), hours(took.p90_hours)].into_iter().chain(days(&took.within_days))
    });
    let columns = ["handling", "reports", "half in", "9 in 10 in"].into_iter().chain(DAY_COLUMNS).collect::<Vec<_>>();
    table(&columns, rows.into_iter().map(Iterator::collect), "")
}

fn removal_table(figures: &Statistics) -> String {
    let rows = figures.removal.iter().map(|removal| {
        let all = &removal.all;
        let counts = [all.removed, all.removed_before].map(|n| n.to_string());
        let counts = [counts[0].clone(), counts[1].clone(), all.still_online.to_string(), hours(all.median_hours)];
        [clock_name(removal.clock)].into_iter().chain(counts).chain(days(&all.within_days)).collect()
    });
    let columns =
        ["removal since", "removed", "before", "online", "half in"].into_iter().chain(DAY_COLUMNS).collect::<Vec<_>>();
    format!("{}\n{TIMES_NOTE}", table(&columns, rows, ""))
}

/// Limits of the times.
const TIMES_NOTE: &str = "Removed before the clock started: counted as removed, in no time and no median. Times from one \
    hotline's act to another's (offered to first action, removal that another hotline tells of, half accepted in) are \
    measured by two clocks.";

/// Above the numbers of those within so many days; `--json` and `--csv` have more.
const DAY_COLUMNS: [&str; 4] = ["≤ 1 day", "≤ 3", "≤ 7", "≤ 28"];

fn days(within: &BTreeMap<u32, u64>) -> impl Iterator<Item = String> + use<> {
    [1, 3, 7, 28].map(|days| within.get(&days).copied().unwrap_or_default().to_string()).into_iter()
}

fn clock_name(clock: char) -> String {
    match clock {
        'A' => "A receipt from the public".to_owned(),
        'B' => "B notice to the hoster".to_owned(),
        'C' => "C receipt by the police".to_owned(),
        'D' => "D receipt by its hotline".to_owned(),
        'E' => "E first finding".to_owned(),
        other => other.to_string(),
    }
}

fn hours(hours: Option<f64>) -> String {
    hours.map_or_else(String::new, |hours| format!("{hours:.1} h"))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
