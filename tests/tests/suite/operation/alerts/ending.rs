//! An alert ends with its cause, and is told so.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_tests::node::database::Store;
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::service::webhook_server::WebhookServer;
use hotline_tests::wait::until;

use super::{A_DAY, House, SOON, URL};

/// `alert list --all`: number and state of each of a kind.
pub(super) async fn all_of(house: &House, kind: &str) -> anyhow::Result<Vec<(i64, String)>> {
    let all = house.federation[0].cli.json(&["alert", "list", "--all"]).await?;
    let of_kind = all.as_array().context("a list")?.iter().filter(|alert| alert["kind"] == kind);
    of_kind
        .map(|alert| {
            let (id, state) = (alert["id"].as_i64().context("a number")?, alert["state"].as_str().context("a state")?);
            ensure!((state == "resolved") != alert["resolved_at"].is_null(), "{alert}");
            Ok((id, state.to_owned()))
        })
        .collect()
}

pub(super) async fn an_alert_ends_by_itself_is_told_so_once_and_the_next_outage_is_a_new_one(
    store: Store,
) -> anyhow::Result<()> {
    let mut house = House::new(&store).await?;
    let webhook = WebhookServer::start_at(house.webhook, 200).await?;
    house.federation[0].configure(&[("exchange", "delivery_alarm_seconds", 60.into())])?;
    let clock = Clock::set_at(Clock::system().now());
    let node = house.serve(clock.clone()).await?;
    let told = |webhook: &WebhookServer| -> Vec<(i64, String)> {
        let posted = webhook.posted().into_iter().map(|posted| posted.document);
        let of_kind = posted.filter(|document| document["kind"] == "peer_behind");
        of_kind
            .map(|document| {
                (document["alert"].as_i64().unwrap_or(0), document["state"].as_str().unwrap_or("").to_owned())
            })
            .collect()
    };
    let mut expected = Vec::new();
    for (outage, is_acknowledged) in [(0, false), (1, true)] {
        house.until_raised(&clock, "peer_behind").await?;
        let alerts = all_of(&house, "peer_behind").await?;
        ensure!(alerts.len() == outage + 1, "outage {outage} is an alert of its own: {alerts:?}");
        let id = alerts[outage].0;
        expected.push((id, "open".to_owned()));
        until("it is told", SOON, async || Ok((told(&webhook) == expected).then_some(()))).await?;
        if is_acknowledged {
            house.federation[0].cli.json(&["alert", "acknowledge", "--kind", "peer_behind"]).await?;
        }
        house.federation[1].start().await?;
        until("it has ended", SOON, async || {
            clock.advance(Duration::from_secs(5));
            let alerts = all_of(&house, "peer_behind").await?;
            Ok(alerts.iter().all(|(_, state)| state == "resolved").then_some(()))
        })
        .await?;
        expected.push((id, "resolved".to_owned()));
        until("the end is told", SOON, async || Ok((told(&webhook) == expected).then_some(()))).await?;
        // The next day nothing of it is told again.
        clock.advance(A_DAY);
        house.federation[1].stop().await?;
        house.federation[0].cli.submit(&format!("{URL}&outage={outage}")).await?;
    }
    house.until_raised(&clock, "peer_behind").await?;
    expected.push((all_of(&house, "peer_behind").await?[2].0, "open".to_owned()));
    until("the third is told", SOON, async || Ok((told(&webhook) == expected).then_some(()))).await?;
    let log = house.federation[0].cli.output(&["alert", "acknowledge", "4711", "1"], None).await?;
    refused_with(&log, FAILED, &["no open alert has the number 4711"])?;
    node.stop().await
}
