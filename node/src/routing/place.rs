//! Locating a URL and routing it: what intake, the answer to an offer, and a second try have in common.

use std::sync::Arc;

use hotline_protocol::country::Country;
use hotline_protocol::entry::HostingRecord;
use hotline_protocol::id::NodeId;
use hotline_protocol::url::{CanonicalUrl, Host};

use super::atlas::{Atlas, PeerArea, Traced};
use crate::config::RoutingSection;
use crate::context::Context;
use crate::geolocation::{Evidence, Geolocator, Location, Place};
use crate::report::Publication;
use crate::storage::StorageError;
use crate::trust::{PeerStanding, peers};

/// Locates and routes. Made anew for every batch: peers change.
#[derive(Clone)]
pub struct Placer {
    context: Context,
    geolocator: Arc<Geolocator>,
    atlas: Arc<Atlas>,
}

/// Where a URL's server stands, and what follows.
#[derive(Debug, Clone)]
pub struct Placement {
    /// The finding that counts.
    pub traced: Traced,
    /// All evidence.
    pub hosting: Vec<HostingRecord>,
    /// Network of the address that counts.
    pub asn: Option<u32>,
    /// Its operator.
    pub organisation: Option<String>,
}

impl Atlas {
    /// With the peers as they are now.
    pub async fn load(context: &Context, routing: &RoutingSection) -> Result<Self, StorageError> {
        let peers = peers(context.database.read())
            .await?
            .into_iter()
            .filter(|peer| peer.standing != PeerStanding::Removed)
            .map(|peer| PeerArea {
                id: peer.id,
                countries: peer.countries,
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

impl Traced {
    /// What a location says, as a house sees it that answers for the countries `own`.
    #[must_use]
    pub fn of(location: &Location, own: &[Country]) -> Self {
        match (location, location.decisive(own).and_then(|evidence| evidence.country)) {
            (Location::TryAgain, _) => Self::NotYet,
            (_, Some(country)) => Self::In(country),
            _ => Self::Nowhere,
        }
    }
}

impl Placer {
    /// With the peers as they are now.
    pub async fn new(
        context: &Context,
        geolocator: Arc<Geolocator>,
        routing: &RoutingSection,
    ) -> Result<Self, StorageError> {
        let atlas = Arc::new(Atlas::load(context, routing).await?);
        Ok(Self { context: context.clone(), geolocator, atlas })
    }

    /// Who answers for which country.
    #[must_use]
    pub fn atlas(&self) -> &Atlas {
        &self.atlas
    }

    /// Finds out where a URL's server stands. Asks name servers only where some are configured; never the server.
    pub async fn locate(&self, url: &CanonicalUrl) -> Placement {
        let now = self.context.clock.now();
        let location = match place_of(url) {
            Some(place) => match self.geolocator.locate_offline(place, now) {
                Some(location) => location,
                None => self.geolocator.locate(place, now).await,
            },
            None => Location::Untraceable(crate::geolocation::Untraceable::Unresolved),
        };
        let decisive = location.decisive(&self.atlas.countries);
        Placement {
            traced: Traced::of(&location, &self.atlas.countries),
            asn: decisive.and_then(|evidence| evidence.asn),
            organisation: decisive.and_then(|evidence| evidence.organisation.clone()),
            hosting: location.evidence().iter().map(|evidence| record(evidence, now.timestamp())).collect(),
        }
    }

    /// What is needed to publish a report that was located so.
    #[must_use]
    pub fn publication(
        &self,
        url: &CanonicalUrl,
        placement: &Placement,
        refused: &[NodeId],
        not: &[Country],
    ) -> Publication {
        Publication {
            route: self.atlas.route(placement.traced, refused, not),
            country: match placement.traced {
                Traced::In(country) => Some(country),
                _ => None,
            },
            asn: placement.asn,
            organisation: placement.organisation.clone(),
            not: self.atlas.blocked.clone(),
            digests: vec![self.context.digest_key.digest(&self.context.network, url)],
        }
    }
}

fn place_of(url: &CanonicalUrl) -> Option<Place<'_>> {
    match url.host() {
        Host::Domain(name) => Some(Place::Domain(name)),
        Host::Ipv4(address) => Some(Place::Address(address.into())),
        Host::Ipv6(address) => Some(Place::Address(address.into())),
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
