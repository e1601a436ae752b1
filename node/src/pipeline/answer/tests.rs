//! Offers, with one that is bad or stands where no name server answers: the others are answered.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::rr::rdata::A;
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use hotline_protocol::entry::{Body, EntryType, Salt};
use hotline_protocol::id::ReportId;
use hotline_protocol::vocabulary::{Assessment, State};
use tokio::net::UdpSocket;

use super::*;
use crate::access::alert::list_open;
use crate::config::section::RoutingSection;
use crate::geolocation::{Geolocator, Settings};
use crate::pipeline::test_house::{Hand, TestHouse, node};
use crate::pipeline::{PreparedRun, apply_run};
use crate::report::query::repository::by_ids;
use crate::report::replay::ReceivedBody;
use crate::storage::ConnectionTrait as _;

const PEER: &str = "de-a";
const OWN: &str = "fr-example";

/// Offers of the peer to us, one for each host; gives the reports' keys.
async fn offered(house: &TestHouse, hosts: &[&str]) -> Vec<i64> {
    let (mut contents, mut bodies, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for host in hosts {
        let mut body = Body::new(Salt::from_bytes([5; 16]));
        body.url = Some(format!("https://{host}/item").parse().expect("a URL"));
        body.assessments = vec![AssessmentRecord::new(node(PEER), 1_000, Assessment::Baseline, Offence::Csam)];
        let line = body.to_line().expect("a line");
        let rid = house.context.randomness.uuid_v7(house.context.clock.now());
        let mut create = hotline_protocol::entry::Content::new(EntryType::Create, 0);
        (create.org, create.rid) = (Some(node(PEER)), Some(rid));
        (create.target, create.to) = (Some(node(OWN)), vec![node(OWN)]);
        create.commit(line.commitment());
        ids.push(ReportId { origin: node(PEER), rid });
        bodies.push(ReceivedBody::new(&house.context.seal, &EntryType::Create, &line));
        contents.push(create);
    }
    let (run, _) = Hand::of(PEER).write(&contents);
    let mut prepared = PreparedRun::new(&house.context, run);
    for (place, body) in bodies.into_iter().enumerate() {
        prepared.bodies[place] = Some(body);
    }
    apply_run(&house.context, &prepared).await.expect("applied");
    let mut keys = Vec::new();
    for id in &ids {
        keys.push(by_ids(house.context.database.read(), std::slice::from_ref(id)).await.expect("readable")[0].key);
    }
    keys
}

/// Looks at all offers, so many at once; gives how many were answered.
async fn answer_all(house: &TestHouse, locator: &Locator, limit: u64) -> usize {
    let (mut after, mut count) = (Some(0), 0);
    while let Some(from) = after {
        let (answered, last) = answer_offers(&house.context, locator, (from, limit), (false, &mut HeldBack::new(600)))
            .await
            .expect("looked");
        (count, after) = (count + answered, last);
    }
    count
}

async fn damage(house: &TestHouse, sql: &str) {
    let write = house.context.database.write("damage").await.expect("a turn");
    write.execute_unprepared(sql).await.expect("damaged");
    write.commit().await.expect("committed");
}

#[tokio::test]
async fn a_bad_offer_costs_itself_alone_wherever_it_stands_and_is_told_once() {
    for bad in 0..3 {
        for (what, damage_of) in [
            ("its entry", "UPDATE entry SET header = '{' WHERE report = "),
            ("its row", "UPDATE report SET state = 'of_no_version' WHERE id = "),
        ] {
            for limit in [1, 100] {
                let house = TestHouse::with_peers(&[PEER]).await;
                let keys = offered(&house, &["a.example"; 3]).await;
                damage(&house, &format!("{damage_of}{}", keys[bad])).await;
                let locator = house.locator("FR").await;
                let place = format!("{what}, the {bad}th, {limit} at once");
                assert_eq!(answer_all(&house, &locator, limit).await, 2, "{place}");
                assert_eq!(answer_all(&house, &locator, limit).await, 0, "{place}: it may be run again");
                for (number, key) in keys.iter().enumerate().filter(|(number, _)| *number != bad) {
                    assert_eq!(house.report(*key).await.state, State::Accepted, "{place}: {number}");
                }
                let open = list_open(&house.context.database).await.expect("read");
                let told: Vec<_> = open.iter().map(|alert| alert.kind.as_str()).collect();
                assert_eq!(told, ["report_set_aside"], "{place}");
            }
        }
    }
}

/// A name server that knows one host, and says nothing about any other.
async fn answer_about(socket: &UdpSocket, known: &str) {
    let mut buffer = [0; 1_500];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).await.expect("a question");
        let question = Message::from_vec(&buffer[..length]).expect("a question of DNS");
        let query = question.queries.first().expect("one query");
        let name = query.name().to_ascii().trim_end_matches('.').to_lowercase();
        let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
        answer.add_query(query.clone());
        let address = match name.as_str() {
            "ipv4only.arpa" => Ipv4Addr::new(192, 0, 0, 170),
            name if name == known => Ipv4Addr::new(192, 0, 2, 1),
            _ => continue,
        };
        if query.query_type() == RecordType::A {
            answer.add_answer(Record::from_rdata(query.name().clone(), 60, RData::A(A(address))));
        }
        socket.send_to(&answer.to_vec().expect("an answer of DNS"), from).await.expect("is sent");
    }
}

