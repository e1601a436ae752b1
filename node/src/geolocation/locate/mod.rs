//! From a place to its location: the files and servers to ask, and their order.

use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use super::database::{Databases, Examined};
use super::error::GeolocationError;
use super::evidence::Method;
use super::hosts::HostsFile;
use super::model::{Location, Place};
use super::name_to_ask::name_to_ask;
use super::resolver::crowd::{CrowdBook, Suspects, Told, suspect};
use super::resolver::testimony::{Answer, DECIDING, Testimony};
use super::resolver::{Examination, Resolvers, spread};
use super::settings::Settings;
use super::special::unwrapped;
use super::stop_page::StopPages;
use super::warning::Warning;
use super::witness::Untraceable;
use crate::storage::StorageError;
use crate::watched_file::WatchedFile;

/// Finds out where servers stand. One a node, shared by all its tasks.
pub struct Geolocator {
    databases: Databases,
    hosts: Option<WatchedFile<HostsFile>>,
    pub(super) resolvers: Option<Resolvers>,
    book: Option<CrowdBook>,
    /// How often a file was read anew.
    version: AtomicU64,
}

/// The files' answer about a place.
pub(super) enum Offline<'a> {
    Known(Location),
    Ask { resolvers: &'a Resolvers, domain: &'a str },
}

impl Geolocator {
    /// Opens and checks every file that the settings name. Contacts nobody.
    pub fn open(settings: &Settings) -> Result<Self, GeolocationError> {
        let hosts = settings.hosts_file.as_deref().map(|path| WatchedFile::open(path, HostsFile::open));
        Ok(Self {
            databases: Databases::open(settings)?,
            hosts: hosts.transpose()?,
            resolvers: Resolvers::new(&settings.resolver, StopPages::new(settings.stop_page_addresses.iter().copied())),
            book: None,
            version: AtomicU64::new(0),
        })
    }

    /// Knows from now on where names led to in other processes, too. Without it a lone name server that answers with a
    /// stop page is found out only where many names are asked for at once.
    #[must_use]
    pub fn with_book(self, book: CrowdBook) -> Self {
        Self { book: Some(book), ..self }
    }

    /// Finds out where a place stands at the time `now`. Waits for name servers at most 10 seconds, and asks them
    /// only about a name that [`Geolocator::locate_offline`] leaves open.
    pub async fn locate(&self, place: Place<'_>, now: DateTime<Utc>) -> Location {
        match self.offline(place, now) {
            Offline::Known(location) => location,
            Offline::Ask { resolvers, domain } => {
                let mut told = resolvers.ask_many([name_to_ask(domain)]).all().await;
                self.suspect(&mut told, now).await;
                self.heard(told.pop().map_or_else(Vec::new, |(_, testimonies)| testimonies), now)
            }
        }
    }

    /// Examines every configured name server; empty if there is none. Asks only about names that tell nothing.
    pub async fn examine_resolvers(&self) -> Vec<Examination> {
        match &self.resolvers {
            Some(resolvers) => resolvers.examine().await,
            None => Vec::new(),
        }
    }

    /// Returns the last examination of each name server, without asking; servers that were never examined are left out.
    #[must_use]
    pub fn examined_resolvers(&self) -> Vec<Examination> {
        self.resolvers.as_ref().map_or_else(Vec::new, Resolvers::examined)
    }

    /// Returns the addresses where unlike names led lately, in any process; none without a book.
    pub async fn suspects(&self, now: DateTime<Utc>) -> Result<Suspects, StorageError> {
        match &self.book {
            Some(book) => book.suspects(now.timestamp_micros()).await,
            None => Ok(Suspects::new()),
        }
    }

    /// Takes answers for blocked ones that lead where unlike names lead.
    pub(super) async fn suspect(&self, told: &mut [Told], now: DateTime<Utc>) {
        let is_vouched_for = |address| self.databases.vouch_for(address, now);
        suspect(told, self.book.as_ref(), is_vouched_for, now.timestamp_micros()).await;
    }

