//! Somebody without a certificate, at every public and exchange listener.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::role::HONEST;
use crate::chance::Chance;
use crate::node::federation::Federation;

/// Where it comes from.
const FROM: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 66);
/// Connections that it has at a time.
const HELD: usize = 200;
/// Between two.
const PAUSE: Duration = Duration::from_millis(25);
/// Its messages: nothing, half a request, half a handshake, an empty GET.
const SAYS: [&str; 4] = [
    "",
    "POST /api/v1/reports HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n{\"urls\":[",
    "\u{16}\u{3}\u{1}",
    "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
];

/// At work until it is ended.
pub(super) struct Stranger(JoinSet<()>);

impl Stranger {
    pub(super) async fn end(mut self) {
        self.0.shutdown().await;
    }
}

/// It comes.
pub(super) fn begin(federation: &Federation, seed: u64) -> Stranger {
    let nodes = &federation.nodes()[..HONEST];
    let doors: Vec<_> = nodes.iter().flat_map(|node| [node.public_address(), node.exchange_address()]).collect();
    let mut at_work = JoinSet::new();
    at_work.spawn(come(doors, Chance::seeded(seed)));
    Stranger(at_work)
}

async fn come(doors: Vec<SocketAddr>, mut chance: Chance) {
    let (mut pause, mut held) = (interval(PAUSE), std::collections::VecDeque::new());
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pause.tick().await;
        let mut pick = |length: usize| usize::try_from(chance.within(0..length as u64)).unwrap_or(0);
        let (door, says) = (doors[pick(doors.len())], SAYS[pick(SAYS.len())]);
        if let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_secs(1), knock(door, says)).await {
            held.push_back(stream);
        }
        if held.len() > HELD {
            held.pop_front();
        }
    }
}

async fn knock(door: SocketAddr, says: &str) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((FROM, 0).into())?;
    let mut stream = socket.connect(door).await?;
    stream.write_all(says.as_bytes()).await?;
    Ok(stream)
}
