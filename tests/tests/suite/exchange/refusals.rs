//! A node's refusals of data from the wire: each has a clear problem, and nothing is lost or half done.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::bytes::Hash;
use hotline_protocol::hello::{AcceptMode, Hello, Limits};
use hotline_protocol::log::Cursor;
use hotline_tests::node::cli::NETWORK;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::peer::forged_certificate::{Flaw, certificate_with, unknown_certificate};
use hotline_tests::peer::forged_run::Forger;
use hotline_tests::peer::outsider::{Answer, Outsider, Shown, tls_of};
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// The peer that speaks by hand: it does not serve.
const PEER: &str = "de-cedar";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "refusals",
        store,
        [
            a_handshake_without_a_peers_certificate_is_refused,
            a_pinned_key_in_a_faulty_certificate_is_refused,
            tls_1_2_is_refused,
            a_hello_that_breaks_the_specification_is_refused,
            a_start_that_was_followed_by_another_is_a_clone_and_a_check_is_no_start,
            what_is_too_large_is_refused_however_it_is_packed,
            a_head_that_does_not_end_is_cut_off,
            a_run_with_a_fault_is_refused_and_the_right_one_is_taken_after_it,
            a_log_of_somebody_else_is_refused,
            a_country_that_no_list_has_stops_neither_a_log_nor_a_hello,
            another_version_and_numbers_in_other_writings_are_refused,
            a_body_is_given_to_nobody_who_is_not_entitled,
            a_suspended_peer_is_told_so,
        ]
    )
}

/// Two nodes that serve, and a third one's folder with its keys.
async fn with_a_silent_peer(store: &Store) -> anyhow::Result<Federation> {
    let mut federation = Federation::new(store, &THREE).await?;
    for place in 0..2 {
        federation[place].configure(&[("exchange", "header_timeout_seconds", 1.into())])?;
        federation[place].start().await?;
    }
    Ok(federation)
}

/// A client of the second node that shows the silent peer's certificate.
fn as_the_peer(federation: &Federation) -> anyhow::Result<Outsider> {
    Outsider::new(federation[1].exchange_address(), Some(Shown::of_folder(federation[2].folder())?))
}

fn hello() -> anyhow::Result<Hello> {
    Ok(Hello {
        net: NETWORK.parse()?,
        id: PEER.parse()?,
        software: "by hand".to_owned(),
        versions: vec![1],
        features: Vec::new(),
        limits: Limits { run_entries: 1_024, run_bytes: 4 * 1_024 * 1_024 },
        clock: 1_767_323_045,
        boot: "018f0000-0000-7000-8000-000000000000".to_owned(),
        check: false,
        accept: AcceptMode::Automatic,
        heads: std::collections::BTreeMap::new(),
        forks: std::collections::BTreeMap::new(),
        cursor: Cursor::START,
        wants: Vec::new(),
        digest_keys: Vec::new(),
    })
}

fn refused(answer: &Answer, status: u16, problem: &str) -> anyhow::Result<()> {
    let is_so = answer.status == status && answer.problem.as_deref() == Some(problem);
    ensure!(is_so, "{status} {problem} is expected, it is {} {}", answer.status, answer.text);
    Ok(())
}

async fn a_handshake_without_a_peers_certificate_is_refused(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let address = federation[1].exchange_address();
    for shown in [None, Some(unknown_certificate(PEER)?)] {
        let answer = Outsider::new(address, shown)?.hello(serde_json::to_vec(&hello()?)?).await;
        ensure!(answer.is_err(), "it was answered: {answer:?}");
    }
    let answer = as_the_peer(&federation)?.hello(serde_json::to_vec(&hello()?)?).await?;
    ensure!(answer.status == 200, "a peer is answered: {}", answer.text);
    Ok(())
}

async fn a_pinned_key_in_a_faulty_certificate_is_refused(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let call = async |flaw: Flaw| {
        let shown = certificate_with(flaw, PEER, federation[2].folder())?;
        Outsider::new(federation[1].exchange_address(), Some(shown))?.hello(serde_json::to_vec(&hello()?)?).await
    };
    ensure!(call(Flaw::None).await?.status == 200, "the pin alone counts, where nothing else is wrong");
    for flaw in Flaw::ALL {
        let answer = call(flaw).await;
        ensure!(answer.is_err(), "{flaw:?}: it was answered: {answer:?}");
    }
    Ok(())
}

