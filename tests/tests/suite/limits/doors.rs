//! The ways into a node: silent connections, proxies before it, and forms that come through them.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_tests::browser::BrowserProgram;
use hotline_tests::browser::office::{Door, PASSWORD};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::node::test_node::TestNode;
use hotline_tests::ports::free_address;
use hotline_tests::sentences;
use hotline_tests::service::openssl::call_as;
use hotline_tests::service::proxy_server::{ProxyPrograms, Says, before_office};
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// Immediate effects come within this time on a busy machine.
const SOON: Duration = Duration::from_secs(20);
/// A peer that was let in is told that there is no such page.
const LET_IN: &str = "HTTP/1.1 400";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "doors",
        store,
        [
            silent_connections_keep_no_peer_out_and_are_counted,
            a_proxy_that_is_named_says_for_whom_it_calls_and_nobody_else_may,
            forms_are_taken_through_a_proxy_that_asks_for_another_host,
        ]
    )
}

/// A metric's value, by its whole name with its labels.
pub(crate) async fn metric(node: &ProcessNode, name: &str) -> anyhow::Result<f64> {
    let (_, text) = node.operations("/metrics").await?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    Ok(line.with_context(|| format!("there is no metric {name}"))?.trim().parse()?)
}

pub(crate) async fn until_metric(node: &ProcessNode, name: &str, at_least: f64) -> anyhow::Result<()> {
    until(format!("{name} is {at_least}"), SOON, async || Ok((metric(node, name).await? >= at_least).then_some(())))
        .await?;
    Ok(())
}

fn refused(reason: &str) -> String {
    format!("hotline_connections_refused_total{{listener=\"exchange\",reason=\"{reason}\"}}")
}

/// The peer comes in at this address.
async fn is_let_in(federation: &Federation, address: SocketAddr) -> anyhow::Result<()> {
    let call = call_as(federation[1].folder(), address).await?;
    ensure!(call.answer.starts_with(LET_IN), "the peer is kept out at {address}: {call:?}");
    Ok(())
}

/// Opens so many connections that say nothing, from one address of this machine.
async fn silent(from: Ipv4Addr, to: SocketAddr, count: usize) -> anyhow::Result<Vec<TcpStream>> {
    let mut held = Vec::new();
    for _ in 0..count {
        let socket = TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        held.push(socket.connect(to).await?);
    }
    Ok(held)
}

async fn silent_connections_keep_no_peer_out_and_are_counted(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[1..]).await?;
    let limit = 16;
    federation[0].configure(&[
        ("exchange", "handshake_timeout_seconds", 300.into()),
        ("exchange", "unfinished_handshakes_per_address", limit.into()),
    ])?;
    federation[0].start().await?;
    let address = federation[0].exchange_address();
    let held = silent(Ipv4Addr::LOCALHOST, address, 100).await?;
    until_metric(&federation[0], &refused("too_many"), 84.0).await?;
    ensure!(metric(&federation[0], "hotline_handshakes_waiting").await? <= f64::from(limit), "more wait than may");
    ensure!(metric(&federation[0], "hotline_handshakes_refused_total").await? >= 84.0, "they are not counted");
    is_let_in(&federation, address).await?;
    drop(held);
    until("nobody waits", SOON, async || {
        Ok((metric(&federation[0], "hotline_handshakes_waiting").await? == 0.0).then_some(()))
    })
    .await?;
    federation[0].stop().await?;
    let log = federation[0].log()?;
    // Single ones stand in the log at the closer level ("debug").
    let is_told = |line: &&str| !line.contains("DEBUG") && line.contains("refused") && line.contains("exchange");
    let lines: Vec<&str> = log.lines().filter(is_told).collect();
    ensure!((1..=6).contains(&lines.len()), "a flood is told in few lines: {lines:?}");
    Ok(())
}

