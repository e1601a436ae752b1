use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use hickory_resolver::proto::op::{Edns, Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::opt::EdnsOption;
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::crowd::{Told, UNLIKE_NAMES, suspect};
use super::testimony::{Answer, BlockedWhy};
use super::*;
use crate::geolocation::stop_page::StopPages;

/// Behaviour of a name server on loopback at a question.
enum Does {
    Gives(&'static str),
    Denies(ResponseCode),
    GoesOnAt(&'static str),
    Withholds(u16),
    Nothing,
}

/// A name server on loopback, with every question that came.
struct NameServer {
    socket: UdpSocket,
    does: fn(&str, RecordType) -> Does,
    asked: Mutex<Vec<(String, RecordType)>>,
}

impl NameServer {
    async fn new(does: fn(&str, RecordType) -> Does) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        Self { socket, does, asked: Mutex::default() }
    }

    fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("an address")
    }

    fn asked(&self, name: &str) -> usize {
        self.asked.lock().expect("unbroken").iter().filter(|(asked, _)| asked == name).count()
    }

    async fn serve(&self) {
        let mut buffer = [0; 1500];
        loop {
            let (length, from) = self.socket.recv_from(&mut buffer).await.expect("a question");
            let question = Message::from_vec(&buffer[..length]).expect("a question of DNS");
            let query = question.queries.first().expect("one query");
            let (name, kind) = (query.name().to_ascii(), query.query_type());
            let does = (self.does)(name.trim_end_matches('.'), kind);
            self.asked.lock().expect("unbroken").push((name, kind));
            if let Some(reply) = reply(&question, &does) {
                self.socket.send_to(&reply.to_vec().expect("an answer of DNS"), from).await.expect("is sent");
            }
        }
    }
}

fn reply(question: &Message, does: &Does) -> Option<Message> {
    let query = question.queries.first().expect("one query");
    let mut reply = Message::response(question.metadata.id, question.metadata.op_code);
    reply.add_query(query.clone());
    let mut add = |data| {
        reply.add_answer(Record::from_rdata(query.name().clone(), 60, data));
    };
    match does {
        Does::Gives(addresses) => {
            for address in addresses.split_whitespace().map(ip) {
                match (address, query.query_type()) {
                    (IpAddr::V4(address), RecordType::A) => add(RData::A(A(address))),
                    (IpAddr::V6(address), RecordType::AAAA) => add(RData::AAAA(AAAA(address))),
                    _ => {}
                }
            }
        }
        Does::GoesOnAt(alias) => add(RData::CNAME(CNAME(Name::from_ascii(alias).expect("a name")))),
        Does::Denies(code) => reply.metadata.response_code = *code,
        Does::Withholds(code) => {
            reply.metadata.response_code = ResponseCode::NXDomain;
            let mut edns = Edns::new();
            edns.options_mut().insert(EdnsOption::Unknown(15, code.to_be_bytes().to_vec()));
            reply.set_edns(edns);
        }
        Does::Nothing => return None,
    }
    Some(reply)
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("a test's address")
}

fn found(texts: &str) -> Answer {
    let sample: Vec<IpAddr> = texts.split_whitespace().map(ip).collect();
    Answer::Addresses { count: u32::try_from(sample.len()).expect("is small"), sample }
}

fn blocked(texts: &str, why: BlockedWhy) -> Answer {
    Answer::Blocked { sample: texts.split_whitespace().map(ip).collect(), why }
}

fn resolvers(servers: &[&NameServer]) -> Resolvers {
    let addresses: Vec<SocketAddr> = servers.iter().map(|server| server.address()).collect();
    Resolvers::new(&addresses, StopPages::default()).expect("has servers")
}

async fn answers(resolvers: &Resolvers, name: &str) -> Vec<Answer> {
    let (_, testimonies) = resolvers.ask_many([name.to_owned()]).all().await.pop().expect("one name");
    testimonies.into_iter().map(|testimony| testimony.answer).collect()
}

/// Runs a test while servers answer.
async fn with<T>(servers: &[&NameServer], test: impl Future<Output = T>) -> T {
    let serving = futures_util::future::join_all(servers.iter().map(|server| server.serve()));
    tokio::select! {
        outcome = test => outcome,
        _ = serving => unreachable!("servers never end"),
    }
}

fn honest(name: &str, kind: RecordType) -> Does {
    match (name, kind) {
        ("ipv4only.arpa", RecordType::A) => Does::Gives("192.0.0.170 192.0.0.171"),
        ("both.example.org", _) => Does::Gives("2001:db8::1 192.0.2.9 192.0.2.1 192.0.2.9"),
        ("half.example.org", RecordType::A) => Does::Gives("192.0.2.2"),
        ("internal.example.org", _) => Does::Gives("10.0.0.1 fe80::1"),
        ("alias.example.org", _) => Does::GoesOnAt("half6.example.org."),
        ("half6.example.org", _) => Does::Gives("2001:db8::6 192.0.2.6"),
        ("round.example.org", _) => Does::GoesOnAt("round.example.org."),
        ("empty.example.org" | "ipv4only.arpa", _) => Does::Denies(ResponseCode::NoError),
        ("failing.example.org", _) => Does::Denies(ResponseCode::ServFail),
        ("censored.example.org", _) => Does::Withholds(16),
        ("stale.example.org", _) => Does::Withholds(3),
        ("half.example.org" | "silent.example.org", _) => Does::Nothing,
        _ => Does::Denies(ResponseCode::NXDomain),
    }
}

#[tokio::test]
async fn answers_denials_blocks_and_failures_are_told_apart() {
    let server = NameServer::new(honest).await;
    let resolvers = resolvers(&[&server]);
    let asking = async {
        for (name, expected) in [
            ("both.example.org", found("192.0.2.1 192.0.2.9 2001:db8::1")),
            ("alias.example.org", found("192.0.2.6 2001:db8::6")),
            ("internal.example.org", blocked("10.0.0.1 fe80::1", BlockedWhy::NoPlace)),
            ("censored.example.org", blocked("", BlockedWhy::Told)),
            ("none.example.org", Answer::NoAddress),
            ("stale.example.org", Answer::NoAddress),
            ("empty.example.org", Answer::NoAddress),
            ("round.example.org", Answer::NoAddress),
            ("failing.example.org", Answer::Silent),
            ("no name", Answer::NoAddress),
            ("", Answer::NoAddress),
        ] {
            assert_eq!(answers(&resolvers, name).await, [expected], "{name}");
        }
    };
    with(&[&server], asking).await;
}

#[tokio::test]
async fn an_address_does_not_wait_long_for_its_other_half_and_a_silent_host_is_not_asked_again() {
    let server = NameServer::new(honest).await;
    let resolvers = resolvers(&[&server]);
    let asking = async {
        let began = Instant::now();
        assert_eq!(answers(&resolvers, "half.example.org").await, [found("192.0.2.2")]);
        assert!(began.elapsed().as_secs_f32() < 1.4, "{:?}", began.elapsed());
        assert_eq!(answers(&resolvers, "silent.example.org").await, [Answer::Silent]);
        let asked = server.asked("silent.example.org.");
        let began = Instant::now();
        assert_eq!(answers(&resolvers, "silent.example.org").await, [Answer::Silent]);
        assert!(began.elapsed().as_secs_f32() < 0.5, "{:?}", began.elapsed());
        assert_eq!(server.asked("silent.example.org."), asked);
    };
    with(&[&server], asking).await;
}

#[tokio::test]
async fn each_name_is_asked_once_and_an_answer_is_remembered() {
    let server = NameServer::new(honest).await;
    let resolvers = resolvers(&[&server]);
    let asking = async {
        let names = || ["both.example.org", "both.example.org", "none.example.org"].map(str::to_owned);
        assert_eq!(resolvers.ask_many(names()).all().await.len(), 2);
        assert_eq!(resolvers.ask_many(names()).all().await.len(), 2);
    };
    with(&[&server], asking).await;
    assert_eq!(server.asked("both.example.org."), 2, "once for each kind of address");
}

#[tokio::test]
async fn quick_names_do_not_wait_for_silent_ones() {
    let server = NameServer::new(honest).await;
    let resolvers = resolvers(&[&server]);
    let asking = async {
        let began = Instant::now();
        let names = ["silent.example.org", "both.example.org", "none.example.org"].map(str::to_owned);
        let mut asking = resolvers.ask_many(names);
        let first = asking.next_wave().await.expect("some are quick");
        let mut quick: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
        quick.sort_unstable();
        assert_eq!(quick, ["both.example.org", "none.example.org"]);
        assert!(began.elapsed().as_secs_f32() < 1.0, "{:?}", began.elapsed());
        assert_eq!(asking.next_wave().await.expect("one is silent").len(), 1);
        assert_eq!(asking.next_wave().await, None);
    };
    with(&[&server], asking).await;
}

#[tokio::test]
async fn what_a_translating_server_makes_up_is_read_back_and_a_liars_answer_is_blocked() {
    let translating = NameServer::new(|name, kind| match (name, kind) {
        ("ipv4only.arpa", RecordType::AAAA) => Does::Gives("2001:db8:122:c000:0:aa00::"),
        ("only4.example.org", RecordType::A) => Does::Gives("192.0.2.33"),
        ("only4.example.org" | "only6.example.org", _) => Does::Gives("2001:db8:122:c000:2:2100::"),
        _ => honest(name, kind),
    });
    let (translating, liar) = (translating.await, NameServer::new(|_, _| Does::Gives("203.0.113.5")).await);
    let resolvers = resolvers(&[&translating, &liar]);
    let asking = async {
        let lie = blocked("203.0.113.5", BlockedWhy::FalseAnswer);
        for name in ["only4.example.org", "only6.example.org"] {
            assert_eq!(answers(&resolvers, name).await, [found("192.0.2.33"), lie.clone()], "{name}");
        }
        let shown: Vec<String> = resolvers.examine().await.iter().map(ToString::to_string).collect();
        assert!(
            shown[0].contains("as it should; it makes up IPv6 addresses (DNS64) under 2001:db8:122::/48"),
            "{shown:?}"
        );
        assert!(shown[1].contains("lies: it gives 203.0.113.5 for"), "{shown:?}");
    };
    with(&[&translating, &liar], asking).await;
}

/// Returns the servers' testimonies about names after suspicion, without a book.
async fn weighed(resolvers: &Resolvers, names: impl Iterator<Item = String>, vouched: &str) -> Vec<Told> {
    let mut told = resolvers.ask_many(names).all().await;
    suspect(&mut told, None, |address| vouched.split(' ').any(|one| one == address.to_string()), 0).await;
    told
}

#[tokio::test]
async fn the_first_names_that_lead_to_a_stop_page_do_not_pass_and_no_second_witness_lifts_the_suspicion() {
    let stopping = |name: &str, kind| match name.strip_prefix("blocked-") {
        Some(_) if kind == RecordType::A => Does::Gives("203.0.113.5"),
        _ => honest(name, kind),
    };
    let first = NameServer::new(stopping).await;
    let (second, third) = (NameServer::new(honest).await, NameServer::new(stopping).await);
    let names = || (0..20).map(|number| format!("blocked-{number}.example"));
    let shared = blocked("203.0.113.5", BlockedWhy::Shared);
    let asking = async {
        for (_, testimonies) in weighed(&resolvers(&[&first, &second]), names(), "").await {
            assert_eq!(testimonies[0].answer, shared);
            assert_eq!(testimonies[1].answer, Answer::NoAddress);
        }
        for (_, testimonies) in weighed(&resolvers(&[&first, &third]), names(), "").await {
            assert!(testimonies.iter().all(|testimony| testimony.answer == shared), "both block by one list");
        }
        let few = weighed(&resolvers(&[&first]), names().take(UNLIKE_NAMES - 1), "").await;
        assert!(few.iter().all(|(_, testimonies)| testimonies[0].answer == found("203.0.113.5")));
        let delivered = weighed(&resolvers(&[&first]), names(), "203.0.113.5 203.0.113.6").await;
        assert!(delivered.iter().all(|(_, testimonies)| testimonies[0].answer == found("203.0.113.5")));
    };
    with(&[&first, &second, &third], asking).await;
}

#[tokio::test]
async fn a_host_with_many_addresses_is_no_stop_page() {
    let many = "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 192.0.2.6 192.0.2.7 192.0.2.8 192.0.2.9";
    let server = NameServer::new(|name, kind| match (name, kind) {
        (name, RecordType::A) if name.starts_with("host-") => {
            Does::Gives("192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 192.0.2.6 192.0.2.7 192.0.2.8 192.0.2.9")
        }
        _ => honest(name, kind),
    });
    let server = server.await;
    let resolvers = resolvers(&[&server]);
    let names = (0..50).map(|number| format!("host-{number}.example"));
    let told = with(&[&server], weighed(&resolvers, names, "")).await;
    assert!(told.iter().all(|(_, testimonies)| testimonies[0].answer == found(many)));
}

#[tokio::test]
async fn an_absent_server_is_found_out_and_then_delays_nothing() {
    let server = NameServer::new(|_, _| Does::Nothing).await;
    let names = (0..200).map(|number| format!("host-{number}.example"));
    let (resolvers, began) = (resolvers(&[&server]), Instant::now());
    let heard = with(&[&server], resolvers.ask_many(names).all()).await;
    assert!(heard.iter().all(|(_, testimonies)| testimonies[0].answer == Answer::Silent));
    assert_eq!(heard.len(), 200);
    assert!(began.elapsed().as_secs_f32() < 9.0, "{:?}", began.elapsed());
    let closed = NameServer::new(honest).await.address();
    let resolvers = Resolvers::new(&[closed], StopPages::default()).expect("has a server");
    assert_eq!(answers(&resolvers, "both.example.org").await, [Answer::Silent]);
    assert!(resolvers.examine().await[0].to_string().ends_with("does not answer"));
}

#[test]
fn without_name_servers_nobody_is_asked_and_one_that_is_named_twice_is_one_witness() {
    assert!(Resolvers::new(&[], StopPages::default()).is_none());
    let address = "127.0.0.1:53".parse().expect("an address");
    let resolvers = Resolvers::new(&[address, address], StopPages::default()).expect("has a server");
    assert!(format!("{resolvers:?}").matches("127.0.0.1:53").count() == 1);
}
