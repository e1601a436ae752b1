//! A database that was put back from a backup: nothing is signed twice, and the node says why it waits.

use std::fs;

use anyhow::{Context as _, ensure};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;

use super::between_hotlines::SOON;

/// A server's backups are made by its own tools; the node's work with them is the same.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "restore",
            store,
            [
                a_database_behind_what_was_signed_seals_nothing_whatever_was_recorded_since,
                a_lost_high_water_file_is_made_up_for_by_what_a_peer_shows,
                a_peer_back_before_a_certificate_was_announced_is_shown_the_one_that_it_knows,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

/// Two nodes; the first has signed three entries, and its database is back at the first, with three others recorded
/// after it. Both are at rest.
async fn restored(store: &Store) -> anyhow::Result<Federation> {
    let mut federation = Federation::started(store, &THREE[..2]).await?;
    federation[0].cli.submit(&url_in("NL", 1)).await?;
    federation.until_heads_equal(SOON).await?;
    federation[0].stop().await?;
    let database = federation[0].folder().join("node.sqlite");
    let backup = fs::read(&database)?;
    federation[0].start().await?;
    for number in 2..4 {
        federation[0].cli.submit(&url_in("NL", number)).await?;
    }
    until("the peer holds all three", SOON, async || {
        let heads = federation[1].cli.json(&["log", "head"]).await?;
        Ok((heads["fr-alder"]["seq"] == 3).then_some(()))
    })
    .await?;
    federation[0].stop().await?;
    fs::write(&database, backup)?;
    for number in 4..7 {
        federation[0].cli.submit(&url_in("NL", number)).await?;
    }
    Ok(federation)
}

/// Waits until the first node says that its database is behind, and holds that nothing of its log has moved.
async fn waits(federation: &Federation) -> anyhow::Result<()> {
    let (said, _) = until("the node says why it does not seal", SOON, async || {
        let (status, said) = federation[0].operations("/readyz").await?;
        Ok((status == 503 && said.contains("restored from a backup")).then_some(said))
    })
    .await?;
    ensure!(said.contains("entry 3 of epoch 1"), "{said}");
    until("a person is called", SOON, async || {
        let alerts = federation[0].cli.json(&["alert", "list"]).await?;
        let told = alerts.as_array().is_some_and(|list| list.iter().any(|alert| alert["kind"] == "nothing_is_sealed"));
        Ok(told.then_some(()))
    })
    .await?;
    let doctor = federation[0].cli.output(&["doctor"], None).await?;
    let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
    ensure!(doctor.status.code() == Some(1) && found.contains("entry 3 of epoch 1"), "doctor says why: {found}");
    let own = federation[0].cli.json(&["log", "head"]).await?;
    ensure!(own["fr-alder"]["seq"] == 1, "what is not signed is no part of the log that others can have: {own}");
    let seen = federation[1].cli.json(&["log", "head"]).await?;
    ensure!(seen["fr-alder"]["seq"] == 3, "{seen}");
    let verified = federation[1].cli.json(&["log", "verify"]).await?;
    ensure!(verified["ok"] == true, "{verified}");
    Ok(())
}

async fn a_database_behind_what_was_signed_seals_nothing_whatever_was_recorded_since(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = restored(&store).await?;
    federation[0].start_listening().await?;
    waits(&federation).await
}

async fn a_lost_high_water_file_is_made_up_for_by_what_a_peer_shows(store: Store) -> anyhow::Result<()> {
    let mut federation = restored(&store).await?;
    fs::remove_file(federation[0].folder().join("high-water"))?;
    federation[0].start_listening().await?;
    waits(&federation).await
}

async fn a_peer_back_before_a_certificate_was_announced_is_shown_the_one_that_it_knows(
    store: Store,
) -> anyhow::Result<()> {
    // Nobody else could bring it the log.
    let mut federation = Federation::started(&store, &THREE[..2]).await?;
    federation[1].stop().await?;
    let database = federation[1].folder().join("node.sqlite");
    let backup = fs::read(&database)?;
    federation[1].start().await?;
    let announced = federation[0].cli.json(&["identity", "rotate-certificate", "--overlap", "30d"]).await?;
    let knows_it = async |federation: &Federation| -> anyhow::Result<bool> {
        let peer = federation[1].cli.json(&["peer", "show", "fr-alder"]).await?;
        let all = peer["certificates"].as_array().context("certificates are shown")?;
        Ok(all.iter().any(|it| it["state"] == "active" && it["fingerprint"] == announced["fingerprint"]))
    };
    until("the peer knows the new one", SOON, async || Ok(knows_it(&federation).await?.then_some(()))).await?;
    federation.until_heads_equal(SOON).await?;
    federation[1].stop().await?;
    fs::write(&database, backup)?;
    ensure!(!knows_it(&federation).await?, "its database is back");
    federation[1].start().await?;
    until("the peer knows it again", SOON, async || Ok(knows_it(&federation).await?.then_some(()))).await?;
    federation[0].cli.submit(&url_in("NL", 1)).await?;
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await
}