async fn a_proxy_that_is_named_says_for_whom_it_calls_and_nobody_else_may(store: Store) -> anyhow::Result<()> {
    let Some(programs) = ProxyPrograms::find()? else { return Ok(()) };
    let mut federation = Federation::new(&store, &THREE[1..]).await?;
    federation[0].configure(&[
        ("exchange", "handshake_timeout_seconds", 300.into()),
        ("exchange", "unfinished_handshakes_per_address", 2.into()),
        ("exchange", "proxies", vec!["127.0.0.1".to_owned()].into()),
    ])?;
    federation[0].start().await?;
    let node = federation[0].exchange_address();
    for says in [Says::Version1, Says::Version2] {
        let address = free_address();
        let _proxy = programs.haproxy(address, Some(node), says).await?;
        // Each has an address of its own, though all come from the proxy's.
        let mut held = Vec::new();
        for last in 2..34 {
            held.extend(silent(Ipv4Addr::new(127, 0, 0, last), address, 2).await?);
        }
        let begun = metric(&federation[0], &refused("too_many")).await?;
        until_metric(&federation[0], "hotline_handshakes_waiting", 64.0).await?;
        ensure!(metric(&federation[0], &refused("too_many")).await? <= begun, "{says:?}: they are counted as one");
        is_let_in(&federation, address).await?;
        drop(held);
        until("nobody waits", SOON, async || {
            Ok((metric(&federation[0], "hotline_handshakes_waiting").await? == 0.0).then_some(()))
        })
        .await?;
    }
    // A proxy that is named must say it.
    let address = free_address();
    let _proxy = programs.haproxy(address, Some(node), Says::Nothing).await?;
    let call = call_as(federation[1].folder(), address).await?;
    ensure!(call.answer.is_empty(), "{call:?}");
    until_metric(&federation[0], &refused("proxy_header_missing"), 1.0).await?;
    // A proxy that is not named must not.
    for header in [&b"PROXY TCP4 192.0.2.7 192.0.2.1 1 7443\r\n"[..], b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"] {
        let before = metric(&federation[0], &refused("proxy_header_refused")).await?;
        let mut stranger = silent(Ipv4Addr::new(127, 0, 0, 99), node, 1).await?.remove(0);
        stranger.write_all(header).await?;
        let answer = stranger.read_to_end(&mut Vec::new()).await;
        ensure!(answer.is_err() || answer.is_ok_and(|length| length == 0), "a stranger is answered");
        until_metric(&federation[0], &refused("proxy_header_refused"), before + 1.0).await?;
    }
    federation[0].stop().await?;
    let log = federation[0].log()?;
    ensure!(log.contains("did not say for whom it calls"), "{log}");
    Ok(())
}

async fn forms_are_taken_through_a_proxy_that_asks_for_another_host(store: Store) -> anyhow::Result<()> {
    let (Some(programs), Some(browsers)) = (ProxyPrograms::find()?, BrowserProgram::find()?) else { return Ok(()) };
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let own = &federation[0];
    let address = free_address();
    own.configure(&[("office", "url", format!("https://{address}").into())])?;
    let node = TestNode::serve(&own.cli.config_file, Clock::set_at(Clock::system().now())).await?;
    let block = before_office(address, &own.folder().join("keys"), node.addresses.office);
    let _proxy = programs.nginx(address, &block).await?;
    let browser = browsers.start(&[&own.office_key()]).await?;
    let link = Door::of_test(&own.cli, &node).invite("ada", "admin", None).await?;
    let mut page = browser.page(address).await?;
    page.accept_invitation(&link, PASSWORD, node.clock.unix_seconds()).await?;
    node.stop().await?;

    // Under another address than the configuration's the office cannot know its own forms.
    own.configure(&[("office", "url", "https://office.example".into())])?;
    let node = TestNode::serve(&own.cli.config_file, Clock::set_at(Clock::system().now())).await?;
    let elsewhere = free_address();
    let block = before_office(elsewhere, &own.folder().join("keys"), node.addresses.office);
    let _proxy = programs.nginx(elsewhere, &block).await?;
    for (language, form, words) in
        [("en", "Français", "seems to come from another site"), ("fr", "English", "semble provenir d’un autre site")]
    {
        let mut page = browser.page(elsewhere).await?;
        page.ask_for(language).await?;
        page.open("/sign-in").await?;
        page.follow(form).await?;
        let text = page.text().await?;
        ensure!(page.status() == 403 && text.contains(words), "{} {text}", page.status());
        page.is_accessible().await?;
    }
    node.stop().await
}
