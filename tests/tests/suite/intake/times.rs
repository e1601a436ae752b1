//! Impossible times: refused at intake on every way; and those that an earlier version took stop nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_node::config::Config;
use hotline_node::context::Context;
use hotline_node::randomness::Randomness;
use hotline_node::report::lifecycle::{NewReport, PastCase, create_reports, prepare_reports};
use hotline_node::report::view::PrivateContent;
use hotline_protocol::entry::Body;
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, Source, State, Urgency};
use hotline_tests::node::cli::Cli;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use libtest_mimic::Trial;
use serde_json::Value;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "times",
        store,
        [
            a_row_with_a_time_that_cannot_be_costs_itself_alone,
            a_time_of_an_act_is_read_and_refused_as_in_a_file,
            reports_that_an_earlier_version_took_are_counted_and_assessed,
        ]
    )
}

/// More rows than are written at once, and now and then one with an impossible time.
async fn a_row_with_a_time_that_cannot_be_costs_itself_alone(store: Store) -> anyhow::Result<()> {
    const ROWS: u32 = 2_300;
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    let wrong = [
        (7, "received_at", "1901-03-04T05:06:07Z,"),
        (500, "received_at", "2999-03-04T05:06:07Z,2026-01-02T04:04:05Z"),
        (501, "assessed_at", "2026-01-02T03:04:05Z,2026-01-01T23:59:59Z"),
        (1_999, "received_at", "04/05/2026 10:00,"),
        (2_000, "assessed_at", "2026-01-02T03:04:05Z,2026-01-03"),
        (2_299, "assessed_at", "2026-01-02T03:04:05Z,1969-12-31T23:59:59Z"),
    ];
    let mut text = "reference,received_at,assessed_at,url,assessment\n".to_owned();
    for number in 0..ROWS {
        let times = wrong.iter().find(|(place, ..)| *place == number);
        let times = times.map_or("2026-01-02 03:04:05+00,2026-01-02T05:04:05+01:00", |(_, _, times)| *times);
        writeln!(text, "R-{number},{times},{},baseline", url_in("FR", number))?;
    }
    let file = federation.folder().join("rows.csv");
    fs::write(&file, text)?;
    let output = cli.output(&["report", "import", &file.to_string_lossy()], None).await?;
    let result: Value = serde_json::from_slice(&output.stdout)?;
    ensure!(result["rows"] == ROWS && result["taken"] == ROWS as usize - wrong.len(), "{result}");
    let faults = result["faulty"].as_array().context("a list")?;
    let found: BTreeSet<_> = faults.iter().map(|it| (it["line"].as_u64(), it["column"].as_str())).collect();
    let expected = wrong.map(|(place, column, _)| (Some(u64::from(place) + 2), Some(column)));
    ensure!(found == BTreeSet::from(expected), "{faults:?}");
    let year = cli.json(&["statistics", "--year", "2026"]).await?;
    ensure!(year["received"] == ROWS as usize - wrong.len(), "{year}");
    Ok(())
}

async fn a_time_of_an_act_is_read_and_refused_as_in_a_file(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    cli.import(&[("old".to_owned(), url_in("FR", 1))]).await?;
    let id = cli.json(&["report", "list"]).await?[0]["id"].as_str().context("an id")?.to_owned();
    let act = async |arguments: &[&str]| cli.output(&[&["report", "act", &id], arguments].concat(), None).await;
    act(&["isp-informed", "--at", "2026-02-01 12:00:00+0100"]).await?;
    for (arguments, words) in [
        (&["lea-informed", "--at", "2026-02-01"][..], "hour"),
        (&["lea-informed", "--at", "2026-02-01T10:00:00"], "zone"),
        (&["lea-informed", "--at", "01/02/2026 10:00"], "day and month"),
        (&["lea-informed", "--at", "1969-12-31T23:59:59Z"], "1970"),
        (&["lea-informed", "--at", "2999-01-01T00:00:00Z"], "future"),
        (&["lea-informed", "--at", "2026-01-01T00:00:00Z"], "received"),
        (&["removed", "--at", "2026-02-01T10:58:00Z"], "hoster"),
        (&["removed", "--first-seen-offline", "2026-01-01T00:00:00Z"], "received"),
        (
            &["removed", "--last-seen-online", "2026-02-03T00:00:00Z", "--at", "2026-02-02T00:00:00Z"],
            "last-seen-online",
        ),
        (&["removed", "--first-seen-offline", "now"], "RFC 3339"),
        (&["removed", "--last-seen-online", "46000.5"], "number"),
    ] {
        let output = act(arguments).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(!output.status.success() && said.contains(words), "{arguments:?}: {said}");
    }
    let taken =
        act(&["removed", "--at", "2026-02-01T11:00:01Z", "--first-seen-offline", "2026-02-01 10:00:00 UTC"]).await?;
    ensure!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    for (from, words) in
        [("02/01/2026", "day and month"), ("2026-02-01T00:00:00Z", "without an hour"), ("2026-02-30", "no such day")]
    {
        let output = cli.output(&["statistics", "--from", from, "--to", "2026-12-31"], None).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(!output.status.success() && said.contains(words), "{from}: {said}");
    }
    Ok(())
}