    /// Returns the location by the name servers' testimonies.
    pub(super) fn heard(&self, testimonies: Vec<Testimony>, now: DateTime<Utc>) -> Location {
        let addresses = testimonies.iter().filter_map(|testimony| match &testimony.answer {
            Answer::Addresses { sample, .. } => Some(sample.iter().copied()),
            _ => None,
        });
        let addresses = ascending(addresses.flatten());
        let evidence = addresses.into_iter().map(|ip| self.databases.evidence(ip, Method::Resolver, now)).collect();
        Location::of_testimonies(testimonies, evidence)
    }

    /// Locates a place by the files alone, in some microseconds. `None` if a name server must be asked.
    #[must_use]
    pub fn locate_offline(&self, place: Place<'_>, now: DateTime<Utc>) -> Option<Location> {
        match self.offline(place, now) {
            Offline::Known(location) => Some(location),
            Offline::Ask { .. } => None,
        }
    }

    /// Reads every file again that changed; costs one `stat` a file if none did. A file that became unusable stays in
    /// use as it was and is told by [`Geolocator::warnings`]. Gives whether any has another content. Blocks while it reads.
    pub fn refresh(&self) -> bool {
        let mut is_new = self.databases.refresh();
        self.hosts.iter().for_each(|file| is_new |= file.refresh());
        if is_new {
            self.version.fetch_add(1, Ordering::Relaxed);
        }
        is_new
    }

    /// Returns the number of times a file was read anew: a place that could not be located before may be located now.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Relaxed)
    }

    /// Returns each database's kind and contents, in the order of asking. Reads each as a whole.
    #[must_use]
    pub fn examine(&self, now: DateTime<Utc>) -> Vec<Examined> {
        self.databases.examine(now)
    }

    /// How many delivery networks are known.
    #[must_use]
    pub fn delivery_networks(&self) -> usize {
        self.databases.delivery_networks()
    }

    /// Returns the faults of the data at the time `now`; empty if there are none.
    #[must_use]
    pub fn warnings(&self, now: DateTime<Utc>) -> Vec<Warning> {
        let mut warnings = self.databases.warnings(now);
        let fault = self.hosts.as_ref().and_then(WatchedFile::fault);
        warnings.extend(fault.map(|fault| Warning::FileFaulty { fault }));
        warnings
    }

    pub(super) fn offline<'a>(&'a self, place: Place<'a>, now: DateTime<Utc>) -> Offline<'a> {
        let domain = match place {
            Place::Address(ip) => return Offline::Known(self.found(vec![ip], Method::Literal, now)),
            Place::Domain(domain) => domain,
        };
        if is_onion(domain) {
            return Offline::Known(Location::nowhere(Untraceable::Onion));
        }
        let hosts = self.hosts.as_ref().map(WatchedFile::content);
        if let Some(addresses) = hosts.as_ref().and_then(|hosts| hosts.addresses(domain)) {
            return Offline::Known(self.found(addresses.to_vec(), Method::HostsFile, now));
        }
        match &self.resolvers {
            Some(resolvers) => Offline::Ask { resolvers, domain },
            None => Offline::Known(Location::nowhere(Untraceable::NoResolver)),
        }
    }

    fn found(&self, addresses: Vec<IpAddr>, method: Method, now: DateTime<Utc>) -> Location {
        let addresses = ascending(addresses);
        let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        let addresses = spread(addresses, DECIDING);
        let evidence = addresses.into_iter().map(|ip| self.databases.evidence(ip, method, now)).collect();
        Location::of_files(evidence, count)
    }
}

/// Unwrapped, each once, ascending.
fn ascending(addresses: impl IntoIterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = addresses.into_iter().map(unwrapped).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// Shows no content: the hosts file may name reported hosts.
impl fmt::Debug for Geolocator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Geolocator").field("databases", &self.databases).finish_non_exhaustive()
    }
}

/// RFC 7686: names below `onion` are of the Tor network and must never be asked of a name server.
fn is_onion(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    domain.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("onion"))
}

#[cfg(test)]
mod tests;
