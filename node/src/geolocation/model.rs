//! Places, evidence and locations.

use std::net::IpAddr;

use hotline_protocol::country::Country;
use serde::Serialize;

use super::choose::choose;

/// What is to be located: the host of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// A domain name in its ASCII form; case and a final dot do not matter.
    Domain(&'a str),
    /// An address.
    Address(IpAddr),
}

/// How an address was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The place was an address.
    Literal,
    /// The hosts file named it.
    HostsFile,
    /// A name server named it.
    Resolver,
}

/// One address of a server, and what the databases say about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The address. One that wraps an IPv4 address (`::ffff:…`, `64:ff9b::…`) stands here unwrapped.
    pub ip: IpAddr,
    /// Its country; `None` if no database knows one, or the address stands nowhere (a private one, say).
    pub country: Option<Country>,
    /// The number of its autonomous system, where a network database knows it.
    pub asn: Option<u32>,
    /// The organisation of its autonomous system, where a network database knows it.
    pub organisation: Option<String>,
    /// The database that was believed about the country; `None` if none was asked.
    pub database: Option<String>,
    /// That database's age in whole days.
    pub database_age_days: Option<u32>,
    /// How the address was found.
    pub method: Method,
}

/// Why a place has no address. The word for the JSON shape is the variant in `snake_case`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Untraceable {
    /// An onion service, whose server hides where it stands.
    Onion,
    /// The name servers say that the name has no address.
    Unresolved,
    /// No file knows the name, and no name server is configured.
    NoResolver,
}

/// What is known about where a place stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Its addresses: at least one, each once, ascending, IPv4 first.
    Found(Vec<Evidence>),
    /// It has no address.
    Untraceable(Untraceable),
    /// The name servers did not answer; the same question may be answered later.
    TryAgain,
}

impl Location {
    /// All evidence; empty if nothing was found.
    #[must_use]
    pub fn evidence(&self) -> &[Evidence] {
        match self {
            Self::Found(evidence) => evidence,
            Self::Untraceable(_) | Self::TryAgain => &[],
        }
    }

    /// The evidence whose country counts as the hosting country for a hotline of the countries `own`.
    /// `None` if nothing was found.
    #[must_use]
    pub fn decisive(&self, own: &[Country]) -> Option<&Evidence> {
        choose(self.evidence(), own)
    }

    /// The location as `locate --json` shows it, but for the route.
    #[must_use]
    pub fn summary(&self, own: &[Country]) -> Summary<'_> {
        let decisive = self.decisive(own);
        Summary {
            country: decisive.and_then(|evidence| evidence.country),
            ips: self.evidence().iter().map(|evidence| evidence.ip).collect(),
            asn: decisive.and_then(|evidence| evidence.asn),
            organisation: decisive.and_then(|evidence| evidence.organisation.as_deref()),
            untraceable: if let Self::Untraceable(reason) = self { Some(*reason) } else { None },
            evidence: self.evidence(),
        }
    }
}

/// The JSON shape of a location. `asn` and `organisation` are the decisive address's.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    /// The hosting country, or null where unknown.
    pub country: Option<Country>,
    /// Every address, ascending, IPv4 first.
    pub ips: Vec<IpAddr>,
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// The organisation of the autonomous system.
    pub organisation: Option<&'a str>,
    /// Why there is no address, or null.
    pub untraceable: Option<Untraceable>,
    /// All evidence.
    pub evidence: &'a [Evidence],
}