/// Times from earlier versions: before the calendar of the protocol, and far beyond.
async fn reports_that_an_earlier_version_took_are_counted_and_assessed(store: Store) -> anyhow::Result<()> {
    const BEFORE: i64 = -62_135_596_800;
    const BEYOND: i64 = 253_402_300_799;
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    let numbers = take_as_before(cli, &[BEFORE, -1, BEYOND]).await?;
    cli.import(&[("ordinary".to_owned(), url_in("FR", 9))]).await?;
    for year in ["0001", "1969", "1970", "2026", "9999"] {
        cli.json(&["statistics", "--year", year]).await.with_context(|| format!("the year {year}"))?;
    }
    cli.json(&["statistics", "--from", "0001-01-01", "--to", "9999-12-31"]).await?;
    for number in &numbers {
        let shown = cli.json(&["report", "show", number]).await?;
        if shown["state"] == "received" {
            let assessed = cli.json(&["report", "assess", number, "--assessment", "baseline"]).await?;
            ensure!(assessed["state"] == "accepted", "{assessed}");
        }
    }
    let all = cli.json(&["statistics", "--from", "0001-01-01", "--to", "9999-12-31"]).await?;
    ensure!(all["received"] == numbers.len() + 1, "{all}");
    let verified = cli.json(&["log", "verify"]).await?;
    ensure!(verified["ok"] == true, "{verified}");
    Ok(())
}

/// Takes reports as the import of an earlier version did: of each time one that waits, and a case of the past. Gives their
/// numbers.
async fn take_as_before(cli: &Cli, times: &[i64]) -> anyhow::Result<Vec<String>> {
    let config = Config::load(&cli.config_file)?;
    let context = Context::open(&config, Clock::system(), Randomness).await?;
    let mut new = Vec::new();
    for (place, at) in (0..).zip(times) {
        for is_past in [false, true] {
            let mut body = Body::new(context.salt());
            body.url = Some(url_in("FR", 100 + 2 * place + u32::from(is_past)).parse()?);
            body.received_at = Some(*at);
            let assessment = if is_past { Assessment::Baseline } else { Assessment::Unassessed };
            let past = PastCase {
                assessed_at: Some(*at),
                lea_at: Some(*at),
                isp_at: Some(*at),
                outcome: (place == 1).then_some(State::Removed),
                outcome_at: (place == 1).then_some(*at),
                ..PastCase::default()
            };
            new.push(NewReport {
                body,
                private: PrivateContent { past: is_past.then_some(past), ..PrivateContent::default() },
                reported_offence: Offence::Csam,
                offence: Offence::Csam,
                assessment,
                reason: None,
                urgency: Urgency::Routine,
                source: Source::Public,
                channel: Channel::Import,
                received_at: at.saturating_mul(1_000_000),
                reference: None,
                case_secret: None,
                publication: None,
            });
        }
    }
    let prepared = prepare_reports(&context, new)?;
    let write = context.database.write("import_reports").await?;
    let reports = create_reports(&context, &write, prepared).await?;
    write.commit().await?;
    context.database.close().await?;
    let numbers = reports.iter().filter_map(|report| report.number);
    Ok(numbers.map(|number| number.shown(context.own.seat())).collect())
}
