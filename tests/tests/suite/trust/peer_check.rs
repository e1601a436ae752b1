//! `peer check` makes a real handshake and hello, and names the obstacle.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::test_node::TestNode;
use hotline_tests::peer::forged_certificate::{Flaw, certificate_with, unknown_certificate};
use hotline_tests::peer::impostor::{Impostor, web_certificate};
use hotline_tests::peer::outsider::Shown;
use hotline_tests::refusal::{TRY_AGAIN, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::openssl::make_certificate;
use hotline_tests::service::proxy_server::{ProxyPrograms, Says};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

/// The peer under check.
const PEER: &str = "de-cedar";
/// The checking node.
const OWN: &str = "nl-birch";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "peer_check",
        store,
        [
            a_peer_that_is_away_or_answers_with_another_certificate_is_named_as_such,
            what_answers_in_place_of_a_node_is_named_as_what_it_is,
            a_peer_that_speaks_no_tls_1_3_or_another_version_of_the_protocol_is_named_as_such,
            a_peer_whose_clock_is_far_off_or_finds_our_certificate_over_is_named_as_such,
            a_peer_that_has_suspended_or_removed_this_node_is_named_as_such,
        ]
    )
}

/// Returns the check's findings about the peer; it must end with "try again" where there is an obstacle.
async fn check(federation: &Federation) -> anyhow::Result<Value> {
    let output = federation[0].cli.output(&["peer", "check", PEER], None).await?;
    let found: Value = serde_json::from_slice(&output.stdout)?;
    match found["in_the_way"].as_str() {
        Some(fault) => refused_with(&output, TRY_AGAIN, &[PEER, fault])?,
        None => ensure!(output.status.success(), "{output:?}"),
    }
    Ok(found)
}

/// The fault and the advice have these words.
fn names(found: &Value, fault: &str, advice: &str) -> anyhow::Result<()> {
    let has = |key: &str, words: &str| found[key].as_str().is_some_and(|text| text.contains(words));
    ensure!(has("in_the_way", fault) && has("advice", advice), "'{fault}' and '{advice}' are expected: {found}");
    Ok(())
}

async fn a_peer_that_is_away_or_answers_with_another_certificate_is_named_as_such(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[1..]).await?;
    let address = federation[1].exchange_address();
    names(&check(&federation).await?, "not reachable", "firewalls")?;
    let forged = |flaw| certificate_with(flaw, PEER, federation[1].folder());
    for (shown, fault, advice) in [
        (unknown_certificate(PEER)?, "is not pinned here", "newest card"),
        (forged(Flaw::AnotherName)?, "is no peer of this node", "another node answers"),
        (web_certificate()?, "the certificate", "proxy between you ends TLS"),
        (forged(Flaw::Expired)?, "has expired", "must renew it"),
        (forged(Flaw::NotYetValid)?, "not yet valid", "clocks"),
    ] {
        let impostor = Impostor::at(address, shown).await?;
        let (found, call) = tokio::join!(check(&federation), impostor.accept());
        names(&found?, fault, advice)?;
        // The refusal is an alert of our side; the impostor may have thought before that all was well.
        drop(call);
    }
    Ok(())
}

async fn what_answers_in_place_of_a_node_is_named_as_what_it_is(store: Store) -> anyhow::Result<()> {
    let Some(programs) = ProxyPrograms::find()? else { return Ok(()) };
    let federation = Federation::new(&store, &THREE[1..]).await?;
    let address = federation[1].exchange_address();
    let folder = tempfile::tempdir()?;
    let checked = async |fault: &str, advice: &str| -> anyhow::Result<()> {
        let found = check(&federation).await?;
        names(&found, fault, advice)?;
        let said = found.to_string();
        ensure!(!said.contains("does not know this node's certificate"), "{said}");
        Ok(())
    };
    let plain = programs.nginx(address, &format!("server {{ listen {address}; }}")).await?;
    checked("a web server or a proxy answers in HTTP without TLS", "as they are").await?;
    plain.end().await?;
    for (algorithm, fault) in [("rsa:2048", "does not speak TLS as nodes do"), ("ec:prime256v1", "is no node")] {
        make_certificate(folder.path(), "web", algorithm).await?;
        let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        let shown = format!("ssl_certificate {}; ssl_certificate_key {};", certificate.display(), key.display());
        let web = programs.nginx(address, &format!("server {{ listen {address} ssl; {shown} }}")).await?;
        checked(fault, "TLS").await?;
        web.end().await?;
    }
    let without_node = programs.haproxy(address, None, Says::Nothing).await?;
    checked("accepts the connection and ends it", "what listens at its address").await?;
    without_node.end().await?;
    for (greeting, fault) in [
        (&b"SSH-2.0-example\r\n"[..], "an SSH server answers"),
        (b"220 mail.example ESMTP\r\n", "a mail or file server answers"),
        (b"\x00\x01\x02\x03\x04\x05", "speaks no TLS"),
        (b"", "accepts the connection and says nothing"),
    ] {
        let listener = TcpListener::bind(address).await?;
        let greet = async || -> anyhow::Result<()> {
            let mut held = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await?;
                stream.write_all(greeting).await?;
                held.push(stream);
            }
        };
        tokio::select! {
            checked = checked(fault, "ask that hotline") => checked?,
            failed = greet() => return failed,
        }
    }
    Ok(())
}

