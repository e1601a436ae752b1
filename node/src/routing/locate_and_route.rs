//! Locating a URL and routing it: the common part of intake, the answer to an offer, and a second try.

use std::sync::Arc;

use hotline_protocol::country::CountryCode;
use hotline_protocol::entry::{HostingRecord, LocationRecord};
use hotline_protocol::id::NodeId;
use hotline_protocol::url::{CanonicalUrl, Host};

use super::routing_table::{PeerArea, RoutingTable, Traced};
use crate::config::section::RoutingSection;
use crate::context::Context;
use crate::geolocation::{Evidence, Geolocator, Location, Place, gateway_of};
use crate::report::lifecycle::Publication;
use crate::storage::StorageError;
use crate::trust::peer::{PeerStanding, peers};

/// Locates and routes. Made anew for every batch: peers change.
#[derive(Clone)]
pub struct Locator {
    pub(super) context: Context,
    pub(super) geolocator: Arc<Geolocator>,
    routing_table: Arc<RoutingTable>,
}

/// The place of a URL's server, and its consequences.
#[derive(Debug, Clone)]
pub struct Placement {
    /// The finding that counts.
    pub traced: Traced,
    /// The records of a sample of the addresses, among them the one that decides.
    pub hosting: Vec<HostingRecord>,
    /// The decision with its witnesses; `None` where nobody answered.
    pub location: Option<LocationRecord>,
    /// Network of the address that counts.
    pub asn: Option<u32>,
    /// Its operator.
    pub organisation: Option<String>,
}

impl RoutingTable {
    /// With the peers as they are now.
    pub async fn load(context: &Context, routing: &RoutingSection) -> Result<Self, StorageError> {
        let peers = peers(context.database.read())
            .await?
            .into_iter()
            .filter(|peer| peer.standing != PeerStanding::Removed)
            .map(|peer| PeerArea {
                countries: peer.answers_for().collect(),
                id: peer.id,
                active: peer.standing == PeerStanding::Active,
            })
            .collect();
        Ok(Self {
            own: context.own.clone(),
            countries: context.countries.to_vec(),
            peers,
            order: routing.hotlines.clone(),
            blocked: routing.legal_block.clone(),
        })
    }
}

impl Locator {
    /// With the peers as they are now.
    pub async fn new(
        context: &Context,
        geolocator: Arc<Geolocator>,
        routing: &RoutingSection,
    ) -> Result<Self, StorageError> {
        let routing_table = Arc::new(RoutingTable::load(context, routing).await?);
        Ok(Self { context: context.clone(), geolocator, routing_table })
    }

    /// The hotlines that answer for each country.
    #[must_use]
    pub fn routing_table(&self) -> &RoutingTable {
        &self.routing_table
    }

    /// Finds out where a URL's server stands. Asks name servers only where some are configured; never the server.
    pub async fn locate(&self, url: &CanonicalUrl) -> Placement {
        let now = self.context.clock.now();
        let place = place_of(url);
        let location = match self.geolocator.locate_offline(place, now) {
            Some(location) => location,
            None => self.geolocator.locate(place, now).await,
        };
        self.placement(&location.behind(gateway_of(url)), now.timestamp())
    }

    /// The consequences of a location. `at` in seconds since 1970.
    #[must_use]
    pub fn placement(&self, location: &Location, at: i64) -> Placement {
        let own = &self.routing_table.countries;
        let decided = location.decide(own);
        Placement {
            traced: decided.verdict.into(),
            asn: decided.by.and_then(|evidence| evidence.asn),
            organisation: decided.by.and_then(|evidence| evidence.organisation.clone()),
            hosting: location.sample(&decided).into_iter().map(|evidence| record(evidence, at)).collect(),
            location: location.record(own, at),
        }
    }

    /// The data needed to publish a report that was located so.
    #[must_use]
    pub fn publication(
        &self,
        url: &CanonicalUrl,
        placement: &Placement,
        refused: &[NodeId],
        not: &[CountryCode],
    ) -> Publication {
        Publication {
            route: self.routing_table.route(placement.traced, refused, not),
            country: match placement.traced {
                Traced::In(country) => Some(country),
                _ => None,
            },
            asn: placement.asn,
            organisation: placement.organisation.clone(),
            not: self.routing_table.blocked.clone(),
            digests: vec![self.context.digest_key.digest(&self.context.network, url)],
        }
    }
}

pub(super) fn place_of(url: &CanonicalUrl) -> Place<'_> {
    match url.host() {
        Host::Domain(name) => Place::Domain(name),
        Host::Ipv4(address) => Place::Address(address.into()),
        Host::Ipv6(address) => Place::Address(address.into()),
    }
}

fn record(evidence: &Evidence, at: i64) -> HostingRecord {
    HostingRecord {
        ip: Some(evidence.ip),
        country: evidence.country,
        asn: evidence.asn,
        organisation: evidence.organisation.clone(),
        method: match evidence.method {
            crate::geolocation::Method::Literal => "literal",
            crate::geolocation::Method::HostsFile => "hosts_file",
            crate::geolocation::Method::Resolver => "resolver",
        }
        .to_owned(),
        database: evidence.database.clone().unwrap_or_default(),
        database_age_days: evidence.database_age_days.unwrap_or(0),
        at,
    }
}