#[tokio::test]
async fn an_offer_whose_host_no_name_server_answers_for_waits_alone() {
    let house = TestHouse::with_peers(&[PEER]).await;
    let keys = offered(&house, &["silent.example", "known.example", "known.example"]).await;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/geolocation/documentation.mmdb");
    let resolver = vec![socket.local_addr().expect("an address")];
    let settings = Settings { country_databases: vec![data], resolver, ..Settings::default() };
    let geolocator = Arc::new(Geolocator::open(&settings).expect("location data"));
    let locator = Locator::new(&house.context, geolocator, &RoutingSection::default()).await.expect("a placer");
    let serving = answer_about(&socket, "known.example");
    let others_answered = async {
        // Recorded as soon as they are located, before the silent one is given up.
        let mut changes = house.context.database.changes();
        while house.report(keys[1]).await.state != State::Accepted {
            changes.changed().await.expect("the database lives");
        }
        assert_eq!(house.report(keys[0]).await.state, State::Offered);
    };
    let answered = async { tokio::join!(answer_all(&house, &locator, 100), others_answered).0 };
    let answered = tokio::time::timeout(Duration::from_mins(1), answered);
    let count = tokio::select! {
        count = answered => count.expect("it ends"),
        () = serving => unreachable!("it never ends"),
    };
    assert_eq!(count, 2, "the silent one is asked about again later");
    assert_eq!(house.report(keys[2]).await.state, State::Accepted);
    let silent = house.report(keys[0]).await;
    assert_eq!((silent.state, silent.route), (State::Offered, None), "it waits for nobody but the name server");
}

#[tokio::test]
async fn refusals_beyond_an_hours_are_held_back_and_given_in_the_next_hours() {
    let house = TestHouse::with_peers(&[PEER]).await;
    let locator = house.placer_of("192.0.2.33 a.example b.example c.example d.example e.example").await;
    let keys = offered(&house, &["a.example", "b.example", "c.example", "d.example", "e.example"]).await;
    let mut held_back = HeldBack::new(2);
    let mut answered = Vec::new();
    for _ in 0..4 {
        for _ in 0..2 {
            let (count, _) =
                answer_offers(&house.context, &locator, (0, 100), (false, &mut held_back)).await.expect("looked");
            answered.push(count);
        }
        house.context.clock.advance(Duration::from_hours(1));
    }
    assert_eq!(answered, [2, 0, 2, 0, 1, 0, 0, 0]);
    for key in keys {
        let refused = house.report(key).await.offer.and_then(|offer| offer.refused);
        assert!(refused.is_some(), "nothing is lost");
    }
    let told = list_open(&house.context.database).await.expect("read");
    assert_eq!(told.len(), 1, "one call");
}
