//! The zone of the house: a report at the year's edge counts in the house's year everywhere. After a change of the
//! zone, existing counts are counted anew.

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::test_node::TestNode;
use hotline_tests::places::url_in;
use hotline_tests::refusal::{CONFIGURATION, refused_with};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::exchange::between_hotlines::SOON;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "zone",
        store,
        [
            a_report_at_the_years_edge_counts_in_the_year_of_the_house,
            a_change_of_the_zone_has_days_and_years_counted_anew,
            a_zone_that_is_none_is_refused_by_name_with_a_hint,
        ]
    )
}

/// In Paris half an hour of 2026 is over.
const EDGE: &str = "2025-12-31T23:30:00Z";

/// A hotline in a zone, with one report of its own received at [`EDGE`].
async fn house(store: &Store, zone: &str) -> anyhow::Result<Federation> {
    let federation = Federation::new(store, &THREE).await?;
    in_zone(&federation, zone)?;
    let file = federation.folder().join("edge.csv");
    let row = format!("edge,{EDGE},{},baseline,{EDGE}\n", url_in("FR", 1));
    std::fs::write(&file, format!("reference,received_at,url,assessment,assessed_at\n{row}"))?;
    federation[0].cli.json(&["report", "import", &file.to_string_lossy()]).await?;
    Ok(federation)
}

fn in_zone(federation: &Federation, zone: &str) -> anyhow::Result<()> {
    federation[0].configure(&[("node", "time_zone", zone.into())])
}

/// Checks that all places that give a report's year, command and pages, agree on these: 2025 and 2026.
async fn counts(federation: &Federation, serving: &TestNode, who: &str, expected: [u64; 2]) -> anyhow::Result<()> {
    let door = Door::of_test(&federation[0].cli, serving);
    let office = Office::signed_in_as(&door, who, "analyst", None).await?;
    until("years are counted", SOON, async || {
        let page = office.get("/figures").await?;
        page.is(200)?;
        Ok((!page.text.contains("waits to be counted") && !page.text.contains("wait to be counted")).then_some(()))
    })
    .await?;
    for (year, expected) in [2025, 2026].into_iter().zip(expected) {
        let of = |figures: &Value| figures["received"].as_u64().context("a number");
        let (text, day) = (year.to_string(), if year == 2025 { "2025-12-31" } else { "2026-01-01" });
        let figures = federation[0].cli.json(&["statistics", "--year", &text]).await?;
        ensure!(of(&figures)? == expected, "--year {year}: {figures}");
        let series = figures["series"].as_array().context("a list")?;
        let in_series = series.iter().filter(|it| it["year"] == year).count();
        ensure!(in_series as u64 == expected, "the series: {series:?}");
        let figures = federation[0].cli.json(&["statistics", "--from", day, "--to", day]).await?;
        ensure!(of(&figures)? == expected, "{day}: {figures}");
        let shown = office.get(&format!("/figures/totals.json?year={year}")).await?;
        ensure!(total(&shown.text)? == expected, "/figures {year}: {}", shown.text);
        let world = format!("/exchange/world.csv?from={day}&to={day}&step=day");
        let world = office.get(&world).await?;
        ensure!(world.status == 200 && world.text.contains("FR") == (expected > 0), "{day}: {}", world.text);
    }
    Ok(())
}

/// Reports of a year, of the figure that has all of it.
fn total(figure: &str) -> anyhow::Result<u64> {
    let figure: Value = serde_json::from_str(figure)?;
    let rows = figure["rows"].as_array().context("rows")?;
    let row = rows.iter().find(|row| row["total"] == "reported").context("reports")?;
    row["n"].as_u64().with_context(|| format!("a number: {row}"))
}

async fn a_report_at_the_years_edge_counts_in_the_year_of_the_house(store: Store) -> anyhow::Result<()> {
    for (zone, expected, shown) in [
        ("Europe/Paris", [0, 1], "2026-01-01\u{a0}00:30:00\u{a0}+01:00"),
        ("America/Montreal", [1, 0], "2025-12-31\u{a0}18:30:00\u{a0}-05:00"),
    ] {
        let federation = house(&store, zone).await?;
        let clock = Clock::set_at(Clock::system().now());
        let serving = TestNode::serve(&federation[0].cli.config_file, clock).await?;
        counts(&federation, &serving, "counter", expected).await?;
        let door = Door::of_test(&federation[0].cli, &serving);
        let office = Office::signed_in_as(&door, "reader", "analyst", None).await?;
        for (path, words) in [("/reports", shown), ("/reports", zone), ("/figures/published?year=2025", zone)] {
            let page = office.get(path).await?;
            ensure!(page.status == 200 && page.text.contains(words), "{path} lacks {words}: {}", page.text);
        }
        // For programs nothing changes: times stay in UTC, and numbers are given by the year in UTC.
        let report = &federation[0].cli.json(&["report", "list"]).await?[0];
        ensure!(report["received_at"] == EDGE, "{report}");
        serving.stop().await?;
    }
    Ok(())
}

async fn a_change_of_the_zone_has_days_and_years_counted_anew(store: Store) -> anyhow::Result<()> {
    let federation = house(&store, "UTC").await?;
    for (who, zone, expected) in
        [("first", "UTC", [1, 0]), ("second", "Europe/Paris", [0, 1]), ("third", "UTC", [1, 0])]
    {
        in_zone(&federation, zone)?;
        let clock = Clock::set_at(Clock::system().now());
        let serving = TestNode::serve(&federation[0].cli.config_file, clock).await?;
        counts(&federation, &serving, who, expected).await.with_context(|| format!("in {zone}"))?;
        serving.stop().await?;
    }
    Ok(())
}

async fn a_zone_that_is_none_is_refused_by_name_with_a_hint(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    for (zone, words) in [
        ("Paris", ["node.time_zone", "\"Europe/Paris\""]),
        ("Europe/Pari", ["node.time_zone", "\"Europe/Paris\""]),
        ("+01:00", ["node.time_zone", "offset"]),
        ("CET", ["node.time_zone", "abbreviation"]),
        ("Nowhere/At_all", ["node.time_zone", "no time zone has this name"]),
    ] {
        in_zone(&federation, zone)?;
        for arguments in [&["config", "check"][..], &["serve"], &["statistics", "--year", "2026"]] {
            let output = federation[0].cli.output(arguments, None).await?;
            refused_with(&output, CONFIGURATION, &words).with_context(|| format!("{zone}: {}", arguments.join(" ")))?;
        }
    }
    Ok(())
}
