//! The most that one member, or one stranger, can take from everybody: memory, connections, and requests of the public.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::stream;
use hotline_protocol::hello::RUN_MEDIA_TYPE;
use hotline_tests::connections::open_at;
use hotline_tests::hostile::Member;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::peer::outsider::tls_of;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::doors::{metric, until_metric};

/// Immediate effects come within this time on a busy machine.
const SOON: Duration = Duration::from_secs(20);
/// The beginning of a connection of HTTP/2: its preface and settings without any.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// A request over HTTP/2 (`GET /`): after it the connection is open, and nothing is asked.
const STREAM: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\
    \0\0\x0e\x01\x05\0\0\0\x01\x82\x86\x84\x41\x09localhost";
const MEBIBYTE: usize = 1_024 * 1_024;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "limits",
        store,
        [
            a_push_beyond_those_that_may_be_is_told_before_its_body_comes,
            the_bodies_of_one_member_take_little_memory_and_no_time_of_others,
            a_run_that_is_larger_than_a_member_has_room_for_is_told_to_come_again,
            an_answer_that_nobody_reads_is_given_up_with_its_connection,
            a_member_has_no_more_connections_than_it_may_and_is_still_heard,
            idle_connections_of_strangers_leave_the_exchange_its_file_handles,
            the_limit_of_open_files_is_raised_as_far_as_the_system_lets_it,
            an_address_holds_its_own_connections_and_no_others_place,
            a_connection_without_a_question_is_ended,
            one_address_uses_up_its_own_requests_and_nobody_elses,
        ]
    )
}

/// A node that serves, and a member that breaks and cheats.
async fn with_member(store: &Store, keys: &[(&str, &str, toml::Value)]) -> anyhow::Result<(Federation, Member)> {
    let mut federation = Federation::new(store, &THREE[1..]).await?;
    federation[0].configure(keys)?;
    federation[0].start().await?;
    let member = Member::of(&federation[1])?;
    Ok((federation, member))
}

pub(crate) fn cut(listener: &str, reason: &str) -> String {
    format!("hotline_connections_cut_total{{listener=\"{listener}\",reason=\"{reason}\"}}")
}

pub(crate) fn sent_away(reason: &str) -> String {
    format!("hotline_requests_refused_total{{listener=\"exchange\",reason=\"{reason}\"}}")
}

/// A client of the member that speaks HTTP/2 and reads no more of an answer than 64 KiB before it is asked to.
fn with_streams(member: &Member) -> anyhow::Result<reqwest::Client> {
    let mut tls = tls_of(&rustls::version::TLS13, Some(member.shown()?))?;
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let window = 65_535;
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(SOON);
    Ok(builder.http2_initial_stream_window_size(window).http2_initial_connection_window_size(window).build()?)
}

/// A connection of the member; a test speaks over it by hand.
pub(crate) async fn connection(member: &Member, to: SocketAddr) -> anyhow::Result<TlsStream<TcpStream>> {
    let mut tls = tls_of(&rustls::version::TLS13, Some(member.shown()?))?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    let stream = TcpStream::connect(to).await?;
    Ok(TlsConnector::from(Arc::new(tls)).connect(ServerName::try_from("localhost")?, stream).await?)
}

/// Waits for an answer to begin, and returns the part that came.
pub(crate) async fn said<S: AsyncRead + Unpin>(stream: &mut S) -> anyhow::Result<String> {
    let mut bytes = [0; 1_024];
    let length = timeout(SOON, stream.read(&mut bytes)).await.context("there is an answer")??;
    Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
}

/// Whether the other side has ended the connection.
pub(crate) async fn is_ended<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> bool {
    let mut bytes = [0; 1_024];
    loop {
        match timeout(Duration::from_millis(1), stream.read(&mut bytes)).await {
            Err(_) => return false,
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) => return true,
        }
    }
}