async fn tls_1_2_is_refused(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let shown = Shown::of_folder(federation[2].folder())?;
        let connector = TlsConnector::from(Arc::new(tls_of(version, Some(shown))?));
        let stream = TcpStream::connect(federation[1].exchange_address()).await?;
        let connected = connector.connect(ServerName::try_from("localhost")?, stream).await;
        ensure!(connected.is_ok() == (version.version == rustls::ProtocolVersion::TLSv1_3), "{:?}", version.version);
    }
    Ok(())
}

async fn a_hello_that_breaks_the_specification_is_refused(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let peer = as_the_peer(&federation)?;
    let deep = format!(r#"{{"net":{}1{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let other_network = Hello { net: "production".parse()?, ..hello()? };
    let other_node = Hello { id: "fr-alder".parse()?, ..hello()? };
    for (what, body) in [
        ("no JSON", "not json".to_owned()),
        ("no hello", "{}".to_owned()),
        ("too deep", deep),
        ("another network", serde_json::to_string(&other_network)?),
        ("another node", serde_json::to_string(&other_node)?),
        ("no UTF-8 escape", r#"{"net":"\ud800"}"#.to_owned()),
    ] {
        let answer = peer.hello(body).await.with_context(|| what.to_owned())?;
        refused(&answer, 400, "malformed").with_context(|| what.to_owned())?;
    }
    Ok(())
}

async fn a_start_that_was_followed_by_another_is_a_clone_and_a_check_is_no_start(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let peer = as_the_peer(&federation)?;
    let say = async |boot: u8, check: bool| {
        let boot = format!("018f0000-0000-7000-8000-0000000000{boot:02}");
        peer.hello(serde_json::to_vec(&Hello { boot, check, ..hello()? })?).await
    };
    for (boot, check) in [(1, false), (2, true), (1, false), (3, false)] {
        let answer = say(boot, check).await?;
        ensure!(answer.status == 200, "start {boot}: {}", answer.text);
    }
    refused(&say(1, false).await?, 409, "clone-suspected")?;
    refused(&say(1, true).await?, 409, "clone-suspected")?;
    let answer = say(3, false).await?;
    ensure!(answer.status == 200, "the later start goes on: {}", answer.text);
    Ok(())
}

async fn what_is_too_large_is_refused_however_it_is_packed(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let peer = as_the_peer(&federation)?;
    refused(&peer.hello(vec![b' '; 2 * 1_024 * 1_024]).await?, 413, "too-large")?;
    let bomb = gzip(&vec![b' '; 64 * 1_024 * 1_024])?;
    ensure!(bomb.len() < 100_000, "the bomb is small on the wire");
    refused(&peer.hello_in_gzip(bomb).await?, 413, "too-large")?;
    let plain = serde_json::to_vec(&hello()?)?;
    ensure!(peer.hello_in_gzip(gzip(&plain)?).await?.status == 200, "a compressed hello is taken");
    Ok(())
}

fn gzip(plain: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?)
}

async fn a_head_that_does_not_end_is_cut_off(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let connector =
        TlsConnector::from(Arc::new(tls_of(&rustls::version::TLS13, Some(Shown::of_folder(federation[2].folder())?))?));
    let stream = TcpStream::connect(federation[1].exchange_address()).await?;
    let mut stream = connector.connect(ServerName::try_from("localhost")?, stream).await?;
    stream.write_all(b"POST /hxp/v1/hello HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await?;
    let mut said = Vec::new();
    // Its words before it hangs up do not matter; that it hangs up does.
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut said)).await;
    ensure!(ended.is_ok(), "the connection is still open");
    ensure!(!said.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&said));
    Ok(())
}

