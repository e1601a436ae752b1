//! Many names, asked of every server at once.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, join_all};
use futures_util::stream::FuturesUnordered;
use tokio::time::timeout;

use super::crowd::Told;
use super::examine::Examination;
use super::judge::judge;
use super::nature::Nature;
use super::server::{Host, Server};
use super::testimony::Testimony;
use crate::geolocation::stop_page::StopPages;

/// After so long without a reply, waiting callers are given the replies so far, and only slow hosts are left.
const CALM: Duration = Duration::from_millis(300);

/// The configured name servers; nobody else is asked.
#[derive(Debug)]
pub(crate) struct Resolvers {
    servers: Vec<Server>,
    stop: StopPages,
}

/// Names that are being asked for.
pub(crate) struct Asking<'a> {
    resolvers: &'a Resolvers,
    pending: FuturesUnordered<BoxFuture<'a, Heard>>,
}

/// Every server's reply about a name, in the servers' order.
struct Heard {
    domain: String,
    hosts: Vec<Arc<Host>>,
}

impl Resolvers {
    /// `None` if no name server is configured. One that is named twice is one witness.
    pub(crate) fn new(servers: &[SocketAddr], stop: StopPages) -> Option<Self> {
        let mut named: Vec<Server> = Vec::new();
        for address in servers {
            if named.iter().all(|other| other.address != *address) {
                named.push(Server::new(*address));
            }
        }
        (!named.is_empty()).then_some(Self { servers: named, stop })
    }

    /// Asks every server for all addresses of many names, each name once: one testimony a server, in the configuration's
    /// order.
    pub(crate) fn ask_many(&self, domains: impl IntoIterator<Item = String>) -> Asking<'_> {
        let domains: BTreeSet<String> = domains.into_iter().collect();
        let ask = |domain: String| -> BoxFuture<'_, Heard> {
            Box::pin(async move {
                let hosts = join_all(self.servers.iter().map(|server| server.host(&domain))).await;
                Heard { domain, hosts }
            })
        };
        Asking { resolvers: self, pending: domains.into_iter().map(ask).collect() }
    }

    /// Examines every server, by names that tell nothing.
    pub(crate) async fn examine(&self) -> Vec<Examination> {
        let natures = self.natures().await;
        let of = |(server, nature): (&Server, &Arc<Nature>)| Examination::of(server.address, nature);
        self.servers.iter().zip(&natures).map(of).collect()
    }

    /// Returns the last examination of each server.
    pub(crate) fn examined(&self) -> Vec<Examination> {
        let of = |server: &Server| {
            let nature = server.last_nature()?;
            Some(Examination::of(server.address, &nature))
        };
        self.servers.iter().filter_map(of).collect()
    }

    async fn natures(&self) -> Vec<Arc<Nature>> {
        join_all(self.servers.iter().map(Server::nature)).await
    }

    /// Learns the servers' natures while asking them.
    async fn judged(&self, wave: impl Future<Output = Option<Vec<Heard>>>) -> Option<Vec<Told>> {
        let (wave, natures) = tokio::join!(wave, self.natures());
        Some(self.judge_all(wave?, &natures))
    }

    fn judge_all(&self, heard: Vec<Heard>, natures: &[Arc<Nature>]) -> Vec<Told> {
        heard
            .into_iter()
            .map(|Heard { domain, hosts }| {
                let given: BTreeSet<Ipv4Addr> = hosts.iter().flat_map(|host| host.ipv4()).collect();
                let given: Vec<Ipv4Addr> = given.into_iter().collect();
                let of = |((server, nature), host): ((&Server, &Arc<Nature>), Arc<Host>)| Testimony {
                    resolver: server.address,
                    answer: judge(&host, nature, &self.stop, &given),
                };
                (domain, self.servers.iter().zip(natures).zip(hosts).map(of).collect())
            })
            .collect()
    }
}

impl Asking<'_> {
    /// Returns the replies until nothing more came for a moment; `None` once all were given.
    pub(crate) async fn next_wave(&mut self) -> Option<Vec<Told>> {
        let pending = &mut self.pending;
        let wave = async {
            let mut wave = vec![pending.next().await?];
            while let Ok(Some(heard)) = timeout(CALM, pending.next()).await {
                wave.push(heard);
            }
            Some(wave)
        };
        self.resolvers.judged(wave).await
    }

    /// Everything, when the last one came.
    pub(crate) async fn all(mut self) -> Vec<Told> {
        let pending = std::mem::take(&mut self.pending);
        self.resolvers.judged(async { Some(pending.collect().await) }).await.unwrap_or_default()
    }
}