/// A push of the member that says how long it is, and sends nothing of it. It is under way: its body is waited for.
pub(crate) async fn begun(member: &Member, node: &ProcessNode, length: usize) -> anyhow::Result<TlsStream<TcpStream>> {
    let head = format!(
        "PUT /hxp/v1/logs/{}/runs HTTP/1.1\r\nhost: localhost\r\ncontent-type: {RUN_MEDIA_TYPE}\r\n\
         content-length: {length}\r\nexpect: 100-continue\r\n\r\n",
        member.id
    );
    let mut stream = connection(member, node.exchange_address()).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.flush().await?;
    let answer = said(&mut stream).await?;
    ensure!(answer.starts_with("HTTP/1.1 100"), "its body is waited for: {answer}");
    Ok(stream)
}

/// Waits until so many connections are open there, or fewer.
async fn until_open(at: SocketAddr, at_most: usize) -> anyhow::Result<()> {
    until(
        format!("at most {at_most} connections are open"),
        SOON,
        async || Ok((open_at(at)? <= at_most).then_some(())),
    )
    .await?;
    Ok(())
}

/// Every other member is answered.
async fn others_are_answered(member: &Member, node: &ProcessNode) -> anyhow::Result<()> {
    let began = tokio::time::Instant::now();
    member.greeted(node, &member.hello()?).await?;
    ensure!(node.operations("/healthz").await?.0 == 200, "the supervisor is answered");
    ensure!(began.elapsed() < Duration::from_secs(10), "others wait for {:?}", began.elapsed());
    Ok(())
}

async fn a_push_beyond_those_that_may_be_is_told_before_its_body_comes(store: Store) -> anyhow::Result<()> {
    let (federation, member) = with_member(&store, &[]).await?;
    let (node, client) = (&federation[0], with_streams(&member)?);
    let push = || {
        // A byte, and nothing more.
        let begun = stream::iter([Ok::<_, std::io::Error>(vec![b'{'])]);
        let body = reqwest::Body::wrap_stream(futures_util::StreamExt::chain(begun, stream::pending()));
        let address = format!("https://{}/hxp/v1/logs/{}/runs", node.exchange_address(), member.id);
        client.put(address).header("content-type", RUN_MEDIA_TYPE).body(body).send()
    };
    let three = [push(), push(), push()].map(Box::pin);
    let (first, ..) =
        timeout(SOON, futures_util::future::select_all(three)).await.context("none of three is answered")?;
    let answer = first?;
    let (status, headers) = (answer.status().as_u16(), answer.headers());
    ensure!(status == 429, "{status}");
    ensure!(headers.get("retry-after").is_some_and(|seconds| seconds == "1"), "{headers:?}");
    until_metric(node, &sent_away("calls"), 1.0).await
}

async fn the_bodies_of_one_member_take_little_memory_and_no_time_of_others(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    federation[0].start().await?;
    let node = &federation[0];
    let (member, other) = (Member::of(&federation[1])?, Member::of(&federation[2])?);
    others_are_answered(&other, node).await?;
    let before = node.resident_kib()?;
    let length = 15 * MEBIBYTE;
    let head = format!(
        "PUT /hxp/v1/logs/{}/runs HTTP/1.1\r\nhost: localhost\r\ncontent-type: {RUN_MEDIA_TYPE}\r\n\
         content-length: {length}\r\n\r\n",
        member.id
    );
    // Each says all but the last byte, so that none can be answered.
    let mut held = Vec::new();
    for _ in 0..24 {
        let mut stream = connection(&member, node.exchange_address()).await?;
        stream.write_all(head.as_bytes()).await?;
        for _ in 0..length / MEBIBYTE - 1 {
            stream.write_all(&vec![b'a'; MEBIBYTE]).await?;
        }
        stream.write_all(&vec![b'a'; MEBIBYTE - 1]).await?;
        stream.flush().await?;
        held.push(stream);
    }
    let grown = node.resident_kib()?.saturating_sub(before) / 1_024;
    ensure!(grown < 128, "{grown} MiB for 24 bodies of 15 MiB");
    others_are_answered(&other, node).await?;
    // A sender sent away is told so at its end, and may come again.
    let mut away = 0;
    for mut stream in held {
        stream.write_all(b"a").await?;
        let answer = said(&mut stream).await?;
        away +=
            usize::from(answer.starts_with("HTTP/1.1 429") && answer.to_ascii_lowercase().contains("retry-after: 1"));
    }
    ensure!(away == 22, "{away} of 24 were sent away, where two may push");
    ensure!(member.greet(node, &member.hello()?).await?.status == 200, "the member is heard again");
    Ok(())
}

