//! A name server on loopback that speaks real DNS over UDP and TCP, and answers each question by the test's rule.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use hickory_resolver::proto::op::{Message, ResponseCode};
pub use hickory_resolver::proto::rr::RecordType;
use hickory_resolver::proto::rr::rdata::{A, AAAA};
use hickory_resolver::proto::rr::{RData, Record};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

/// Longest answer over UDP; a longer one is cut and asked for again over TCP.
const UDP_BYTES: usize = 1_232;

/// Validity of every answer, in seconds.
const SECONDS: u32 = 60;

/// A server's answer.
#[derive(Debug, Clone)]
pub enum Says {
    /// These addresses, those of the kind that was asked for.
    Addresses(Vec<IpAddr>),
    /// The name does not exist.
    NoSuchName,
    /// Nothing at all.
    Silence,
}

type Rule = dyn Fn(&str, RecordType) -> Says + Send + Sync;

/// State that the server shares between its questions.
struct Desk {
    rule: Box<Rule>,
    delay: Duration,
    asked: Mutex<HashMap<String, usize>>,
}

/// A name server. Dropped, it is gone.
pub struct NameServer {
    /// Where it listens.
    pub address: SocketAddr,
    desk: Arc<Desk>,
    _serving: JoinSet<()>,
}

impl NameServer {
    /// Starts one that answers each question after `delay` by `rule`. The rule takes the name in lower case without its
    /// last dot, and the kind of address.
    pub async fn start(
        delay: Duration,
        rule: impl Fn(&str, RecordType) -> Says + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let desk = Arc::new(Desk { rule: Box::new(rule), delay, asked: Mutex::default() });
        let (udp, tcp) = sockets().await?;
        let address = udp.local_addr()?;
        let mut serving = JoinSet::new();
        serving.spawn(serve_udp(Arc::new(udp), Arc::clone(&desk)));
        serving.spawn(serve_tcp(tcp, Arc::clone(&desk)));
        Ok(Self { address, desk, _serving: serving })
    }

    /// How many questions came about a name.
    #[must_use]
    pub fn asked(&self, name: &str) -> usize {
        self.desk.asked().get(name).copied().unwrap_or(0)
    }

    /// Every name that was asked about.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.desk.asked().keys().cloned().collect()
    }
}

/// The same port for both: UDP may be free where TCP is not.
async fn sockets() -> anyhow::Result<(UdpSocket, TcpListener)> {
    for _ in 0..100 {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr()?).await {
            return Ok((udp, tcp));
        }
    }
    anyhow::bail!("no port is free for both UDP and TCP")
}

async fn serve_udp(socket: Arc<UdpSocket>, desk: Arc<Desk>) {
    let mut answering = JoinSet::new();
    let mut buffer = [0; 1_500];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let (question, socket, desk) = (buffer[..length].to_vec(), Arc::clone(&socket), Arc::clone(&desk));
        answering.spawn(async move {
            if let Some(answer) = desk.answer(&question, UDP_BYTES).await {
                // The asker may be gone.
                let _ = socket.send_to(&answer, from).await;
            }
        });
        while answering.try_join_next().is_some() {}
    }
}

async fn serve_tcp(listener: TcpListener, desk: Arc<Desk>) {
    let mut answering = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let desk = Arc::clone(&desk);
        answering.spawn(async move {
            // The asker may hang up.
            let _ = converse(stream, &desk).await;
        });
        while answering.try_join_next().is_some() {}
    }
}

async fn converse(mut stream: TcpStream, desk: &Desk) -> anyhow::Result<()> {
    loop {
        let mut question = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut question).await?;
        let answer = desk.answer(&question, usize::from(u16::MAX)).await.context("nothing is said")?;
        stream.write_u16(u16::try_from(answer.len())?).await?;
        stream.write_all(&answer).await?;
    }
}

impl Desk {
    fn asked(&self) -> std::sync::MutexGuard<'_, HashMap<String, usize>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, question: &[u8], most_bytes: usize) -> Option<Vec<u8>> {
        let question = Message::from_vec(question).ok()?;
        let query = question.queries.first()?;
        let name = query.name().to_ascii().trim_end_matches('.').to_lowercase();
        *self.asked().entry(name.clone()).or_default() += 1;
        let says = (self.rule)(&name, query.query_type());
        let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
        answer.add_query(query.clone());
        match says {
            Says::Addresses(addresses) => {
                let data = addresses.into_iter().filter_map(|address| match (address, query.query_type()) {
                    (IpAddr::V4(address), RecordType::A) => Some(RData::A(A(address))),
                    (IpAddr::V6(address), RecordType::AAAA) => Some(RData::AAAA(AAAA(address))),
                    _ => None,
                });
                answer.add_answers(data.map(|data| Record::from_rdata(query.name().clone(), SECONDS, data)));
            }
            Says::NoSuchName => answer.metadata.response_code = ResponseCode::NXDomain,
            Says::Silence => return None,
        }
        if !self.delay.is_zero() {
            // The delay is the subject of the test: a server far away.
            let _ = tokio::time::timeout(self.delay, std::future::pending::<()>()).await;
        }
        let bytes = answer.to_vec().ok()?;
        if bytes.len() <= most_bytes { Some(bytes) } else { answer.truncate().to_vec().ok() }
    }
}
