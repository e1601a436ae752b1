//! A database of an earlier version, with rows in it, is brought to this one: people's earlier data stays.

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::done;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::sentences;
use libtest_mimic::Trial;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!("migration", store, [alerts_of_before_they_could_end_stay_and_whom_they_were_told_is_known])
}

/// The migration that gave alerts an end.
const MIGRATION: &str = "m0007_alerts";

/// Undoes the changes of [`MIGRATION`] to the tables.
const UNDONE: [&str; 11] = [
    "DROP TABLE alert_telling",
    "ALTER TABLE alert DROP COLUMN stage",
    "ALTER TABLE alert DROP COLUMN details",
    "ALTER TABLE alert DROP COLUMN gone_since",
    "ALTER TABLE alert DROP COLUMN resolved_at",
    "ALTER TABLE alert DROP COLUMN superseded",
    "ALTER TABLE alert ADD COLUMN mail_tried_at BIGINT",
    "ALTER TABLE alert ADD COLUMN mail_failures INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE alert ADD COLUMN webhook_tried_at BIGINT",
    "ALTER TABLE alert ADD COLUMN webhook_failures INTEGER NOT NULL DEFAULT 0",
    "DELETE FROM seaql_migrations WHERE version = 'm0007_alerts'",
];

async fn alerts_of_before_they_could_end_stay_and_whom_they_were_told_is_known(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    let report = federation[0].cli.submit(&url_in("FR", 1)).await?;
    let other = federation[0].database(&store).await?;
    for statement in UNDONE {
        other.execute_unprepared(statement).await.context(statement)?;
    }
    for row in [
        "'peer_behind', 'de-example', 'late', NULL, NULL, 5, 0, 6, 2",
        "'offer_unanswered', 'de-example', 'late', 9, 'ada', NULL, 0, NULL, 0",
        "'authority', 'revocation list of CN=X until T: over', 'late', NULL, NULL, NULL, 0, NULL, 0",
        "'of_no_version', 'it-example', 'strange', NULL, NULL, 7, 1, NULL, 0",
    ] {
        let insert = format!(
            "INSERT INTO alert (raised_at, kind, subject, text, acknowledged_at, acknowledged_by, mail_tried_at, \
             mail_failures, webhook_tried_at, webhook_failures) VALUES (3, {row})"
        );
        other.execute_unprepared(&insert).await.context(insert)?;
    }
    let cli = &federation[0].cli;
    for command in [&["report", "list"][..], &["migrate", "--check"], &["serve"]] {
        refused_with(&cli.output(command, None).await?, FAILED, &["run: hotline-node migrate"])
            .with_context(|| command.join(" "))?;
    }
    let migrated = cli.json(&["migrate"]).await?;
    ensure!(migrated == json!({ "pending": [MIGRATION], "migrated": true }), "{migrated}");
    let again = cli.json(&["migrate"]).await?;
    ensure!(again == json!({ "pending": [], "migrated": false }), "{again}");

    let all = cli.json(&["alert", "list", "--all"]).await?;
    let mut stand: Vec<(&str, &str)> = all
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|alert| Some((alert["kind"].as_str()?, alert["state"].as_str()?)))
        .collect();
    stand.sort_unstable();
    let expected = [
        ("authority", "resolved"),
        ("of_no_version", "open"),
        ("offer_unanswered", "acknowledged"),
        ("peer_behind", "open"),
    ];
    ensure!(stand == expected, "{all}");
    let of =
        |kind: &str| all.as_array().into_iter().flatten().find(|alert| alert["kind"] == kind).map(|alert| &alert["id"]);
    let sql = "SELECT alert, channel, recipient, failures, told_at FROM alert_telling ORDER BY alert, channel";
    let rows = other.query_all_raw(Statement::from_string(other.get_database_backend(), sql)).await?;
    let mut told = Vec::new();
    for row in rows {
        let (alert, channel): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let (recipient, failures): (String, i32) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
        told.push(json!([alert, channel, recipient, failures, row.try_get_by_index::<Option<i64>>(4)?]));
    }
    let expected: Vec<Value> = vec![
        json!([of("peer_behind"), "mail", "", 0, 5]),
        json!([of("peer_behind"), "webhook", "", 2, null]),
        json!([of("of_no_version"), "mail", "", 1, null]),
    ];
    ensure!(told == expected, "{told:?}");

    // The node goes on with them, and a person takes note.
    federation[0].start().await?;
    done(&federation[0].cli.call(&["alert", "acknowledge", "--kind", "of_no_version"]).await?)?;
    ensure!(federation[0].cli.show(&report).await?["id"] == report.as_str(), "the report is there");
    federation[0].stop().await.map(drop)
}