async fn a_run_that_is_larger_than_a_member_has_room_for_is_told_to_come_again(store: Store) -> anyhow::Result<()> {
    let room = i64::try_from(32 * MEBIBYTE)?;
    let keys = [("exchange", "bytes_under_way_per_peer", room.into()), ("exchange", "bytes_under_way", room.into())];
    let (federation, member) = with_member(&store, &keys).await?;
    let node = &federation[0];
    let client = with_streams(&member)?;
    let address = format!("https://{}/hxp/v1/logs/{}/runs", node.exchange_address(), member.id);
    let push = || {
        let request = client.put(&address).header("content-type", RUN_MEDIA_TYPE);
        request.header("content-encoding", "gzip").body(gzip(15 * MEBIBYTE)).send()
    };
    // As sent it has room beside this one; decompressed it is more than there is.
    let held = begun(&member, node, 16 * MEBIBYTE).await?;
    let status = push().await?.status().as_u16();
    ensure!(status == 429, "{status}: it is read where there is no room");
    let counted = metric(node, &sent_away("bytes")).await?;
    ensure!(counted >= 1.0, "{counted} are counted");
    // The room is given back after any outcome; the text read is no run.
    drop(held);
    until("it is read where there is room", SOON, async || {
        Ok([400, 413].contains(&push().await?.status().as_u16()).then_some(()))
    })
    .await?;
    let run = member.write(&mut hotline_tests::hostile::Branch::default(), &member.creates(2)?)?;
    let answer = member.push(node, &run).await?;
    ensure!(answer.status == 200, "{}: {}", answer.status, answer.text);
    Ok(())
}

fn gzip(length: usize) -> Vec<u8> {
    // Stored blocks of 64 KiB at most, so that the ratio is one: a file of gzip by hand (RFC 1951, 1952).
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut left = length;
    while left > 0 {
        let block = left.min(65_535);
        left -= block;
        let size = u16::try_from(block).unwrap_or(u16::MAX);
        file.push(u8::from(left == 0));
        file.extend_from_slice(&size.to_le_bytes());
        file.extend_from_slice(&(!size).to_le_bytes());
        file.resize(file.len() + block, b'a');
    }
    file.extend_from_slice(&[0; 8]);
    file
}

async fn an_answer_that_nobody_reads_is_given_up_with_its_connection(store: Store) -> anyhow::Result<()> {
    let (federation, member) = with_member(&store, &[("exchange", "answer_timeout_seconds", 1.into())]).await?;
    let node = &federation[0];
    let rows: Vec<(String, String)> =
        (0..400).map(|number| (format!("r{number}"), format!("https://hosting.example/item/{number}"))).collect();
    node.cli.import(&rows).await?;
    let client = with_streams(&member)?;
    let zero = "0".repeat(64);
    let address = format!(
        "https://{}/hxp/v1/logs/{}/runs?ep=1&after=0&hash={zero}&wait=20",
        node.exchange_address(),
        node.who.id
    );
    let (answer, _) = until("a long run is there", SOON, async || {
        let answer = client.get(&address).send().await?;
        Ok(answer.content_length().is_some_and(|length| length > 150_000).then_some(answer))
    })
    .await?;
    until_open(node.exchange_address(), 0).await?;
    ensure!(metric(node, &cut("exchange", "unread")).await? >= 1.0, "it is counted");
    ensure!(answer.bytes().await.is_err(), "the rest of it is still held for whoever comes late");
    // A client that reads has it.
    let answer = with_streams(&member)?.get(&address).send().await?;
    let length = answer.content_length();
    ensure!(length.is_some_and(|length| length > 150_000), "{length:?}");
    ensure!(answer.bytes().await?.len() as u64 == length.unwrap_or_default(), "it is whole");
    Ok(())
}

