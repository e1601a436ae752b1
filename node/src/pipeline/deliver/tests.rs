//! A sender's handling of a peer's answers, over real TLS.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hotline_protocol::log::Cursor;
use hotline_protocol::problem::{Document, Problem};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::exchange::log::seal::SealGuard;
use crate::exchange::{HubSettings, Links, Start};
use crate::pipeline::test_house::{TestHouse, offer, settings};
use crate::report::head;
use crate::shutdown::Tasks;
use crate::trust::handshake::test_certificate::{TestCertificate, peer};
use crate::trust::handshake::test_handshake::{Federation, OWN, PEER};
use crate::trust::peer::PeerStanding;

/// A peer's answer, given the entry of the run that was sent, and the number of times that run was sent before.
type Answer = fn(&Ends, u64, usize) -> (u16, Value);

/// Where the two runs end, each one entry long.
struct Ends([Cursor; 2]);

impl Ends {
    fn confirmed(&self, seq: u64) -> (u16, Value) {
        let cursor = if seq == 1 { self.0[0] } else { self.0[1] };
        (200, json!({ "cursor": cursor, "wants": [] }))
    }
}

fn gap(cursor: Cursor) -> (u16, Value) {
    let cursor = serde_json::to_value(cursor).expect("JSON");
    (409, serde_json::to_value(Document::new(Problem::Gap).with_member("cursor", cursor)).expect("JSON"))
}

/// A node with two runs for a peer, and the result of delivering them.
struct Delivery {
    result: Result<(), DeliverFault>,
    acknowledged: Cursor,
    ends: Ends,
    /// The first entry of each run that was sent.
    sent: Vec<u64>,
}

impl Delivery {
    async fn to_a_peer_that_answers(answer: Answer) -> Self {
        let house = TestHouse::with_peers(&[PEER]).await;
        let mut ends = Vec::new();
        for _ in 0..2 {
            offer(&house.context, PEER).await;
            house.seal().await;
            ends.push(head(house.context.database.read(), &house.context.own).await.expect("readable"));
        }
        let ends = Arc::new(Ends([ends[0], ends[1]]));
        let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
        let federation = Federation::of_two(&own, &theirs);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let called = Peer {
            endpoint: format!("https://{}", listener.local_addr().expect("an address")),
            ..peer(PEER, PeerStanding::Active)
        };
        let mut tls = (*federation.server(&theirs)).clone();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let sent = Arc::new(Mutex::new(Vec::new()));
        let tasks = Tasks::new();
        answer_all(&tasks, listener, TlsAcceptor::from(Arc::new(tls)), Arc::clone(&ends), Arc::clone(&sent), answer);

        let start = Start { boot: String::new(), shown: own.shown(), sealer: house.sealer().await, gate: gate() };
        let one_by_one = HubSettings { run_entries: 1, ..settings() };
        let hub = Hub::new(house.context.clone(), one_by_one, Arc::clone(&federation.directory), Links::new([]), start);
        let client = hub.client(&called).expect("a client");
        let stop = tasks.stop_signal();
        let delivered = deliver(&hub, &called, &client, &stop);
        let result = tokio::time::timeout(Duration::from_secs(20), delivered).await.expect("it ends");
        let acknowledged = hub.links.of(&called.id).acknowledged;
        drop(client);
        tasks.stop(Duration::from_secs(5)).await;
        let sent = sent.lock().expect("nobody panicked").clone();
        Self { result, acknowledged, ends: Ends(ends.0), sent }
    }
}

fn gate() -> SealGuard {
    let nothing = crate::exchange::log::seal::OwnLog { head: Cursor::START, signed: Cursor::START.position() };
    SealGuard::at_start(&nothing, None, false, [].into())
}

/// Takes connections, and answers each push on them.
fn answer_all(
    tasks: &Tasks,
    listener: TcpListener,
    acceptor: TlsAcceptor,
    ends: Arc<Ends>,
    sent: Arc<Mutex<Vec<u64>>>,
    answer: Answer,
) {
    let connections = tasks.clone();
    tasks.spawn("peer", move |stop| async move {
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => accepted.expect("a connection").0,
                () = stop.stopped() => return,
            };
            let (acceptor, ends, sent) = (acceptor.clone(), Arc::clone(&ends), Arc::clone(&sent));
            connections.spawn("peer's connection", move |stop| async move {
                let mut stream = BufReader::new(acceptor.accept(stream).await.expect("a handshake"));
                loop {
                    let text = tokio::select! {
                        text = request(&mut stream) => text,
                        () = stop.stopped() => return,
                    };
                    let Some(text) = text else { return };
                    let seq = if text.contains("\"seq\":1,\"prev\"") { 1 } else { 2 };
                    let before = {
                        let mut sent = sent.lock().expect("nobody panicked");
                        sent.push(seq);
                        sent.iter().filter(|other| **other == seq).count() - 1
                    };
                    let (status, document) = answer(&ends, seq, before);
                    let body = document.to_string();
                    let head = format!("HTTP/1.1 {status} Answer\r\ncontent-length: {}\r\n\r\n", body.len());
                    if stream.write_all((head + &body).as_bytes()).await.is_err() || stream.flush().await.is_err() {
                        return;
                    }
                }
            });
        }
    });
}

/// The body of the next request; `None` at the connection's end.
async fn request(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?.to_lowercase();
    let length = head.split_once("content-length: ")?.1.split("\r\n").next()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    String::from_utf8(body).ok()
}

#[tokio::test]
async fn all_runs_are_given_once() {
    let delivery = Delivery::to_a_peer_that_answers(|ends, seq, _| ends.confirmed(seq)).await;
    assert!(delivery.result.is_ok());
    assert_eq!(delivery.acknowledged, delivery.ends.0[1]);
    let mut sent = delivery.sent;
    sent.sort_unstable();
    assert_eq!(sent, [1, 2]);
}

#[tokio::test]
async fn a_run_that_overtook_the_one_before_it_is_sent_again_alone() {
    let overtaken: Answer = |ends, seq, before| {
        if seq == 2 && before == 0 { gap(Cursor::START) } else { ends.confirmed(seq) }
    };
    let delivery = Delivery::to_a_peer_that_answers(overtaken).await;
    assert!(delivery.result.is_ok());
    assert_eq!(delivery.acknowledged, delivery.ends.0[1]);
    assert_eq!(
        delivery.sent.iter().filter(|seq| **seq == 1).count(),
        1,
        "{:?}: the first is confirmed and stays so",
        delivery.sent
    );
}

#[tokio::test]
async fn a_peer_that_never_moves_is_left_alone_for_a_while() {
    let never: [Answer; 2] = [|_, _, _| (200, json!({ "cursor": Cursor::START })), |_, _, _| gap(Cursor::START)];
    for answer in never {
        let delivery = Delivery::to_a_peer_that_answers(answer).await;
        assert!(matches!(delivery.result, Err(DeliverFault::Send(SendFault::Malformed))));
        assert!(delivery.sent.len() <= 4, "two rounds of two runs: {:?}", delivery.sent);
        assert_eq!(delivery.acknowledged, Cursor::START);
    }
}
