use std::net::Ipv4Addr;

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::rr::rdata::{A, AAAA};
use hickory_resolver::proto::rr::{Record, RecordType};
use tokio::net::UdpSocket;

use super::*;

/// A name server on loopback that knows two names, fails for a third, and denies every other.
async fn serve(socket: &UdpSocket) {
    let mut buffer = [0; 1500];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).await.expect("a question");
        let question = Message::from_vec(&buffer[..length]).expect("a question of DNS");
        let reply = reply(&question).to_vec().expect("an answer of DNS");
        socket.send_to(&reply, from).await.expect("is sent");
    }
}

fn reply(question: &Message) -> Message {
    let query = question.queries.first().expect("one query");
    let mut reply = Message::response(question.metadata.id, question.metadata.op_code);
    reply.add_query(query.clone());
    let data = match (query.name().to_ascii().as_str(), query.query_type()) {
        ("both.example.org.", RecordType::A) => Some(RData::A(A::new(192, 0, 2, 1))),
        ("both.example.org.", RecordType::AAAA) => Some(RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))),
        ("half.example.org.", RecordType::A) => Some(RData::A(A::new(192, 0, 2, 2))),
        _ => None,
    };
    reply.metadata.response_code = match (query.name().to_ascii().as_str(), &data) {
        ("half.example.org.", _) | (_, Some(_)) => ResponseCode::NoError,
        ("failing.example.org.", None) => ResponseCode::ServFail,
        _ => ResponseCode::NXDomain,
    };
    reply.add_answers(data.map(|data| Record::from_rdata(query.name().clone(), 60, data)));
    reply
}

#[tokio::test]
async fn answers_denials_and_failures_are_told_apart() {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = socket.local_addr().expect("an address");
    let resolver = Resolver::new(&[address]).expect("is configured").expect("has a server");
    let asking = async {
        for (name, expected) in [
            ("both.example.org", Answer::Addresses(vec![ip("192.0.2.1"), ip("2001:db8::1")])),
            ("half.example.org", Answer::Addresses(vec![ip("192.0.2.2")])),
            ("none.example.org", Answer::NoAddress),
            ("failing.example.org", Answer::TryAgain),
            ("no name", Answer::NoAddress),
            ("", Answer::NoAddress),
        ] {
            assert_eq!(resolver.ask(name).await, expected, "{name}");
        }
    };
    tokio::select! {
        () = asking => {}
        () = serve(&socket) => unreachable!("the server never ends"),
    }
}

#[tokio::test]
async fn an_absent_name_server_means_try_again() {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = socket.local_addr().expect("an address");
    drop(socket);
    let resolver = Resolver::new(&[address]).expect("is configured").expect("has a server");
    assert_eq!(resolver.ask("both.example.org").await, Answer::TryAgain);
}

#[test]
fn without_name_servers_there_is_no_resolver() {
    assert!(Resolver::new(&[]).expect("is configured").is_none());
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("a test's address")
}
