//! A peer without its rights is gone within seconds, in both directions: a revoked certificate, a suspended peer, a
//! removed one.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::card::CardKey;
use hotline_protocol::entry::KeyAct;
use hotline_protocol::log::{Cursor, Position};
use hotline_tests::hostile::{Branch, Member, about_pen};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::peer::by_hand::{long_poll_as, take_call_as};
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::openssl::call_as;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::client;

/// The peer with keys that the tests use by hand; its node does not serve.
const PEER: &str = "de-cedar";
/// An open connection ends within this time.
pub(crate) const PROMPT: Duration = Duration::from_secs(5);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "revocation",
        store,
        [
            a_revoked_certificate_ends_an_open_long_poll_and_is_refused_from_then_on,
            a_call_to_a_peer_ends_when_its_certificate_is_revoked,
            a_suspended_peer_gets_403_and_a_removed_one_no_handshake,
            a_removed_peer_has_no_figures_any_more,
            a_certificate_is_shown_with_all_that_it_says,
            a_card_that_leaves_out_an_earlier_key_does_not_make_the_copy_look_damaged,
        ]
    )
}

/// A node that serves, and a peer's folder with its keys.
async fn with_a_silent_peer(store: &Store) -> anyhow::Result<Federation> {
    let mut federation = Federation::new(store, &THREE[1..]).await?;
    federation[0].start().await?;
    Ok(federation)
}

/// A long poll of the peer that waits for the node's first entry.
pub(crate) async fn long_poll(federation: &Federation) -> anyhow::Result<client::TlsStream<TcpStream>> {
    let node = &federation[0];
    long_poll_as(federation[1].folder(), node.exchange_address(), node.who.id, &Cursor::START).await
}

/// The connection ends in time, and nothing is said in it before.
pub(crate) async fn ends_unanswered(mut stream: client::TlsStream<TcpStream>) -> anyhow::Result<()> {
    let mut said = Vec::new();
    // How it ends does not matter.
    let ended = timeout(PROMPT, stream.read_to_end(&mut said)).await;
    ensure!(ended.is_ok(), "the connection is still open");
    ensure!(said.is_empty(), "it was answered: {}", String::from_utf8_lossy(&said));
    Ok(())
}

async fn accepted(federation: &Federation) -> anyhow::Result<()> {
    let call = call_as(federation[1].folder(), federation[0].exchange_address()).await?;
    ensure!(call.answer.starts_with("HTTP/1.1 400") && !call.said.contains("alert"), "{call:?}");
    Ok(())
}

pub(crate) async fn is_refused(federation: &Federation) -> anyhow::Result<bool> {
    let call = call_as(federation[1].folder(), federation[0].exchange_address()).await?;
    Ok(call.answer.is_empty() && call.said.contains("alert"))
}

/// The fingerprint of the peer's one certificate.
async fn fingerprint(node: &ProcessNode) -> anyhow::Result<String> {
    let list = node.cli.json(&["peer", "certificate", "list", PEER]).await?;
    ensure!(list.as_array().map(Vec::len) == Some(1) && list[0]["state"] == "active", "{list}");
    for key in ["not_before", "not_after", "days_left"] {
        ensure!(!list[0][key].is_null(), "{key}: {list}");
    }
    Ok(list[0]["fingerprint"].as_str().context("it has a fingerprint")?.to_owned())
}

/// Revokes the peer's one certificate.
async fn revoke(node: &ProcessNode) -> anyhow::Result<()> {
    let fingerprint = fingerprint(node).await?;
    let arguments = ["peer", "certificate", "revoke", PEER, &fingerprint[..8], "--reason", "a test"];
    refused_with(&node.cli.output(&arguments, None).await?, FAILED, &["for good", "--yes"])?;
    let output = node.cli.output(&[&arguments[..], &["--yes"]].concat(), None).await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    ensure!(said.contains("nothing is exchanged") && said.contains("--replace"), "{said}");
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    ensure!(shown["state"] == "revoked" && shown["fingerprint"] == fingerprint.as_str(), "{shown}");
    Ok(())
}

async fn a_revoked_certificate_ends_an_open_long_poll_and_is_refused_from_then_on(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    accepted(&federation).await?;
    let poll = long_poll(&federation).await?;
    revoke(&federation[0]).await?;
    ends_unanswered(poll).await?;
    ensure!(is_refused(&federation).await?, "it was not refused with an alert");
    let acts = federation[0].cli.json(&["audit", "list"]).await?;
    ensure!(acts.to_string().contains("revoke_certificate"), "{acts}");
    Ok(())
}

