//! One list of checks: `doctor`, `/readyz` and `/metrics` find the same things wrong.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::run;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::places::{location_data, url_in};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use sea_orm::ConnectionTrait as _;
use serde_json::Value;
use tokio::process::Command;

use crate::storage::database_access::{file, opened};

/// Files are looked at every two seconds.
const SOON: Duration = Duration::from_secs(30);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "health",
            store,
            [
                what_doctor_finds_wrong_readyz_and_metrics_find_wrong_and_the_other_way_round,
                a_node_that_waits_for_its_peers_is_a_fault_for_doctor_too,
                promtool_has_nothing_to_say_of_the_metrics,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

/// Names of checks that are not well, by how they ended.
type Findings = BTreeSet<(String, String)>;

async fn by_doctor(node: &ProcessNode) -> anyhow::Result<(Findings, bool)> {
    let output = node.cli.output(&["doctor"], None).await?;
    let checks: Value = serde_json::from_slice(&output.stdout)?;
    let text = |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
    let found = checks.as_array().context("a list")?.iter().filter(|check| check["status"] != "ok");
    Ok((found.map(|check| (text(check, "name"), text(check, "status"))).collect(), output.status.success()))
}

/// The names of checks in the lines of `/readyz`, and whether the node is ready.
async fn by_readyz(node: &ProcessNode) -> anyhow::Result<(BTreeSet<String>, bool)> {
    let (status, text) = node.operations("/readyz").await?;
    ensure!(text.starts_with(if status == 200 { "ready\n" } else { "not ready\n" }), "{status}: {text}");
    let name = |line: &str| line.split(": ").next().unwrap_or_default().to_owned();
    Ok((text.lines().skip(1).map(name).collect(), status == 200))
}

/// Checks and subjects of `hotline_health` that are not well, by how they ended.
async fn by_metrics(node: &ProcessNode) -> anyhow::Result<(Findings, bool)> {
    let (_, text) = node.operations("/metrics").await?;
    let mut found = Findings::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("hotline_health{check=\"")) {
        let (check, rest) = line.split_once("\",subject=\"").context("a check has a subject")?;
        let (subject, value) = rest.split_once("\"} ").context("a subject has a value")?;
        let status = ["ok", "warning", "fault"][value.parse::<usize>()?];
        if status != "ok" {
            let name = format!("{} {subject}", check.replace('_', " "));
            found.insert((name.trim().to_owned(), status.to_owned()));
        }
    }
    Ok((found, text.lines().any(|line| line == "hotline_ready 1")))
}

/// All three find the same, within the interval of looks at files.
async fn agree(node: &ProcessNode, expected: &[(&str, &str)]) -> anyhow::Result<()> {
    until(format!("{expected:?} is found everywhere"), SOON, async || {
        let (doctor, is_well) = by_doctor(node).await?;
        let (readyz, is_ready) = by_readyz(node).await?;
        let (metrics, is_ready_there) = by_metrics(node).await?;
        let has_all = expected.iter().all(|(name, status)| doctor.contains(&((*name).into(), (*status).into())));
        let names: BTreeSet<String> = doctor.iter().map(|(name, _)| name.clone()).collect();
        // A check with a warning and a fault has one series, of the fault.
        let worst: Findings = doctor
            .iter()
            .filter(|(name, status)| status == "fault" || !doctor.contains(&(name.clone(), "fault".into())))
            .cloned()
            .collect();
        ensure!(is_well || doctor.iter().any(|(_, status)| status == "fault"), "a fault has an exit code: {doctor:?}");
        Ok((has_all && names == readyz && worst == metrics && is_ready == is_ready_there).then_some(()))
    })
    .await?;
    Ok(())
}

