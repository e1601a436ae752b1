//! Many places at once: each name is asked for once, and answers are given as they come.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::locate::{Geolocator, Offline};
use super::model::{Location, Place};
use super::name_to_ask::name_to_ask;
use super::resolver::Asking;
use super::resolver::crowd::Told;

/// Places during their location; each is known by its number in the given order.
pub struct Locating<'a> {
    geolocator: &'a Geolocator,
    now: DateTime<Utc>,
    /// Answers of the files, until they are given.
    known: Vec<(usize, Location)>,
    asking: Option<Asking<'a>>,
    /// The numbers of the places of each name that is asked for.
    places: HashMap<String, Vec<usize>>,
}

impl Geolocator {
    /// Begins to find out where places stand at the time `now`.
    pub fn locate_many<'a>(&'a self, places: &[Place<'_>], now: DateTime<Utc>) -> Locating<'a> {
        let mut known = Vec::new();
        let mut of_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, place) in places.iter().enumerate() {
            match self.offline(*place, now) {
                Offline::Known(location) => known.push((number, location)),
                Offline::Ask { domain, .. } => of_name.entry(name_to_ask(domain)).or_default().push(number),
            }
        }
        let asking = self.resolvers.as_ref().filter(|_| !of_name.is_empty());
        let asking = asking.map(|resolvers| resolvers.ask_many(of_name.keys().cloned()));
        Locating { geolocator: self, now, known, asking, places: of_name }
    }
}

impl Locating<'_> {
    /// The places that were located since the last wave, each once; `None` after the last one. Answers from the files
    /// come first. Then answers come as the name servers give them, so that a slow host delays itself alone.
    pub async fn next_wave(&mut self) -> Option<Vec<(usize, Location)>> {
        if !self.known.is_empty() {
            return Some(std::mem::take(&mut self.known));
        }
        let wave = self.asking.as_mut()?.next_wave().await?;
        Some(self.located(wave).await)
    }

    /// All locations, in the order of the places. Only then is it known where unlike names lead.
    pub async fn all(mut self) -> Vec<Location> {
        let mut located = std::mem::take(&mut self.known);
        if let Some(asking) = self.asking.take() {
            located.extend(self.located(asking.all().await).await);
        }
        located.sort_unstable_by_key(|(number, _)| *number);
        located.into_iter().map(|(_, location)| location).collect()
    }

    async fn located(&mut self, mut wave: Vec<Told>) -> Vec<(usize, Location)> {
        self.geolocator.suspect(&mut wave, self.now).await;
        let mut located = Vec::with_capacity(wave.len());
        for (domain, testimonies) in wave {
            let location = self.geolocator.heard(testimonies, self.now);
            let numbers = self.places.remove(&domain).unwrap_or_default();
            located.extend(numbers.into_iter().map(|number| (number, location.clone())));
        }
        located
    }
}
