//! One question to one name server, and the answer to it: over UDP, and over TCP where the answer is too long for that.
//!
//! The library's own resolver chooses a server by chance and hides the further content of negative answers (RFC 8914).
//! So only its messages are used here. Each question goes from a port of its own with a random number. Only an answer
//! from that server to that question with that number is taken: a forger must guess both.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RecordType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::reply::{Reply, Said, answers, read};
use crate::randomness::Randomness;

/// How long a server may take: the first time it is asked, and once more, for packets get lost.
pub(super) const PATIENCE: [Duration; 2] = [Duration::from_millis(1_500), Duration::from_millis(2_500)];

/// The same for questions that the node asks on its own account, about names that reveal nothing.
pub(super) const CONTROL_PATIENCE: [Duration; 2] = [Duration::from_millis(750), Duration::from_millis(1_250)];

/// Bytes of an answer over UDP that pass everywhere without being cut up (DNS flag day 2020).
const UDP_BYTES: u16 = 1_232;

/// Most aliases that are asked for, one after the other.
const MOST_ALIASES: usize = 8;

/// Asks a server for the addresses of one kind that a name has, along its aliases.
pub(super) async fn addresses(server: SocketAddr, name: &Name, kind: RecordType, patience: &[Duration]) -> Reply {
    let (mut name, mut seconds) = (name.clone(), u32::MAX);
    for _ in 0..MOST_ALIASES {
        match ask(server, &Query::query(name, kind), patience).await {
            Reply::Said(Said { alias: Some(alias), seconds: of_alias, .. }) => {
                seconds = seconds.min(of_alias);
                name = alias;
            }
            Reply::Said(said) => return Reply::Said(Said { seconds: seconds.min(said.seconds), ..said }),
            other => return other,
        }
    }
    Reply::Failed
}

async fn ask(server: SocketAddr, query: &Query, patience: &[Duration]) -> Reply {
    for &limit in patience {
        // A failed exchange may succeed a moment later; a lasting failure is silence.
        if let Ok(Ok(message)) = timeout(limit, exchange(server, query)).await {
            return read(&message, query);
        }
    }
    Reply::Silence
}

async fn exchange(server: SocketAddr, query: &Query) -> io::Result<Message> {
    let message = exchange_with(server, query, true).await?;
    // Some old servers refuse a message with an extension; then it is left out.
    match message.metadata.response_code {
        ResponseCode::FormErr | ResponseCode::NotImp => exchange_with(server, query, false).await,
        _ => Ok(message),
    }
}

async fn exchange_with(server: SocketAddr, query: &Query, extended: bool) -> io::Result<Message> {
    let id = u16::from_be_bytes(Randomness.unique_bytes());
    let mut message = Message::new(id, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(query.clone());
    if extended {
        let mut edns = Edns::new();
        edns.set_max_payload(UDP_BYTES);
        message.set_edns(edns);
    }
    let bytes = message.to_vec().map_err(io::Error::other)?;
    let answer = over_udp(server, &bytes, id, query).await?;
    if answer.metadata.truncation { over_tcp(server, &bytes, id, query).await } else { Ok(answer) }
}

async fn over_udp(server: SocketAddr, bytes: &[u8], id: u16, query: &Query) -> io::Result<Message> {
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    // A connected socket takes packets of that server alone, and hears that its port is closed.
    socket.connect(server).await?;
    socket.send(bytes).await?;
    let mut buffer = vec![0; 4_096];
    loop {
        let length = socket.recv(&mut buffer).await?;
        if let Ok(message) = Message::from_vec(&buffer[..length])
            && answers(&message, id, query)
        {
            return Ok(message);
        }
    }
}

async fn over_tcp(server: SocketAddr, bytes: &[u8], id: u16, query: &Query) -> io::Result<Message> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), bytes].concat()).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    let message = Message::from_vec(&answer).map_err(io::Error::other)?;
    if answers(&message, id, query) { Ok(message) } else { Err(io::Error::other("an answer to another question")) }
}