async fn what_doctor_finds_wrong_readyz_and_metrics_find_wrong_and_the_other_way_round(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..2]).await?;
    let country = federation.folder().join("country.mmdb");
    fs::copy(location_data("documentation.mmdb"), &country)?;
    let node = &federation[0];
    node.configure(&[("geolocation", "country_database", country.to_string_lossy().into_owned().into())])?;
    // A trail that somebody has changed.
    let database = opened(&file(&federation)).await?;
    database.execute_unprepared("UPDATE audit SET who = 'nobody' WHERE id = 1").await?;
    database.close().await?;
    federation.start().await?;
    let node = &federation[0];
    agree(node, &[("audit", "fault")]).await?;

    // Files that others may read, that are broken, or gone: the node works on, its next start would not.
    let keys = node.folder().join("keys");
    let whole = fs::read(keys.join("exchange.crt.pem"))?;
    fs::set_permissions(keys.join("seal.key"), fs::Permissions::from_mode(0o644))?;
    fs::write(keys.join("exchange.crt.pem"), "no certificate")?;
    fs::write(&country, "no database")?;
    fs::set_permissions(node.folder(), fs::Permissions::from_mode(0o755))?;
    let expected =
        [("key file seal.key", "fault"), ("certificate", "fault"), ("geolocation", "fault"), ("folder", "warning")];
    agree(node, &expected).await?;
    let (status, text) = node.operations("/readyz").await?;
    ensure!(status == 200, "what only the next start needs does not stop it: {text}");
    ensure!(!text.contains("/keys/") || text.contains("seal.key"), "{text}");

    fs::write(keys.join("exchange.crt.pem"), whole)?;
    fs::set_permissions(keys.join("seal.key"), fs::Permissions::from_mode(0o600))?;
    fs::copy(location_data("documentation.mmdb"), &country)?;
    agree(node, &[("folder", "warning")]).await?;

    // Figures of work waiting for people, and of the exchange with peers.
    node.cli.submit(&url_in("IT", 1)).await?;
    federation[1].stop().await?;
    agree(&federation[0], &[("reports placed", "warning"), ("peer nl-birch", "warning")]).await?;
    federation[0].stop().await?;
    let (found, _) = by_doctor(&federation[0]).await?;
    ensure!(found.contains(&("audit".into(), "fault".into())), "also where nobody serves: {found:?}");
    Ok(())
}

async fn a_node_that_waits_for_its_peers_is_a_fault_for_doctor_too(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::started(&store, &THREE[..2]).await?;
    federation[0].cli.submit(&url_in("NL", 1)).await?;
    federation.until_heads_equal(SOON).await?;
    for place in [0, 1] {
        federation[place].stop().await?;
    }
    fs::remove_file(federation[0].folder().join("high-water"))?;
    federation[0].start_listening().await?;
    agree(&federation[0], &[("sealing", "fault"), ("high water", "warning")]).await?;
    ensure!(!by_readyz(&federation[0]).await?.1, "it is not ready");
    federation[1].start().await?;
    federation[0].wait_for("/readyz").await?;
    agree(&federation[0], &[]).await?;
    Ok(())
}

/// Debian's `promtool`. Where it is not installed: `None`, said loudly; an error where `CI=true` or
/// `HOTLINE_REQUIRE_PROMTOOL=1` stands in the environment.
async fn promtool() -> anyhow::Result<Option<Command>> {
    let asked = Command::new("promtool").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().await;
    if asked.is_ok_and(|status| status.success()) {
        return Ok(Some(Command::new("promtool")));
    }
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    ensure!(!is("CI", "true") && !is("HOTLINE_REQUIRE_PROMTOOL", "1"), "there is no promtool: install prometheus");
    eprintln!("\n*** SKIPPED: METRICS ARE NOT EXAMINED, FOR promtool (prometheus) IS NOT INSTALLED ***\n");
    Ok(None)
}

async fn promtool_has_nothing_to_say_of_the_metrics(store: Store) -> anyhow::Result<()> {
    let Some(mut promtool) = promtool().await? else { return Ok(()) };
    let federation = Federation::started(&store, &THREE[..2]).await?;
    federation[0].cli.submit(&url_in("NL", 1)).await?;
    federation.until_heads_equal(SOON).await?;
    let (_, text) = federation[0].operations("/metrics").await?;
    let output = run(promtool.args(["check", "metrics"]), Some(&text)).await?;
    let said = [output.stdout, output.stderr].concat();
    ensure!(output.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
    for line in [
        "hotline_ready 1",
        "hotline_build_info{version=\"",
        "hotline_alerts_open{kind=\"peer_behind\"} 0",
        "hotline_disk_free_bytes{disk=\"folder\"} ",
        "hotline_disk_size_bytes{disk=\"folder\"} ",
        "hotline_reports{state=\"",
        "hotline_reports_oldest_seconds{state=\"",
        "hotline_peer_silent_seconds{peer=\"nl-birch\"} ",
    ] {
        ensure!(text.lines().any(|found| found.starts_with(line)), "{line} is not in {text}");
    }
    // A peer that was never reached is silent since it was added.
    let mut alone = Federation::new(&store, &THREE[..2]).await?;
    alone[0].start().await?;
    until("its silence is counted", SOON, async || {
        let (_, text) = alone[0].operations("/metrics").await?;
        let name = "hotline_peer_silent_seconds{peer=\"nl-birch\"} ";
        let silent = text.lines().find_map(|line| line.strip_prefix(name)).context("a metric")?;
        Ok((silent.parse::<u64>()? > 0).then_some(()))
    })
    .await?;
    Ok(())
}
