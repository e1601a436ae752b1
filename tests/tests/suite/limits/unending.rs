//! Requests with bodies that never end: room for one is taken before it is read.

use std::time::Duration;

use anyhow::ensure;
use futures_util::stream;
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use tokio::task::JoinSet;

use super::doors::until_metric;

/// Immediate effects come within this time on a busy machine.
const SOON: Duration = Duration::from_secs(20);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "unending",
        store,
        [
            forms_of_the_office_that_never_end_take_little_memory_and_no_time_of_others,
            reports_of_the_public_that_never_end_take_little_memory_and_no_time_of_others,
        ]
    )
}

/// Requests that are begun over one connection of HTTP/2: a few less than may be under way on it.
const BEGUN: usize = 25;

/// Over one connection of HTTP/2, begins requests with a body of `length` bytes that never ends, each in the name of
/// another address. They are held until the returned set is dropped.
fn begin_bodies(client: &reqwest::Client, address: &str, length: usize, connection: usize) -> JoinSet<()> {
    let mut held = JoinSet::new();
    for number in 0..BEGUN {
        let begun = stream::iter([Ok::<_, std::io::Error>(vec![b'a'; length])]);
        let body = reqwest::Body::wrap_stream(futures_util::StreamExt::chain(begun, stream::pending()));
        let request = client.post(address).header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("x-forwarded-for", format!("198.51.{connection}.{number}")).body(body);
        held.spawn(async move {
            // The node's count tells whether it is sent away.
            let _ = request.send().await;
        });
    }
    held
}

async fn forms_of_the_office_that_never_end_take_little_memory_and_no_time_of_others(
    store: Store,
) -> anyhow::Result<()> {
    const FORMS: usize = 1_600;
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    federation[0].start().await?;
    let node = &federation[0];
    let visitor = Office::signed_in(&Door::of_process(node), "analyst", None).await?;
    let before = node.resident_kib()?;
    let (address, form) = (format!("https://{}/sign-in", node.office_address()), 64 * 1_024 - 1);
    let mut held = Vec::new();
    for connection in 0..FORMS / BEGUN {
        let builder = reqwest::Client::builder().no_proxy().danger_accept_invalid_certs(true);
        let client = builder.http2_prior_knowledge().build()?;
        // One handshake after the other: an address has few unfinished ones.
        client.get(&address).send().await?;
        held.push(begin_bodies(&client, &address, form, connection));
    }
    // 256 have room, and wait for their last byte; all others are sent away before theirs are read.
    let away = "hotline_requests_refused_total{listener=\"office\",reason=\"room\"}";
    until_metric(node, away, 1_344.0).await?;
    let grown = node.resident_kib()?.saturating_sub(before) / 1_024;
    ensure!(grown < 64, "{grown} MiB for {FORMS} forms of 64 KiB");
    visitor.get("/reports").await?.is(200)?;
    visitor.post("/reports/find", &[("question", "https://hosting.example/item")]).await?.is(200)?;
    drop(held);
    // Their room is given back.
    let again = reqwest::Client::builder().no_proxy().danger_accept_invalid_certs(true).build()?;
    until("forms are let in again", SOON, async || {
        let form = again.post(&address).header("x-forwarded-for", "198.51.100.1").body(vec![b'a'; form]);
        Ok((form.send().await?.status().as_u16() != 503).then_some(()))
    })
    .await?;
    Ok(())
}

async fn reports_of_the_public_that_never_end_take_little_memory_and_no_time_of_others(
    store: Store,
) -> anyhow::Result<()> {
    const REPORTS: usize = 400;
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    federation[0].start().await?;
    let node = &federation[0];
    let before = node.resident_kib()?;
    let (address, report) = (format!("http://{}/api/v1/reports", node.public_address()), 512 * 1_024 - 1);
    let mut held = Vec::new();
    for connection in 0..REPORTS / BEGUN {
        let builder = reqwest::Client::builder().no_proxy().http2_prior_knowledge();
        held.push(begin_bodies(&builder.build()?, &address, report, connection));
    }
    // Over HTTP/2 none of them says how long it is: each is counted as the longest that there may be, and for
    // 128 of these there is room.
    let away = "hotline_requests_refused_total{listener=\"public\",reason=\"room\"}";
    until_metric(node, away, 272.0).await?;
    let grown = node.resident_kib()?.saturating_sub(before) / 1_024;
    ensure!(grown < 128, "{grown} MiB for {REPORTS} reports of 512 KiB");
    let (status, text) = node.report_publicly(r#"{"urls":["https://hosting.example/item"]}"#).await?;
    ensure!(status == 201, "whoever reports one URL is heard meanwhile: {status} {text}");
    drop(held);
    until("reports are taken again", SOON, async || {
        let long = format!(r#"{{"urls":["https://hosting.example/item"],"comment":"{}"}}"#, "x".repeat(8_000));
        Ok((node.report_publicly(&long).await?.0 == 201).then_some(()))
    })
    .await?;
    Ok(())
}
