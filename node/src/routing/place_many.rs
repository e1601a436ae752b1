//! Many URLs located at once: what import, answers to offers, and second tries have in common.

use chrono::{DateTime, Utc};
use hotline_protocol::url::CanonicalUrl;

use super::place::{Placement, Placer, place_of};
use crate::geolocation::{Locating, Place};

/// URLs that are being located; each is known by its number in the order in which they were given.
pub struct Placing<'a> {
    placer: &'a Placer,
    locating: Locating<'a>,
    now: DateTime<Utc>,
}

impl Placer {
    /// Begins to find out where the servers of URLs stand: each name is asked for once, tens at a time.
    #[must_use]
    pub fn locate_many<'a>(&'a self, urls: &[&CanonicalUrl]) -> Placing<'a> {
        let now = self.context.clock.now();
        let places: Vec<Place<'_>> = urls.iter().map(|url| place_of(url)).collect();
        Placing { placer: self, locating: self.geolocator.locate_many(&places, now), now }
    }
}

impl Placing<'_> {
    /// The URLs that were located since the last wave, each once; `None` after the last one. A slow host delays itself
    /// alone.
    pub async fn next_wave(&mut self) -> Option<Vec<(usize, Placement)>> {
        let wave = self.locating.next_wave().await?;
        let placed = |(number, location)| (number, self.placer.placement(&location, self.now.timestamp()));
        Some(wave.into_iter().map(placed).collect())
    }

    /// All placements, in the order of the URLs.
    pub async fn all(self) -> Vec<Placement> {
        let Self { placer, locating, now } = self;
        locating.all().await.iter().map(|location| placer.placement(location, now.timestamp())).collect()
    }
}