async fn a_member_has_no_more_connections_than_it_may_and_is_still_heard(store: Store) -> anyhow::Result<()> {
    // A long silence does not end these.
    let keys = [("exchange", "connections_per_peer", 16.into()), ("exchange", "header_timeout_seconds", 300.into())];
    let (federation, member) = with_member(&store, &keys).await?;
    let node = &federation[0];
    let mut held = Vec::new();
    for _ in 0..24 {
        held.push(connection(&member, node.exchange_address()).await?);
    }
    until_open(node.exchange_address(), 16).await?;
    member.greeted(node, &member.hello()?).await?;
    let mut ended = 0;
    for stream in &mut held {
        ended += usize::from(is_ended(stream).await);
    }
    ensure!(ended >= 8, "{ended} of 24 were ended");
    ensure!(metric(node, &cut("exchange", "displaced")).await? >= 8.0, "they are counted");
    Ok(())
}

async fn idle_connections_of_strangers_leave_the_exchange_its_file_handles(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[1..]).await?;
    federation[0].cli.within = ["prlimit", "--nofile=640:640"].map(str::to_owned).to_vec();
    federation[0].start().await?;
    let (node, member) = (&federation[0], Member::of(&federation[1])?);
    let mut held = Vec::new();
    for _ in 0..700 {
        let mut stream = TcpStream::connect(node.public_address()).await?;
        // It may have been ended at once.
        let _ = stream.write_all(STREAM).await;
        held.push(stream);
    }
    until("the first give way, or all file handles are used up", SOON, async || {
        Ok((is_ended(&mut held[0]).await || node.handles()? >= 630).then_some(()))
    })
    .await?;
    member.greeted(node, &member.hello()?).await?;
    let (status, text) = node.report_publicly(r#"{"urls":["https://hosting.example/item"]}"#).await?;
    ensure!(status == 201, "whoever reports is let in: {status} {text}");
    ensure!(metric(node, &cut("public", "displaced")).await? >= 100.0, "it is counted");
    let (_, checks) = node.operations("/checks").await?;
    ensure!(checks.contains("file_handles") && checks.contains("LimitNOFILE="), "it is told: {checks}");
    Ok(())
}

async fn the_limit_of_open_files_is_raised_as_far_as_the_system_lets_it(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    federation[0].cli.within = ["prlimit", "--nofile=256:4096"].map(str::to_owned).to_vec();
    federation[0].start().await?;
    let limit = federation[0].handles_limit()?;
    ensure!(limit == 4_096, "{limit} files may be open, where the system lets it have 4096");
    let (_, checks) = federation[0].operations("/checks").await?;
    ensure!(checks.contains("4096 are allowed; connections: exchange 1024, office 256, public 1024"), "{checks}");
    Ok(())
}

/// A connection to the public listener, in the name of an address: this machine is a proxy that names the client.
async fn in_name_of(address: &str, node: &ProcessNode) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(node.public_address()).await?;
    stream.write_all(format!("PROXY TCP4 {address} 192.0.2.200 4711 443\r\n").as_bytes()).await?;
    Ok(stream)
}

const QUESTION: &[u8] = b"GET /api/v1/reports/FR-2026-000001 HTTP/1.1\r\nhost: localhost\r\n\r\n";
/// Nobody is asked for a secret before he is let in.
const ANSWERED: &str = "HTTP/1.1 401";