async fn a_peer_that_speaks_no_tls_1_3_or_another_version_of_the_protocol_is_named_as_such(
    store: Store,
) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[1..]).await?;
    let address = federation[1].exchange_address();
    let shown = || Shown::of_folder(federation[1].folder());
    let old = Impostor::with_version(address, shown()?, &rustls::version::TLS12).await?;
    let (found, call) = tokio::join!(check(&federation), old.accept());
    ensure!(call.is_err(), "TLS 1.2 is spoken");
    names(&found?, "does not speak TLS as nodes do", "TCP")?;
    drop(old);

    let impostor = Impostor::at(address, shown()?).await?;
    let hello = |versions: &[u32]| {
        let limits = json!({ "run_entries": 1, "run_bytes": 1 });
        json!({
            "net": "practice", "id": PEER, "software": "by hand", "versions": versions, "features": [],
            "limits": limits, "clock": Clock::system().unix_seconds(), "accept": "automatic",
            "boot": "018f0000-0000-7000-8000-000000000000", "heads": {}, "wants": [], "digest_keys": [],
            "cursor": { "ep": 1, "seq": 0, "hash": "0".repeat(64) },
        })
        .to_string()
    };
    let (found, answered) = tokio::join!(check(&federation), impostor.answer("200 OK", hello(&[1, 2])));
    answered?;
    let found = found?;
    ensure!(found["in_the_way"].is_null() && found["versions"] == json!([1, 2]), "{found}");
    let (found, answered) = tokio::join!(check(&federation), impostor.answer("200 OK", hello(&[2, 3])));
    answered?;
    names(&found?, "speaks version 2, 3 of the protocol", "compare the versions")?;
    let problem = json!({ "type": "urn:hxp:p:unsupported-version", "title": "", "status": 400, "retry": "never" });
    let answer = impostor.answer("400 Bad Request", problem.to_string());
    let (found, answered) = tokio::join!(check(&federation), answer);
    answered?;
    names(&found?, "unsupported-version", "compare the versions")
}

async fn a_peer_whose_clock_is_far_off_or_finds_our_certificate_over_is_named_as_such(
    store: Store,
) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[1..]).await?;
    let config = &federation[1].cli.config_file;
    let clock = Clock::set_at(Clock::system().now());
    let node = TestNode::serve(config, clock.clone()).await?;
    let found = check(&federation).await?;
    ensure!(found["in_the_way"].is_null() && found["reachable"] == true, "{found}");
    clock.advance(Duration::from_mins(10));
    let found = check(&federation).await?;
    names(&found, "seconds apart", "whose clock is wrong")?;
    let skew = found["clock_skew_seconds"].as_i64().context("a number")?;
    ensure!(found["reachable"] == true && (500..=600).contains(&skew), "{found}");
    clock.advance(Duration::from_hours(24 * 367));
    names(&check(&federation).await?, "finds this node's certificate over", "clocks of both nodes")?;
    node.stop().await
}

async fn a_peer_that_has_suspended_or_removed_this_node_is_named_as_such(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[1..]).await?;
    federation[1].start().await?;
    let found = check(&federation).await?;
    ensure!(found["in_the_way"].is_null(), "{found}");
    let peer = federation[1].cli.clone();
    peer.json(&["peer", "suspend", OWN, "--reason", "a test"]).await?;
    until_named(&federation, "suspended", "has suspended this node").await?;
    peer.json(&["peer", "remove", OWN, "--reason", "a test", "--yes"]).await?;
    until_named(&federation, "ended the TLS handshake", "give that hotline your card").await
}

/// The peer's node takes note of a command within a second.
async fn until_named(federation: &Federation, fault: &str, advice: &str) -> anyhow::Result<()> {
    hotline_tests::wait::until(format!("the check says: {fault}"), Duration::from_secs(20), async || {
        Ok(names(&check(federation).await?, fault, advice).is_ok().then_some(()))
    })
    .await?;
    Ok(())
}