async fn a_run_with_a_fault_is_refused_and_the_right_one_is_taken_after_it(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let peer = as_the_peer(&federation)?;
    let pen = Forger::of_folder(PEER, federation[2].folder())?;
    let (first, after_first) = pen.run(&Cursor::START, 3)?;
    let answer = peer.push(PEER, first.clone()).await?;
    ensure!(answer.status == 200 && answer.json["cursor"]["seq"] == 3, "{}", answer.text);
    ensure!(peer.push(PEER, first).await?.json["cursor"]["seq"] == 3, "the same bytes again change nothing");

    let (right, end) = pen.run(&after_first, 2)?;
    let lines: Vec<String> = right.lines().skip(1).step_by(2).map(str::to_owned).collect();
    let beyond = Cursor { seq: 7, ..after_first };
    let gap = peer.push(PEER, pen.run(&beyond, 1)?.0).await?;
    refused(&gap, 409, "gap")?;
    ensure!(gap.json["cursor"]["seq"] == 3 && gap.json["retry"] == "rewind", "{}", gap.text);
    refused(&peer.push(PEER, pen.with_another_key()?.run(&after_first, 1)?.0).await?, 422, "key-not-valid")?;
    let swapped = pen.signed(&[lines[1].clone(), lines[0].clone()], &end)?;
    refused(&peer.push(PEER, swapped).await?, 422, "broken-chain")?;
    refused(&peer.push(PEER, pen.signed(&lines[..1], &end)?).await?, 422, "broken-chain")?;
    refused(&peer.push(PEER, with_a_flipped_signature(&right)?).await?, 422, "bad-signature")?;
    refused(&peer.push(PEER, right.replacen("\"ts\":", "\"ts\":null,\"x\":", 1)).await?, 400, "malformed")?;
    refused(&peer.push(PEER, "no run".to_owned()).await?, 400, "malformed")?;

    let answer = peer.push(PEER, right).await?;
    ensure!(answer.status == 200 && answer.json["cursor"]["seq"] == 5, "{}", answer.text);
    let verified = federation[1].cli.json(&["log", "verify"]).await?;
    ensure!(verified["ok"] == true, "{verified}");

    // Its author signed that another entry stands where the last one stands: nothing goes on beyond the fork.
    let elsewhere = Cursor { hash: Hash::of(&[b"another"]), ..end };
    refused(&peer.push(PEER, pen.run(&elsewhere, 1)?.0).await?, 409, "cursor-diverged")?;
    refused(&peer.push(PEER, pen.run(&end, 1)?.0).await?, 409, "log-forked")?;
    Ok(())
}

/// The run with one letter changed in its checkpoint's signature.
fn with_a_flipped_signature(run: &str) -> anyhow::Result<String> {
    let (token, rest) = run.split_once('\n').context("a run has lines")?;
    let start = token.rfind('.').context("a token has parts")? + 1;
    let letter = if token[start..].starts_with('A') { "B" } else { "A" };
    Ok(format!("{}{letter}{}\n{rest}", &token[..start], &token[start + 1..]))
}

async fn a_log_of_somebody_else_is_refused(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let peer = as_the_peer(&federation)?;
    let pen = Forger::of_folder("fr-alder", federation[0].folder())?;
    refused(&peer.push("fr-alder", pen.run(&Cursor::START, 1)?.0).await?, 403, "not-entitled")?;
    refused(&peer.push("se-unknown", "no run".to_owned()).await?, 404, "unknown-log")?;
    refused(&peer.push("nl-birch", "no run".to_owned()).await?, 403, "not-entitled")?;
    let place = format!("ep=1&after=0&hash={}", Cursor::START.hash);
    refused(&peer.get(&format!("/logs/se-unknown/runs?{place}")).await?, 404, "unknown-log")?;
    refused(&peer.get(&format!("/logs/nl-birch/runs?{place}&more=1")).await?, 400, "malformed")?;
    refused(&peer.get("/no/such/path").await?, 400, "malformed")?;
    Ok(())
}

async fn a_country_that_no_list_has_stops_neither_a_log_nor_a_hello(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let peer = as_the_peer(&federation)?;
    let pen = Forger::of_folder(PEER, federation[2].folder())?;
    let mut offered = pen.create()?;
    offered.target = Some("xq-example".parse()?);
    offered.to = vec!["xq-example".parse()?, "zz-example".parse()?];
    (offered.country, offered.not) = (Some("XQ".parse()?), vec!["ZZ".parse()?]);
    let (run, end) = pen.run_of(&Cursor::START, &[offered, pen.create()?])?;
    let answer = peer.push(PEER, run).await?;
    ensure!(answer.status == 200 && answer.json["cursor"]["seq"] == end.seq, "the log goes on: {}", answer.text);
    let mut told = serde_json::to_value(hello()?)?;
    told["heads"] = serde_json::json!({"xq-example": "a.b.c", "what a later version calls a node": "a.b.c"});
    let answer = peer.hello(told.to_string()).await?;
    ensure!(answer.status == 200, "the hello is answered: {}", answer.text);
    let listed = federation[1].cli.json(&["report", "list"]).await?.to_string();
    ensure!(listed.contains(PEER), "the report is here: {listed}");
    Ok(())
}

