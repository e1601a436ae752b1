//! Many URLs located at once: the common part of import, answers to offers, and second tries.

use chrono::{DateTime, Utc};
use hotline_protocol::url::CanonicalUrl;

use super::locate_and_route::{Locator, Placement, place_of};
use crate::geolocation::{Gateway, Locating, Location, Place, gateway_of};

/// URLs that are being located; each is known by its number in the given order.
pub struct Placing<'a> {
    locator: &'a Locator,
    locating: Locating<'a>,
    /// Of each URL.
    gateways: Vec<Option<Gateway>>,
    now: DateTime<Utc>,
}

impl Locator {
    /// Begins to find out where the servers of URLs stand: each name is asked for once, tens at a time.
    #[must_use]
    pub fn locate_many<'a>(&'a self, urls: &[&CanonicalUrl]) -> Placing<'a> {
        let now = self.context.clock.now();
        let places: Vec<Place<'_>> = urls.iter().map(|url| place_of(url)).collect();
        let gateways = urls.iter().map(|url| gateway_of(url)).collect();
        Placing { locator: self, locating: self.geolocator.locate_many(&places, now), gateways, now }
    }
}

impl Placing<'_> {
    /// The URLs that were located since the last wave, each once; `None` after the last one. A slow host delays itself
    /// alone.
    pub async fn next_wave(&mut self) -> Option<Vec<(usize, Placement)>> {
        let wave = self.locating.next_wave().await?;
        Some(wave.into_iter().map(|(number, location)| (number, self.placed(number, location))).collect())
    }

    /// All placements, in the order of the URLs.
    pub async fn all(mut self) -> Vec<Placement> {
        let mut placed: Vec<(usize, Placement)> = Vec::with_capacity(self.gateways.len());
        while let Some(wave) = self.next_wave().await {
            placed.extend(wave);
        }
        placed.sort_unstable_by_key(|(number, _)| *number);
        placed.into_iter().map(|(_, placement)| placement).collect()
    }

    fn placed(&self, number: usize, location: Location) -> Placement {
        let gateway = self.gateways.get(number).copied().flatten();
        self.locator.placement(&location.behind(gateway), self.now.timestamp())
    }
}
