//! A peer that takes nothing from this node any more is something that a person must know.

use std::time::Duration;

use anyhow::ensure;
use hotline_node::clock::Clock;
use hotline_tests::node::database::Store;
use hotline_tests::service::webhook_server::WebhookServer;
use hotline_tests::wait::until;
use serde_json::Value;

use super::ending::all_of;
use super::{House, SOON, document};

/// The time goes on by so much with each look: slow enough that the other node, with its own time, is not left far
/// behind.
const A_MOMENT: Duration = Duration::from_secs(1);
const KIND: &str = "peer_suspends";

/// Waits until the only alert of the kind has this state, while the time goes on.
async fn until_it_is(house: &House, clock: &Clock, wanted: &str) -> anyhow::Result<i64> {
    let (id, _) = until(format!("the alert is {wanted}"), SOON, async || {
        clock.advance(A_MOMENT);
        let alerts = all_of(house, KIND).await?;
        ensure!(alerts.len() < 2, "one suspension is one alert: {alerts:?}");
        Ok(alerts.first().filter(|(_, state)| state == wanted).map(|(id, _)| *id))
    })
    .await?;
    Ok(id)
}

pub(super) async fn being_suspended_by_a_peer_is_an_alert_that_is_told_and_ends_when_the_peer_resumes(
    store: Store,
) -> anyhow::Result<()> {
    let mut house = House::new(&store).await?;
    let webhook = WebhookServer::start_at(house.webhook, 200).await?;
    house.federation[1].start_listening().await?;
    let clock = Clock::set_at(Clock::system().now());
    let node = house.serve(clock.clone()).await?;
    house.federation[1].wait_for("/readyz").await?;
    house.federation.until_heads_equal(SOON).await?;
    ensure!(all_of(&house, KIND).await?.is_empty(), "nobody has suspended anybody");

    house.federation[1].cli.json(&["peer", "suspend", "fr-alder", "--reason", "a test"]).await?;
    let id = until_it_is(&house, &clock, "open").await?;
    let told = document(&webhook, 0, KIND).await?.document;
    ensure!(told["alert"] == id && told["state"] == "open" && told["subject"] == "nl-birch", "{told}");
    ensure!(told["text"].as_str().is_some_and(|text| text.contains("nl-birch has suspended this node")), "{told}");

    house.federation[1].cli.json(&["peer", "resume", "fr-alder"]).await?;
    ensure!(until_it_is(&house, &clock, "resolved").await? == id, "it is the same alert");
    until("the end is told", SOON, async || {
        let posted = webhook.posted().into_iter().map(|posted| posted.document);
        let of_kind: Vec<Value> = posted.filter(|document| document["kind"] == KIND).collect();
        let states: Vec<_> = of_kind.iter().map(|document| document["state"].clone()).collect();
        Ok((states == ["open", "resolved"]).then_some(()))
    })
    .await?;
    // The messages held back meanwhile arrive.
    house.federation.until_heads_equal(SOON).await?;
    node.stop().await
}
