//! The yearly figures: five years of synthetic cases that carry the figures of Point de Contact's report for 2018 are
//! imported, and each year's statistics are held against the report, row by row of its statements.
//!
//! Counts are equal. Shares are equal when rounded as the report rounds them. Rows 17 and 23 are unclear in the source;
//! the assumptions about them stand with them. Rows 8, 9 and 18 to 20 are no figures of a node, and rows 25 and 41 to
//! 44 no figures at all; rows 32 and 33 come from the whole federation's headers.

use std::fs;

use anyhow::{Context as _, ensure};
use hotline_tests::historical::csv;
use hotline_tests::historical::year::YEARS;
use hotline_tests::node::cli::done;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::sentences;
use libtest_mimic::Trial;
use serde_json::Value;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!("figures", store, [the_figures_of_five_years_are_those_of_the_report])
}

/// A row of the report, the place of its figure, and the expected figure.
type Row = (u32, &'static str, Expected);

/// The report's figure.
enum Expected {
    /// A count.
    N(u64),
    /// A share of something in hundredths, rounded to so many digits.
    Share(&'static str, f64, i32),
    /// The kind is there, without a figure.
    Some,
}
use Expected::{N, Share, Some as There};

const ROWS_2018: &[Row] = &[
    (10, "/actions/lea", N(15_566)),
    (11, "/actions/isp", N(11_380)),
    (12, "/actions/sent_to_peers", N(2_419)),
    (13, "/actions/received_from_peers", N(9_870)),
    (14, "/actions/replies", N(3_414)),
    // All that stands in France was told to its hosters, and is removed.
    (15, "/removal/1/by_hosting/here/removed", N(11_380)),
    (15, "/removal/1/by_hosting/here/still_online", N(0)),
    (16, "/removal/1/by_hosting/here/within_days/5", Share("/removal/1/by_hosting/here/removed", 50.0, 0)),
    (21, "/reported", N(32_464)),
    (22, "/by_source/public", Share("/reported", 58.0, 0)),
    (22, "/by_channel/computer", Share("/reported", 51.0, 0)),
    (22, "/by_channel/mobile", Share("/reported", 7.0, 0)),
    // The label is lost in the source: assumed to be partner hotlines.
    (23, "/by_source/partner_hotline", Share("/reported", 36.0, 0)),
    (24, "/by_source/derived", Share("/reported", 6.0, 0)),
    (27, "/production/familial_or_extrafamilial", There),
    (27, "/production/exploitation", There),
    (27, "/production/self_produced", There),
    (28, "/behaviours/grooming", There),
    (28, "/behaviours/sextortion", There),
    (28, "/behaviours/corruption_of_minors", There),
    (29, "/victims/sex/female", Share(CSAM, 82.0, 0)),
    (29, "/victims/sex/male", Share(CSAM, 15.0, 0)),
    (29, "/victims/sex/both", Share(CSAM, 3.0, 0)),
    (30, "/victims/age/pre_pubescent", Share(CSAM, 85.0, 0)),
    (30, "/victims/age/pubescent", Share(CSAM, 11.0, 0)),
    (30, "/victims/age/infant", Share(CSAM, 4.0, 0)),
    (36, "/onion", N(218)),
    (39, "/terrorism_types/war_glorification", There),
    (39, "/terrorism_types/training", There),
    (39, "/terrorism_types/torture_barbarity", There),
    (40, "/not_illegal/content_removed_before_assessment", There),
    (40, "/not_illegal/unable_to_access", There),
    (40, "/not_illegal/does_not_meet_threshold_for_illegality", There),
    (40, "/not_illegal/out_of_remit", There),
];

const CSAM: &str = "/by_offence/csam/illegal";

/// Lists: the row, the place of the list, the key that names its elements, and the shares in hundredths with their
/// digits. The first shares are in falling order where the list is a ranking.
#[expect(clippy::type_complexity, reason = "a table")]
const LISTS_2018: &[(u32, &str, &str, bool, &[(&str, f64, i32)])] = &[
    (
        31,
        "/hosting",
        "country",
        true,
        &[("FR", 75.0, 0), ("US", 6.0, 0), ("NL", 5.0, 0), ("RU", 2.6, 1), ("RO", 1.4, 1)],
    ),
    (
        34,
        "/site_types",
        "code",
        true,
        &[
            ("image_host", 75.0, 0),
            ("file_host", 16.0, 0),
            ("website", 5.0, 0),
            ("image_store", 3.0, 0),
            ("banner_site", 1.0, 0),
        ],
    ),
    // Reserved names stand for those of the report: `.example` for .fr, `.test` for .site, `.invalid` for .ru. Names
    // absent from the report stand under `.org`, and so `.org` is no part of the ranking.
    (
        35,
        "/tlds",
        "tld",
        false,
        &[("com", 42.0, 0), ("net", 27.0, 0), ("example", 13.0, 0), ("test", 2.3, 1), ("invalid", 2.0, 0)],
    ),
    (
        38,
        "/hosting_by_offence/terrorism",
        "country",
        true,
        &[("US", 52.0, 0), ("NL", 11.0, 0), ("RO", 9.0, 0), ("RU", 8.0, 0), ("GB", 6.0, 0)],
    ),
];

/// Rows 26 and 37: reported and illegal.
const BY_YEAR: [(u16, [u64; 2], [u64; 2]); 5] = [
    (2014, [6_180, 1_897], [40, 9]),
    (2015, [11_196, 4_875], [2_674, 209]),
    (2016, [17_732, 7_341], [330, 32]),
    (2017, [25_204, 13_263], [3_826, 1_610]),
    (2018, [22_940, 14_216], [5_539, 1_777]),
];

async fn the_figures_of_five_years_are_those_of_the_report(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let file = federation.folder().join("cases.csv");
    fs::write(&file, csv(&YEARS, 2_018))?;
    let node = &federation[0];
    let taken = node.cli.json(&["report", "import", "--historical", &file.to_string_lossy()]).await?;
    ensure!(taken["faulty"] == serde_json::json!([]) && taken["taken"] == taken["rows"], "{taken}");
    // Cases of the past are counted and never sent.
    let head = node.cli.json(&["log", "head"]).await?;
    ensure!(head["fr-alder"]["seq"].as_u64().unwrap_or(0) == 0, "{head}");

    let mut years = Vec::new();
    for (year, csam, terrorism) in BY_YEAR {
        let figures = node.cli.json(&["statistics", "--year", &year.to_string()]).await?;
        for (row, offence, [reported, illegal]) in [(26, "csam", csam), (37, "terrorism", terrorism)] {
            let found = &figures["by_offence"][offence];
            ensure!(found["reported"] == reported && found["illegal"] == illegal, "row {row}, {year}: {found}");
        }
        ensure!(figures["pending"] == 0 && figures["duplicates"] == 0, "{year}: {figures}");
        years.push(figures);
    }
    let (first, before, last) = (&years[0], &years[3], &years[4]);
    for (row, place, expected) in ROWS_2018 {
        check(last, place, expected).with_context(|| format!("row {row}"))?;
    }
    // Row 15 says it of 2017, too.
    check(before, "/removal/1/by_hosting/here/removed", &N(10_600))?;
    check(before, "/removal/1/by_hosting/here/still_online", &N(0))?;
    for (row, place, name, is_ranking, shares) in LISTS_2018 {
        check_list(last, place, name, *is_ranking, shares).with_context(|| format!("row {row}"))?;
    }
    removal_times(last)?;
    growth(first, last)?;
    for figures in &years {
        ensure!(figures["series"] == last["series"], "every year shows the same series");
    }
    node.cli.call(&["statistics", "--year", "2018"]).await.and_then(|output| done(&output))?;
    node.cli.call(&["statistics", "--year", "2018", "--csv"]).await.and_then(|output| done(&output))
}

/// Row 17: its five shares make 101 hundredths and contradict row 16. They are assumed to be the days of that half
/// removed within five days.
fn removal_times(figures: &Value) -> anyhow::Result<()> {
    let within = |day: u32| count(figures, &format!("/removal/1/by_hosting/here/within_days/{day}"));
    let all = within(5)?;
    let mut before = 0;
    for (day, share) in [(1, 15.0), (2, 25.0), (3, 28.0), (4, 23.0), (5, 10.0)] {
        let n = within(day)? - before;
        ensure!(same(hundredths(n, all), share, 0), "row 17, day {day}: {n} of {all}");
        before = within(day)?;
    }
    Ok(())
}

/// Rows 1 to 7: from 2014 to 2018, in hundredths. Row 3 gives 649 as 650.
fn growth(first: &Value, last: &Value) -> anyhow::Result<()> {
    let rows: [(u32, &str, f64); 6] = [
        (1, "/reported", 238.0),
        (2, "/illegal", 282.0),
        (3, CSAM, 649.0),
        (4, "/by_offence/harmful_to_minors/illegal", -14.0),
        (5, "/by_offence/terrorism/illegal", 19_644.0),
        (6, "/by_offence/incitement/illegal", -18.0),
    ];
    for (row, place, share) in rows {
        let (then, now) = (count(first, place)?, count(last, place)?);
        ensure!(same(hundredths(now, then) - 100.0, share, 0), "row {row}: {then} became {now}");
    }
    let families = ["csam", "terrorism", "incitement", "harmful_to_minors"];
    ensure!(families.iter().all(|offence| last["by_offence"][offence]["illegal"].as_u64() > Some(0)), "row 7: {last}");
    // The growth is read from the series over the years.
    let series = last["series"].as_array().context("a series")?;
    let of = |year: i32| series.iter().find(|row| row["year"] == year).map(|row| &row["by_offence"]);
    ensure!(of(2014) == Some(&first["by_offence"]) && of(2018) == Some(&last["by_offence"]), "the series: {series:?}");
    Ok(())
}

fn check(figures: &Value, place: &str, expected: &Expected) -> anyhow::Result<()> {
    let n = count(figures, place)?;
    match expected {
        N(expected) => ensure!(n == *expected, "{place}: {n}, not {expected}"),
        Share(of, share, digits) => {
            let all = count(figures, of)?;
            ensure!(same(hundredths(n, all), *share, *digits), "{place}: {n} of {all}, not {share} %");
        }
        There => ensure!(n > 0, "{place} is there"),
    }
    Ok(())
}

fn check_list(
    figures: &Value,
    place: &str,
    name: &str,
    is_ranking: bool,
    shares: &[(&str, f64, i32)],
) -> anyhow::Result<()> {
    let list = figures.pointer(place).and_then(Value::as_array).with_context(|| format!("no list {place}"))?;
    for (rank, (key, share, digits)) in shares.iter().enumerate() {
        let found = list.iter().position(|row| row[name] == *key).with_context(|| format!("{key} in {place}"))?;
        ensure!(!is_ranking || found == rank, "{key} has rank {found} in {place}");
        let shown = list[found]["share"].as_f64().context("a share")? * 100.0;
        ensure!(same(shown, *share, *digits), "{place}: {key} has {shown} %, not {share}");
    }
    Ok(())
}

fn count(figures: &Value, place: &str) -> anyhow::Result<u64> {
    figures.pointer(place).and_then(Value::as_u64).with_context(|| format!("no figure {place}"))
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn hundredths(n: u64, all: u64) -> f64 {
    100.0 * n as f64 / all as f64
}

/// Equal when rounded to so many digits.
fn same(found: f64, expected: f64, digits: i32) -> bool {
    let scale = 10_f64.powi(digits);
    ((found * scale).round() - expected * scale).abs() < 1e-6
}