async fn another_version_and_numbers_in_other_writings_are_refused(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let peer = as_the_peer(&federation)?;
    for (path, problem) in
        [("/hxp/v2/hello", "unsupported-version"), ("/hxp/v02/hello", "malformed"), ("/", "malformed")]
    {
        refused(&peer.get_elsewhere(path).await?, 400, problem).with_context(|| path.to_owned())?;
    }
    let hash = Cursor::START.hash;
    let pull = async |place: &str| peer.get(&format!("/logs/nl-birch/runs?{place}&hash={hash}")).await;
    let answer = pull("ep=1&after=0&limit=0").await?;
    ensure!([200, 204].contains(&answer.status), "plain numbers are read: {}", answer.text);
    for place in ["ep=0&after=0", "ep=%2B1&after=0", "ep=01&after=0", "ep=1&after=-1", "ep=1&after=0&limit=%2B1"] {
        refused(&pull(place).await?, 400, "malformed").with_context(|| place.to_owned())?;
    }
    for boot in ["018F0000-0000-7000-8000-000000000000", "018f0000-0000-4000-8000-000000000000", "boot"] {
        let told = Hello { boot: boot.to_owned(), ..hello()? };
        refused(&peer.hello(serde_json::to_vec(&told)?).await?, 400, "malformed").with_context(|| boot.to_owned())?;
    }
    Ok(())
}

async fn a_body_is_given_to_nobody_who_is_not_entitled(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let id = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until("the report is accepted", Duration::from_secs(20), async || {
        Ok(federation[0].cli.find(&id).await?.filter(|seen| seen["holder"] == "nl-birch"))
    })
    .await?;
    let log = federation[0].cli.export("fr-alder").await?;
    let verified = federation[0].cli.author("fr-alder").await?.verify(&log)?;
    let place = format!("ep=1&after=0&hash={}", Cursor::START.hash);
    let address = federation[0].exchange_address();
    let entry = &verified.head.2;
    // The origin has the body; the silent peer is nobody to it, the holder may have it.
    let outsider = Outsider::new(address, Some(Shown::of_folder(federation[2].folder())?))?;
    refused(&outsider.get(&format!("/bodies/{entry}?ep=1&seq=1")).await?, 403, "not-entitled")?;
    let (unknown, held): (Hash, Hash) = (Hash::of(&[b"nothing"]), entry.parse()?);
    for (hash, place) in [(&unknown, "ep=1&seq=1"), (&held, "ep=1&seq=2"), (&held, "ep=2&seq=1")] {
        refused(&outsider.get(&format!("/bodies/{hash}?{place}")).await?, 403, "not-entitled")?;
    }
    refused(&outsider.get("/bodies/no-hash?ep=1&seq=1").await?, 400, "malformed")?;
    for place in ["", "?ep=1", "?ep=1&seq=-1", "?ep=1&seq=1&more=1"] {
        refused(&outsider.get(&format!("/bodies/{entry}{place}")).await?, 400, "malformed")?;
    }
    let run = outsider.get(&format!("/logs/fr-alder/runs?{place}")).await?;
    ensure!(run.status == 200 && run.text.lines().nth(2) == Some(""), "a run without bodies: {}", run.text);
    let holder = Outsider::new(address, Some(Shown::of_folder(federation[1].folder())?))?;
    let body = holder.get(&format!("/bodies/{entry}?ep=1&seq=1")).await?;
    ensure!(body.status == 200 && body.text.contains("hosting.test"), "{}", body.text);
    Ok(())
}

async fn a_suspended_peer_is_told_so(store: Store) -> anyhow::Result<()> {
    let federation = with_a_silent_peer(&store).await?;
    let peer = as_the_peer(&federation)?;
    let body = serde_json::to_vec(&hello()?)?;
    ensure!(peer.hello(body.clone()).await?.status == 200, "it is a peer");
    federation[1].cli.json(&["peer", "suspend", PEER, "--reason", "a test"]).await?;
    let (answer, _) = until("the peer is told", Duration::from_secs(10), async || {
        // Its open connection is cut; the next one is answered.
        Ok(peer.hello(body.clone()).await.ok().filter(|answer| answer.status != 200))
    })
    .await?;
    refused(&answer, 403, "suspended")?;
    refused(&peer.get(&format!("/bodies/{}?ep=1&seq=1", Hash::of(&[b"nothing"]))).await?, 403, "suspended")?;
    federation[1].cli.json(&["peer", "resume", PEER, "--reason", "a test"]).await?;
    until("the peer is back", Duration::from_secs(10), async || {
        Ok(peer.hello(body.clone()).await.ok().filter(|answer| answer.status == 200))
    })
    .await?;
    Ok(())
}
