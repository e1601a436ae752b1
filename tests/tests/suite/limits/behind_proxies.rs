//! Limits of an address, where proxies stand before the form: each caller is counted by his own address, whether or not
//! he names another.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::ensure;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::ports::free_address;
use hotline_tests::sentences;
use hotline_tests::service::proxy_server::{ProxyPrograms, ProxyServer, before_public};
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::bounds::{cut, is_ended, said};
use super::doors::metric;

const SOON: Duration = Duration::from_secs(20);
/// Requests of an address in a minute.
const REQUESTS: i64 = 5;
/// A minute may end meanwhile; nobody is let in so often.
const OFTEN: usize = 20;
const PATH: &str = "/api/v1/reports/FR-2026-000001";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "behind_proxies",
        store,
        [
            behind_a_web_proxy_each_address_has_its_own_requests_whatever_it_says_of_others,
            behind_a_tcp_proxy_each_address_has_its_own_requests_and_names_nobody_else,
            behind_a_tcp_proxy_each_address_has_its_own_connections,
            behind_a_tcp_proxy_before_which_a_web_proxy_stands_each_address_has_its_own_requests,
        ]
    )
}

/// A node with these settings of its public listener.
async fn serving(store: &Store, keys: &[(&'static str, toml::Value)]) -> anyhow::Result<Federation> {
    let mut federation = Federation::new(store, &THREE[..1]).await?;
    let keys: Vec<_> = keys.iter().map(|(key, value)| ("public", *key, value.clone())).collect();
    federation[0].configure(&keys)?;
    federation[0].start().await?;
    Ok(federation)
}

fn proxied() -> (&'static str, toml::Value) {
    ("proxies", vec!["127.0.0.1".to_owned()].into())
}

fn few() -> (&'static str, toml::Value) {
    ("requests_per_minute_per_address", REQUESTS.into())
}

/// The status that somebody at an address of this machine is answered through a web proxy.
async fn asked(from: [u8; 4], proxy: SocketAddr, says: &str) -> anyhow::Result<u16> {
    let client =
        reqwest::Client::builder().no_proxy().timeout(SOON).local_address(Some(Ipv4Addr::from(from).into())).build()?;
    let answer = client.get(format!("http://{proxy}{PATH}")).header("x-forwarded-for", says).send().await?;
    Ok(answer.status().as_u16())
}

/// A connection in the name of an address, to a TCP proxy behind another one.
async fn in_name_of(address: &str, proxy: SocketAddr) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(proxy).await?;
    stream.write_all(format!("PROXY TCP4 {address} 192.0.2.200 4711 443\r\n").as_bytes()).await?;
    Ok(stream)
}

/// Asks once over a connection; gives the beginning of the answer.
async fn question(stream: &mut TcpStream, says: &str) -> anyhow::Result<String> {
    let text = format!("GET {PATH} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {says}\r\n\r\n");
    stream.write_all(text.as_bytes()).await?;
    said(stream).await
}

/// Nobody is asked for a secret before he is let in.
fn is_let_in(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 401")
}

/// Asks in the name of always another address until he is sent away.
async fn until_sent_away(mut ask: impl AsyncFnMut(&str) -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let mut let_in = 0;
    while ask(&format!("198.51.100.{}", let_in + 1)).await? {
        let_in += 1;
        ensure!(let_in < OFTEN, "nobody is sent away: what he says of himself is believed");
    }
    ensure!(let_in >= usize::try_from(REQUESTS)?, "he may ask {REQUESTS} times, and asked {let_in}");
    Ok(())
}

async fn web_proxy(programs: &ProxyPrograms, to: SocketAddr) -> anyhow::Result<(SocketAddr, ProxyServer)> {
    let address = free_address();
    Ok((address, programs.nginx(address, &before_public(address, to)).await?))
}

async fn behind_a_web_proxy_each_address_has_its_own_requests_whatever_it_says_of_others(
    store: Store,
) -> anyhow::Result<()> {
    let Some(programs) = ProxyPrograms::find()? else { return Ok(()) };
    let federation = serving(&store, &[few()]).await?;
    let (address, _proxy) = web_proxy(&programs, federation[0].public_address()).await?;
    until_sent_away(async |says| Ok(asked([127, 0, 0, 2], address, says).await? != 429)).await?;
    let other = asked([127, 0, 0, 3], address, "127.0.0.2").await?;
    ensure!(other == 401, "{other}: another address has its own");
    Ok(())
}

/// A node behind a TCP proxy that names the client, as another proxy before it has told it.
async fn behind_tcp(programs: &ProxyPrograms, node: &ProcessNode) -> anyhow::Result<(SocketAddr, ProxyServer)> {
    let address = free_address();
    Ok((address, programs.haproxy_behind_another(address, node.public_address()).await?))
}

async fn behind_a_tcp_proxy_each_address_has_its_own_requests_and_names_nobody_else(
    store: Store,
) -> anyhow::Result<()> {
    let Some(programs) = ProxyPrograms::find()? else { return Ok(()) };
    let federation = serving(&store, &[few(), proxied()]).await?;
    let (address, _proxy) = behind_tcp(&programs, &federation[0]).await?;
    // Each question comes over a connection of its own.
    let ask = async |from: &str, says: &str| {
        let answer = question(&mut in_name_of(from, address).await?, says).await?;
        ensure!(is_let_in(&answer) || answer.starts_with("HTTP/1.1 429"), "{answer}");
        Ok(is_let_in(&answer))
    };
    until_sent_away(async |says| ask("192.0.2.1", says).await).await?;
    ensure!(ask("192.0.2.2", "192.0.2.1").await?, "another address has its own");
    Ok(())
}

async fn behind_a_tcp_proxy_each_address_has_its_own_connections(store: Store) -> anyhow::Result<()> {
    let Some(programs) = ProxyPrograms::find()? else { return Ok(()) };
    // A long silence does not end these.
    let keys = [("connections_per_address", 3.into()), ("request_timeout_seconds", 300.into()), proxied()];
    let federation = serving(&store, &keys).await?;
    let node = &federation[0];
    let (address, _proxy) = behind_tcp(&programs, node).await?;
    let mut other = in_name_of("192.0.2.2", address).await?;
    ensure!(is_let_in(&question(&mut other, "192.0.2.1").await?), "another address is let in");
    let mut held = Vec::new();
    for number in 0..6 {
        let mut stream = in_name_of("192.0.2.1", address).await?;
        let answer = question(&mut stream, &format!("198.51.100.{number}")).await?;
        ensure!(is_let_in(&answer), "the newest is let in: {answer}");
        held.push(stream);
    }
    until("what it has beyond three is ended", SOON, async || {
        let mut open = 0;
        for stream in &mut held {
            open += usize::from(!is_ended(stream).await);
        }
        Ok((open <= 3).then_some(()))
    })
    .await?;
    ensure!(metric(node, &cut("public", "displaced")).await? >= 3.0, "they are counted");
    ensure!(is_let_in(&question(&mut other, "192.0.2.1").await?), "another address keeps its own");
    ensure!(!is_ended(&mut other).await, "another address keeps its own");
    Ok(())
}

async fn behind_a_tcp_proxy_before_which_a_web_proxy_stands_each_address_has_its_own_requests(
    store: Store,
) -> anyhow::Result<()> {
    let Some(programs) = ProxyPrograms::find()? else { return Ok(()) };
    let federation = serving(&store, &[few(), proxied()]).await?;
    let between = free_address();
    let says = hotline_tests::service::proxy_server::Says::Version2;
    let _between = programs.haproxy(between, Some(federation[0].public_address()), says).await?;
    let (address, _proxy) = web_proxy(&programs, between).await?;
    until_sent_away(async |says| Ok(asked([127, 0, 0, 2], address, says).await? != 429)).await?;
    let other = asked([127, 0, 0, 3], address, "127.0.0.2").await?;
    ensure!(other == 401, "{other}: another address has its own");
    Ok(())
}
