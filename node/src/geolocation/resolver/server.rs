//! One name server: each caller asks it for one host at a time, with a bound for all callers. Its answers are
//! remembered.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hickory_resolver::proto::rr::{Name, RecordType};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};
use tokio::time::{Instant, timeout};

use super::memory::Memory;
use super::nature::{Nature, known_name, learn};
use super::question::{CONTROL_PATIENCE, PATIENCE, addresses};
use super::reply::Reply;

/// Hosts that are asked for at once: tens, so that an import is quick; each takes two sockets, and many systems allow a
/// process 1,024.
const AT_ONCE: usize = 40;

/// How long a host with IPv4 addresses waits for its IPv6 ones: some load balancers never answer for those.
const SECOND_HALF: Duration = Duration::from_secs(1);

/// Answers that are remembered, how long at most, and how long it is that a host is not asked for again that met
/// silence.
const REMEMBERED: usize = 20_000;
const LONGEST: Duration = Duration::from_mins(5);
const SILENT: Duration = Duration::from_secs(30);

/// Most addresses of an answer that is remembered: thousands of large answers would fill the memory.
const LARGE: usize = 64;

/// After so many hosts in a row that met silence, the server itself is asked whether it lives; if it does not answer,
/// it counts as away for a while. Else each of thousands of names would wait for it.
const IN_A_ROW: u32 = 8;
const AWAY: Duration = Duration::from_secs(15);

/// How a server replied about a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) v4: Reply,
    pub(super) v6: Reply,
}

impl Host {
    pub(super) const SILENT: Self = Self { v4: Reply::Silence, v6: Reply::Silence };
}

/// A name server, and the memory of its answers.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    turns: Semaphore,
    remembered: Mutex<Memory<String, Arc<Host>>>,
    nature: AsyncMutex<Option<(Arc<Nature>, Instant)>>,
    last_nature: Mutex<Option<Arc<Nature>>>,
    silent_in_a_row: AtomicU32,
    away_until: AsyncMutex<Option<Instant>>,
}

impl Server {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            turns: Semaphore::new(AT_ONCE),
            remembered: Mutex::new(Memory::new(REMEMBERED)),
            nature: AsyncMutex::new(None),
            last_nature: Mutex::new(None),
            silent_in_a_row: AtomicU32::new(0),
            away_until: AsyncMutex::new(None),
        }
    }

    /// Returns the server's nature; learns it again after a time.
    pub(super) async fn nature(&self) -> Arc<Nature> {
        let mut kept = self.nature.lock().await;
        if let Some((nature, until)) = &*kept
            && *until > Instant::now()
        {
            return Arc::clone(nature);
        }
        let (nature, holds) = learn(self.address).await;
        let nature = Arc::new(nature);
        *self.last_nature.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&nature));
        *kept = Some((Arc::clone(&nature), Instant::now() + holds));
        nature
    }

    /// Returns the nature learnt last, without asking.
    pub(super) fn last_nature(&self) -> Option<Arc<Nature>> {
        self.last_nature.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns its reply about a host: the remembered one, or else asks the server. A name that no server could hold
    /// does not exist.
    pub(super) async fn host(&self, domain: &str) -> Arc<Host> {
        if let Some(host) = self.recall(domain) {
            return host;
        }
        let Ok(mut name) = Name::from_ascii(domain) else { return no_such_name() };
        name.set_fqdn(true);
        let _turn = self.turns.acquire().await;
        // Somebody else may have asked while this one waited.
        if let Some(host) = self.recall(domain) {
            return host;
        }
        if self.is_away().await {
            return Arc::new(Host::SILENT);
        }
        let host = Arc::new(ask(self.address, &name).await);
        self.count_silence(&host);
        self.remember(domain, &host);
        host
    }

    fn recall(&self, domain: &str) -> Option<Arc<Host>> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.recall(domain, Instant::now()).cloned()
    }

    fn remember(&self, domain: &str, host: &Arc<Host>) {
        let for_ = [&host.v4, &host.v6].map(holds).into_iter().min().unwrap_or(SILENT);
        let until = Instant::now() + for_;
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).keep(domain.to_owned(), Arc::clone(host), until);
    }

    fn count_silence(&self, host: &Host) {
        if *host == Host::SILENT {
            self.silent_in_a_row.fetch_add(1, Ordering::Relaxed);
        } else {
            self.silent_in_a_row.store(0, Ordering::Relaxed);
        }
    }

    /// Whether the server is away. Asks only after much silence; one caller asks, and the others wait for its result.
    async fn is_away(&self) -> bool {
        if self.silent_in_a_row.load(Ordering::Relaxed) < IN_A_ROW {
            return false;
        }
        let mut away_until = self.away_until.lock().await;
        if away_until.is_some_and(|until| until > Instant::now()) {
            return true;
        }
        if self.silent_in_a_row.load(Ordering::Relaxed) < IN_A_ROW {
            return false;
        }
        let reply = addresses(self.address, &known_name(), RecordType::A, &CONTROL_PATIENCE).await;
        if reply == Reply::Silence {
            *away_until = Some(Instant::now() + AWAY);
            return true;
        }
        self.silent_in_a_row.store(0, Ordering::Relaxed);
        *away_until = None;
        false
    }
}

fn no_such_name() -> Arc<Host> {
    let denied = Reply::Said(super::reply::Said { no_such_name: true, ..Default::default() });
    Arc::new(Host { v4: denied.clone(), v6: denied })
}

/// How long a reply may be remembered.
fn holds(reply: &Reply) -> Duration {
    match reply {
        Reply::Said(said) if said.addresses.len() > LARGE => SILENT.min(Duration::from_secs(said.seconds.into())),
        Reply::Said(said) => LONGEST.min(Duration::from_secs(said.seconds.into())),
        Reply::Failed | Reply::Silence => SILENT,
    }
}

/// Asks for both kinds of addresses at once.
async fn ask(server: SocketAddr, name: &Name) -> Host {
    let mut v4 = pin!(addresses(server, name, RecordType::A, &PATIENCE));
    let mut v6 = pin!(addresses(server, name, RecordType::AAAA, &PATIENCE));
    tokio::select! {
        v4 = &mut v4 => {
            let v6 = match second_half(&v4) {
                Some(limit) => timeout(limit, v6).await.unwrap_or(Reply::Silence),
                None => v6.await,
            };
            Host { v4, v6 }
        }
        v6 = &mut v6 => Host { v4: v4.await, v6 },
    }
}

/// How long the other half is waited for; `None` for as long as it takes.
fn second_half(v4: &Reply) -> Option<Duration> {
    match v4 {
        Reply::Said(said) if said.no_such_name => Some(Duration::ZERO),
        Reply::Said(said) if said.withheld || !said.addresses.is_empty() => Some(SECOND_HALF),
        _ => None,
    }
}