async fn a_call_to_a_peer_ends_when_its_certificate_is_revoked(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[1..]).await?;
    let listener = TcpListener::bind(federation[1].exchange_address()).await?;
    federation[0].start().await?;
    let mut call = take_call_as(federation[1].folder(), &listener).await?;
    let mut said = [0; 16];
    call.read_exact(&mut said).await?;
    ensure!(said.starts_with(b"POST /hxp/v1/"), "{}", String::from_utf8_lossy(&said));
    revoke(&federation[0]).await?;
    // It has no answer and waits for one; the rest of the request may still come.
    let ended = timeout(PROMPT, call.read_to_end(&mut Vec::new())).await;
    ensure!(ended.is_ok(), "the call is still under way");
    let again = take_call_as(federation[1].folder(), &listener).await;
    ensure!(again.is_err(), "it calls again, and takes the revoked certificate");
    Ok(())
}

async fn a_suspended_peer_gets_403_and_a_removed_one_no_handshake(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    accepted(&federation).await?;
    let poll = long_poll(&federation).await?;
    federation[0].cli.json(&["peer", "suspend", PEER, "--reason", "a test"]).await?;
    ends_unanswered(poll).await?;
    let call = call_as(federation[1].folder(), federation[0].exchange_address()).await?;
    ensure!(call.answer.starts_with("HTTP/1.1 403") && call.answer.contains("urn:hxp:p:suspended"), "{call:?}");
    federation[0].cli.json(&["peer", "remove", PEER, "--reason", "a test", "--yes"]).await?;
    until("its handshake is refused", PROMPT, async || Ok(is_refused(&federation).await?.then_some(()))).await?;
    Ok(())
}

async fn a_certificate_is_shown_with_all_that_it_says(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[1..]).await?;
    let fingerprint = fingerprint(&federation[0]).await?;
    let identity = federation[1].cli.json(&["identity", "show"]).await?;
    ensure!(identity["tls_fingerprint"] == fingerprint.as_str(), "{identity}");
    let shown = federation[0].cli.json(&["peer", "certificate", "show", PEER, &fingerprint[..8]]).await?;
    ensure!(shown["names"] == serde_json::json!([format!("hxp://{PEER}")]), "{shown}");
    ensure!(shown["key"] == "ECDSA P-256" && shown["key_bits"] == 256, "{shown}");
    ensure!(shown["faults"] == serde_json::json!([]), "{shown}");
    for key in ["subject", "issuer", "serial", "signature_algorithm", "usages", "state", "not_after"] {
        ensure!(!shown[key].is_null(), "{key}: {shown}");
    }
    let file = federation[1].folder().join("keys/exchange.crt.pem");
    let add = ["peer", "certificate", "add", PEER, &file.to_string_lossy(), "--fingerprint", &fingerprint];
    let added = federation[0].cli.json(&add).await?;
    ensure!(added["state"] == "active" && added["fingerprint"] == fingerprint.as_str(), "{added}");
    Ok(())
}

async fn a_removed_peer_has_no_figures_any_more(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let figures = async || -> anyhow::Result<Vec<String>> {
        let (_, text) = federation[0].operations("/metrics").await?;
        let of_peer = format!("{{peer=\"{PEER}\"}} ");
        Ok(text.lines().filter(|line| line.contains(&of_peer)).map(str::to_owned).collect())
    };
    for name in ["behind_entries", "silent_seconds", "failures", "certificate_remaining_seconds"] {
        let before = figures().await?;
        ensure!(before.iter().any(|line| line.starts_with(&format!("hotline_peer_{name}{{"))), "{name}: {before:?}");
    }
    federation[0].cli.json(&["peer", "suspend", PEER, "--reason", "a test"]).await?;
    ensure!(figures().await?.len() == 6, "a suspended peer is a peer");
    federation[0].cli.json(&["peer", "remove", PEER, "--reason", "a test", "--yes"]).await?;
    until("its figures are gone", PROMPT, async || Ok(figures().await?.is_empty().then_some(()))).await?;
    Ok(())
}

async fn a_card_that_leaves_out_an_earlier_key_does_not_make_the_copy_look_damaged(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let (node, mut member, mut log) = (&federation[0], Member::of(&federation[1])?, Branch::default());
    let (first, second) = (member.pen.clone(), member.pen.with_another_key()?);
    for act in [KeyAct::Announce, KeyAct::Switch] {
        member.write(&mut log, &[about_pen(&second, &member.id, act)?])?;
    }
    member.pen = second.clone();
    member.write(&mut log, &member.creates(3)?)?;
    member.tell(node, &log).await?;
    let third = first.with_another_key()?;
    let mut card = member.card(&second, 2)?;
    card.keys[0].to = Some(*log.end());
    let begin = Position { epoch: 2, seq: 1 };
    card.keys.push(CardKey { key: third.key().public(), from: begin, to: None });
    let card = card.sign(third.key())?;
    let fingerprint = card.fingerprint().to_string();
    let replace = ["peer", "add", "-", "--replace", "--fingerprint", &fingerprint, "--yes"];
    node.cli.json_of(&replace, Some(card.token())).await?;
    let verified = node.cli.json(&["log", "verify"]).await?;
    ensure!(verified["ok"] == true, "{verified}");
    Ok(())
}
