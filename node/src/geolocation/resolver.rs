//! Asking name servers, where the configuration names some.

pub(super) mod testimony;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData};

use super::error::GeolocationError;

/// How long one server may take to answer one question.
const QUESTION: Duration = Duration::from_secs(2);

/// How long a name may take in all, whatever servers and aliases do.
const NAME: Duration = Duration::from_secs(10);

/// What the name servers say about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Its addresses; at least one.
    Addresses(Vec<IpAddr>),
    /// It does not exist, or has no address.
    NoAddress,
    /// They were silent or failed.
    TryAgain,
}

/// Asks the configured name servers, and nobody else.
pub(super) struct Resolver(TokioResolver, SocketAddr);

impl Resolver {
    /// `None` if no name server is configured.
    pub(super) fn new(servers: &[SocketAddr]) -> Result<Option<Self>, GeolocationError> {
        if servers.is_empty() {
            return Ok(None);
        }
        let first = servers[0];
        let servers = servers.iter().copied().map(name_server).collect();
        let config = ResolverConfig::from_name_servers(servers);
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let resolver = builder.with_options(options()).build().map_err(GeolocationError::ResolverUnusable)?;
        Ok(Some(Self(resolver, first)))
    }

    /// The first of the configured name servers.
    pub(super) const fn first(&self) -> SocketAddr {
        self.1
    }

    /// All addresses of a name. A name that no name server could hold has no address.
    pub(super) async fn ask(&self, domain: &str) -> Answer {
        let Ok(mut name) = Name::from_ascii(domain) else { return Answer::NoAddress };
        // Complete, or the resolver would try names below its own domain.
        name.set_fqdn(true);
        let both = async { tokio::join!(self.0.ipv4_lookup(name.clone()), self.0.ipv6_lookup(name.clone())) };
        match tokio::time::timeout(NAME, both).await {
            Ok((v4, v6)) => answer(&[v4, v6]),
            Err(_) => Answer::TryAgain,
        }
    }
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

fn options() -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.timeout = QUESTION;
    options.attempts = 2;
    // The machine's own hosts file says nothing about the world; the configured one was asked already.
    options.use_hosts_file = ResolveHosts::Never;
    options
}

/// A failed half counts only if the other one brought no address either: then nothing is certain.
fn answer(halves: &[Result<Lookup, NetError>; 2]) -> Answer {
    let certain = halves.iter().all(|half| half.as_ref().map_or_else(denies, |_| true));
    let found: Vec<IpAddr> = halves.iter().flatten().flat_map(addresses).collect();
    match (found.is_empty(), certain) {
        (false, _) => Answer::Addresses(found),
        (true, true) => Answer::NoAddress,
        (true, false) => Answer::TryAgain,
    }
}

/// Whether a server said for certain that there is no such record.
fn denies(error: &NetError) -> bool {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => {
            matches!(none.response_code, ResponseCode::NXDomain | ResponseCode::NoError)
        }
        _ => false,
    }
}

fn addresses(lookup: &Lookup) -> impl Iterator<Item = IpAddr> + '_ {
    lookup.answers().iter().filter_map(|record| match &record.data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
