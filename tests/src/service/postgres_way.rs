//! The way to a PostgreSQL server: it breaks at the moment when a transaction is committed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The message that commits, as a client sends it: its kind, its length, its text.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// The transaction's fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The server commits it, and its answer is lost.
    Committed,
    /// The server never hears that it is to be committed.
    Undone,
}

/// State that the connections share.
struct Way {
    server: SocketAddr,
    fate: Fate,
    /// A text of the transaction that is meant.
    needle: &'static str,
    is_armed: AtomicBool,
    /// No byte passes.
    is_broken: watch::Sender<bool>,
}

/// A way to a server. Dropped, it is gone.
pub struct PostgresWay {
    address: SocketAddr,
    way: Arc<Way>,
    _serving: JoinSet<()>,
}

impl PostgresWay {
    /// To the server of this database address. It breaks with the first transaction that has said `needle`, once it is
    /// [`PostgresWay::arm`]ed.
    pub async fn to(url: &str, needle: &'static str, fate: Fate) -> anyhow::Result<Self> {
        let server = url.rsplit_once('@').and_then(|(_, rest)| rest.split_once('/')).context("an address")?.0;
        let way = Way {
            server: server.parse()?,
            fate,
            needle,
            is_armed: AtomicBool::new(false),
            is_broken: watch::Sender::new(false),
        };
        let (way, listener) = (Arc::new(way), TcpListener::bind("127.0.0.1:0").await?);
        let (address, mut serving) = (listener.local_addr()?, JoinSet::new());
        let shared = Arc::clone(&way);
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let way = Arc::clone(&shared);
                connections.spawn(async move {
                    let mut broken = way.is_broken.subscribe();
                    tokio::select! {
                        // A client that is cut off finds out by itself.
                        _ = way.lead(client) => {}
                        _ = broken.wait_for(|broken| *broken) => {}
                    }
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, way, _serving: serving })
    }

    /// The address of a server's database over this way.
    #[must_use]
    pub fn before(&self, url: &str) -> String {
        let database = url.rsplit('/').next().unwrap_or_default();
        format!("postgres://hotline@{}/{database}", self.address)
    }

    /// From now on it breaks.
    pub fn arm(&self) {
        self.way.is_armed.store(true, Ordering::Release);
    }

    /// Whether it has broken and is broken still.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        *self.way.is_broken.borrow()
    }

    /// The way is there again, and does not break any more.
    pub fn heal(&self) {
        self.way.is_armed.store(false, Ordering::Release);
        self.way.is_broken.send_replace(false);
    }
}

impl Way {
    async fn lead(&self, client: TcpStream) -> anyhow::Result<()> {
        let server = TcpStream::connect(self.server).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
            (client.into_split(), server.into_split());
        let answers = async { tokio::io::copy(&mut from_server, &mut to_client).await.map_err(anyhow::Error::from) };
        let asks = self.pass_on(&mut from_client, &mut to_server);
        tokio::select! {
            ended = answers => ended.map(drop),
            ended = asks => match ended? {
                // It answers once it has committed; nobody else hears that.
                Asked::ToCommit => {
                    let _ = from_server.read(&mut [0; 64]).await?;
                    self.is_broken.send_replace(true);
                    Ok(())
                }
                Asked::Enough => Ok(()),
            },
        }
    }

    /// Passes on the client's requests, until it commits the chosen transaction.
    async fn pass_on(
        &self,
        client: &mut (impl tokio::io::AsyncRead + Unpin),
        server: &mut (impl tokio::io::AsyncWrite + Unpin),
    ) -> anyhow::Result<Asked> {
        let (mut buffer, mut said) = (vec![0; 64 * 1024], Vec::new());
        loop {
            let length = client.read(&mut buffer).await?;
            if length == 0 {
                return Ok(Asked::Enough);
            }
            let asked = &buffer[..length];
            said.extend_from_slice(asked);
            let commits = said.ends_with(COMMIT);
            if commits && self.is_armed.load(Ordering::Acquire) && has(&said, self.needle.as_bytes()) {
                if self.fate == Fate::Undone {
                    self.is_broken.send_replace(true);
                    return Ok(Asked::Enough);
                }
                server.write_all(asked).await?;
                return Ok(Asked::ToCommit);
            }
            if commits {
                said.clear();
            }
            server.write_all(asked).await?;
        }
    }
}

/// Why nothing more is passed on.
enum Asked {
    ToCommit,
    Enough,
}

fn has(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|part| part == needle)
}
