//! Many names, asked of every server at once.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, join_all};
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, timeout};

use super::crowd::Crowd;
use super::examine::Examination;
use super::judge::{blocked, judge};
use super::nature::Nature;
use super::server::{Host, Server};
use super::testimony::{Answer, BlockedWhy, Testimony};
use crate::geolocation::stop_page::StopPages;

/// When nothing was heard for so long, those who wait are given what there is, and only slow hosts are left.
const CALM: Duration = Duration::from_millis(300);

/// The configured name servers; nobody else is asked.
#[derive(Debug)]
pub(crate) struct Resolvers {
    servers: Vec<Named>,
    stop: StopPages,
}

#[derive(Debug)]
struct Named {
    server: Server,
    crowd: Mutex<Crowd>,
}

/// Names that are being asked for.
pub(crate) struct Asking<'a> {
    resolvers: &'a Resolvers,
    pending: FuturesUnordered<BoxFuture<'a, Heard>>,
}

/// What every server replied about a name, in the servers' order.
struct Heard {
    domain: String,
    hosts: Vec<Arc<Host>>,
}

impl Resolvers {
    /// `None` if no name server is configured. One that is named twice is one witness.
    pub(crate) fn new(servers: &[SocketAddr], stop: StopPages) -> Option<Self> {
        let mut named: Vec<Named> = Vec::new();
        for address in servers {
            if named.iter().all(|other| other.server.address != *address) {
                named.push(Named { server: Server::new(*address), crowd: Mutex::default() });
            }
        }
        (!named.is_empty()).then_some(Self { servers: named, stop })
    }

    /// Asks every server for all addresses of a name: one testimony a server, in the configuration's order.
    pub(crate) async fn ask(&self, domain: &str) -> Vec<Testimony> {
        let mut answers = self.ask_many([domain.to_owned()]).all().await;
        answers.pop().map_or_else(Vec::new, |(_, testimonies)| testimonies)
    }

    /// Asks every server for many names, each name once.
    pub(crate) fn ask_many(&self, domains: impl IntoIterator<Item = String>) -> Asking<'_> {
        let domains: BTreeSet<String> = domains.into_iter().collect();
        let ask = |domain: String| -> BoxFuture<'_, Heard> {
            Box::pin(async move {
                let hosts = join_all(self.servers.iter().map(|named| named.server.host(&domain))).await;
                Heard { domain, hosts }
            })
        };
        Asking { resolvers: self, pending: domains.into_iter().map(ask).collect() }
    }

    /// Examines every server, by names that tell nothing.
    pub(crate) async fn examine(&self) -> Vec<Examination> {
        let natures = self.natures().await;
        let of = |(named, nature): (&Named, &Arc<Nature>)| Examination::of(named.server.address, nature);
        self.servers.iter().zip(&natures).map(of).collect()
    }

    /// What the last examination of each showed.
    pub(crate) fn examined(&self) -> Vec<Examination> {
        let of = |named: &Named| {
            let nature = named.server.last_nature()?;
            Some(Examination::of(named.server.address, &nature))
        };
        self.servers.iter().filter_map(of).collect()
    }

    async fn natures(&self) -> Vec<Arc<Nature>> {
        join_all(self.servers.iter().map(|named| named.server.nature())).await
    }

    /// What the servers are like is learnt while they are asked.
    async fn judged(&self, wave: impl Future<Output = Option<Vec<Heard>>>) -> Option<Vec<(String, Vec<Testimony>)>> {
        let (wave, natures) = tokio::join!(wave, self.natures());
        Some(self.judge_all(wave?, &natures))
    }

    fn judge_all(&self, heard: Vec<Heard>, natures: &[Arc<Nature>]) -> Vec<(String, Vec<Testimony>)> {
        let mut judged: Vec<(String, Vec<Testimony>)> = heard
            .into_iter()
            .map(|Heard { domain, hosts }| {
                let given: BTreeSet<Ipv4Addr> = hosts.iter().flat_map(|host| host.ipv4()).collect();
                let given: Vec<Ipv4Addr> = given.into_iter().collect();
                let of = |((named, nature), host): ((&Named, &Arc<Nature>), Arc<Host>)| Testimony {
                    resolver: named.server.address,
                    answer: judge(&host, nature, &self.stop, &given),
                };
                (domain, self.servers.iter().zip(natures).zip(hosts).map(of).collect())
            })
            .collect();
        self.suspect(&mut judged);
        judged
    }

    /// Takes answers for blocked ones that lead where unlike names lead at once: only after all were noted, or the
    /// first ones would pass.
    fn suspect(&self, judged: &mut [(String, Vec<Testimony>)]) {
        let now = Instant::now();
        for (at, named) in self.servers.iter().enumerate() {
            let mut crowd = named.crowd();
            for (domain, testimonies) in judged.iter() {
                if let Answer::Addresses { sample, .. } = &testimonies[at].answer {
                    crowd.note(domain, sample, now);
                }
            }
        }
        for (_, testimonies) in judged.iter_mut() {
            let suspects: Vec<usize> = self
                .servers
                .iter()
                .enumerate()
                .filter(|(at, named)| {
                    let Answer::Addresses { sample, .. } = &testimonies[*at].answer else { return false };
                    let crowd = named.crowd();
                    sample.iter().all(|address| crowd.suspects(address, now)) && !is_confirmed(testimonies, *at, sample)
                })
                .map(|(at, _)| at)
                .collect();
            for at in suspects {
                if let Answer::Addresses { sample, .. } = &mut testimonies[at].answer {
                    testimonies[at].answer = blocked(std::mem::take(sample), BlockedWhy::Shared);
                }
            }
        }
    }
}

/// Whether another server gave one of these addresses, too.
fn is_confirmed(testimonies: &[Testimony], at: usize, sample: &[IpAddr]) -> bool {
    testimonies.iter().enumerate().any(|(other, testimony)| match &testimony.answer {
        Answer::Addresses { sample: of_other, .. } => {
            other != at && sample.iter().any(|address| of_other.contains(address))
        }
        _ => false,
    })
}

impl Named {
    fn crowd(&self) -> MutexGuard<'_, Crowd> {
        self.crowd.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asking<'_> {
    /// What came until nothing more came for a moment; `None` once all was given.
    pub(crate) async fn next_wave(&mut self) -> Option<Vec<(String, Vec<Testimony>)>> {
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
    pub(crate) async fn all(mut self) -> Vec<(String, Vec<Testimony>)> {
        let pending = std::mem::take(&mut self.pending);
        self.resolvers.judged(async { Some(pending.collect().await) }).await.unwrap_or_default()
    }
}