async fn an_address_holds_its_own_connections_and_no_others_place(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    federation[0].configure(&[
        ("public", "proxies", vec!["127.0.0.1".to_owned()].into()),
        ("public", "connections", 12.into()),
        ("public", "connections_per_address", 3.into()),
        // A long silence does not end these.
        ("public", "request_timeout_seconds", 300.into()),
    ])?;
    federation[0].start().await?;
    let node = &federation[0];
    let mut other = in_name_of("192.0.2.2", node).await?;
    other.write_all(QUESTION).await?;
    ensure!(said(&mut other).await?.starts_with(ANSWERED), "another address is let in");
    // More of one address than it may have: its own give way.
    let mut held = Vec::new();
    for _ in 0..6 {
        let mut stream = in_name_of("192.0.2.1", node).await?;
        stream.write_all(QUESTION).await?;
        ensure!(said(&mut stream).await?.starts_with(ANSWERED), "the newest is let in");
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
    ensure!(!is_ended(&mut other).await, "another address keeps its own");
    // More addresses than there are places: the address with most connections gives way, and the newest is let in.
    for last in 10..30 {
        let mut stream = in_name_of(&format!("192.0.2.{last}"), node).await?;
        stream.write_all(QUESTION).await?;
        ensure!(said(&mut stream).await?.starts_with(ANSWERED), "{last} is let in");
        held.push(stream);
    }
    let mut open = 0;
    for stream in &mut held {
        open += usize::from(!is_ended(stream).await);
    }
    ensure!(open <= 12, "{open} are open, where 12 may be");
    Ok(())
}

async fn a_connection_without_a_question_is_ended(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    federation[0]
        .configure(&[("public", "idle_seconds", 1.into()), ("public", "request_timeout_seconds", 1.into())])?;
    federation[0].start().await?;
    let node = &federation[0];
    for bytes in [PREFACE, QUESTION, STREAM] {
        let mut stream = TcpStream::connect(node.public_address()).await?;
        stream.write_all(bytes).await?;
        let ended = timeout(SOON, stream.read_to_end(&mut Vec::new())).await;
        ensure!(ended.is_ok(), "it is still open: {:?}", String::from_utf8_lossy(bytes));
    }
    until_metric(node, &cut("public", "idle"), 1.0).await
}

async fn one_address_uses_up_its_own_requests_and_nobody_elses(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    federation[0].configure(&[("public", "requests_per_minute_per_address", 5.into())])?;
    federation[0].start().await?;
    let node = &federation[0];
    let client = reqwest::Client::builder().no_proxy().build()?;
    let base = format!("http://{}", node.public_address());
    let read = async |forwarded: &str| -> anyhow::Result<u16> {
        let request = client.get(format!("{base}/api/v1/reports/FR-2026-000001")).header("x-forwarded-for", forwarded);
        Ok(request.send().await?.status().as_u16())
    };
    let report = async |forwarded: &str| -> anyhow::Result<u16> {
        let request = client.post(format!("{base}/api/v1/reports")).header("x-forwarded-for", forwarded);
        let body = r#"{"urls":["https://hosting.example/item"]}"#;
        Ok(request.header("content-type", "application/json").body(body).send().await?.status().as_u16())
    };
    // A minute may end meanwhile, so he asks until he is sent away; the addresses that he puts before his own do not
    // count.
    let mut asked = 0;
    while read(&format!("203.0.113.{asked}, 192.0.2.1")).await? != 429 {
        asked += 1;
        ensure!(asked < 20, "nobody is sent away");
    }
    ensure!(asked >= 5, "he may ask five times, and asked {asked}");
    ensure!(report("192.0.2.1").await? == 201, "who looks too often may still report");
    ensure!(report("192.0.2.2").await? == 201 && read("192.0.2.2").await? != 429, "others are served");
    until_metric(node, "hotline_requests_refused_total{listener=\"public\",reason=\"address\"}", 1.0).await
}
