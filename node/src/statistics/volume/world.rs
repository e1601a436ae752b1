//! This hotline's reports by where they are hosted: for its own people.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use hotline_protocol::country::Country;

use super::model::Fresh;
use crate::statistics::filter::Filter;
use crate::statistics::rollup::{CellFilter, Kept, NOBODY, Names, ReportCell, country, days, in_parts};

/// The reports that this hotline received in a period (those of `statistics --json`), by where they are hosted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// How fresh it is.
    pub fresh: Fresh,
    /// All together.
    pub all: Hosted,
    /// By hosting country; none where unknown.
    pub countries: BTreeMap<Option<Country>, Hosted>,
    /// By operator of the network, the most reports first, at most [`TOP`].
    pub organisations: Vec<(Option<String>, Hosted)>,
    /// By the network's number, the most reports first, at most [`TOP`].
    pub networks: Vec<(Option<u32>, Hosted)>,
}

/// Most hosters and networks that are given.
pub const TOP: usize = 50;

/// Reports of this hotline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hosted {
    /// All of them.
    pub reports: u64,
    /// Of those, assessed as baseline, national or illegal.
    pub illegal: u64,
    /// Of those that are illegal, standing as removed or unavailable, cases of the past included.
    pub gone: u64,
}

impl Hosted {
    fn of(cell: &ReportCell) -> Self {
        let reports = u64::from(cell.n);
        let illegal = reports * u64::from(cell.is_illegal);
        Self { reports, illegal, gone: illegal * u64::from(cell.is_gone) }
    }

    fn add(&mut self, others: &Self) {
        self.reports += others.reports;
        self.illegal += others.illegal;
        self.gone += others.gone;
    }
}

/// Sums by the number of a network. It is hashed for each of millions of cells, so fast.
type Networks = HashMap<u32, Hosted, RandomState>;

/// Where the reports of a filter are hosted.
pub(crate) fn world_of(kept: &Kept<ReportCell>, fresh: Fresh, filter: &Filter) -> World {
    let wanted = CellFilter::by(filter);
    let only = filter.peer.as_ref().map(|peer| kept.names.known(peer.as_str()).unwrap_or(NOBODY));
    let parts = in_parts(&kept.days, days(filter.period), |days| {
        let mut sums = Sums::new(&kept.names);
        for cell in days.iter().flat_map(|(_, cells)| cells.iter()) {
            let is_theirs = only.is_none_or(|only| only != NOBODY && cell.peers.contains(&only));
            if is_theirs && wanted.has(cell.country, cell.offence, cell.site) {
                sums.take(cell);
            }
        }
        sums
    });
    let mut sums = Sums::new(&kept.names);
    for part in &parts {
        sums.add(part);
    }
    let name = |number: u32| kept.names.name(number).map(str::to_owned);
    let (countries, networks) = (found(sums.countries), sums.networks);
    World {
        fresh,
        all: sums.all,
        countries: countries.map(|(place, hosted)| (country_at(place), hosted)).collect(),
        organisations: top(found(sums.organisations).map(|(place, hosted)| (name_at(place), hosted)))
            .map(|(number, hosted)| (name(number), hosted))
            .collect(),
        networks: top(networks).map(|(number, hosted)| ((number > 0).then_some(number), hosted)).collect(),
    }
}

/// The sums of cells. Keys with few values stand at places of their own: this is faster than a search.
struct Sums {
    all: Hosted,
    /// By [`country_place`].
    countries: Vec<Hosted>,
    /// By [`name_place`].
    organisations: Vec<Hosted>,
    networks: Networks,
}

impl Sums {
    fn new(names: &Names) -> Self {
        let zeros = |length: usize| vec![Hosted::default(); length];
        let (all, networks) = Default::default();
        Self { all, countries: zeros(COUNTRIES), organisations: zeros(names.len() + 1), networks }
    }

    fn take(&mut self, cell: &ReportCell) {
        let hosted = Hosted::of(cell);
        self.all.add(&hosted);
        self.countries[country_place(cell.country)].add(&hosted);
        self.organisations[name_place(cell.organisation)].add(&hosted);
        self.networks.entry(cell.network).or_default().add(&hosted);
    }

    fn add(&mut self, others: &Self) {
        self.all.add(&others.all);
        let places = [(&mut self.countries, &others.countries), (&mut self.organisations, &others.organisations)];
        for (sums, others) in places {
            sums.iter_mut().zip(others).for_each(|(sum, other)| sum.add(other));
        }
        for (network, other) in &others.networks {
            self.networks.entry(*network).or_default().add(other);
        }
    }
}

/// Places for two letters, each with room for 32.
const COUNTRIES: usize = 1 << 10;

/// The place of a country: of its capital letters, five bits each; the first where there is none.
const fn country_place([first, second]: [u8; 2]) -> usize {
    ((first & 31) as usize) << 5 | (second & 31) as usize
}

fn country_at(place: usize) -> Option<Country> {
    let letter = |bits: usize| u8::try_from(bits & 31).unwrap_or(0) | 64;
    country([letter(place >> 5), letter(place)])
}

/// The place of a name: behind that of nobody's.
const fn name_place(name: u32) -> usize {
    name.wrapping_add(1) as usize
}

fn name_at(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(0).wrapping_sub(1)
}

/// The places with any reports.
fn found(sums: Vec<Hosted>) -> impl Iterator<Item = (usize, Hosted)> {
    sums.into_iter().enumerate().filter(|(_, hosted)| hosted.reports > 0)
}

/// The most reports first; of equal ones the lower number.
fn top(counted: impl IntoIterator<Item = (u32, Hosted)>) -> impl Iterator<Item = (u32, Hosted)> {
    let mut counted: Vec<(u32, Hosted)> = counted.into_iter().collect();
    counted.sort_by_key(|(key, hosted)| (std::cmp::Reverse(hosted.reports), *key));
    counted.into_iter().take(TOP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::rollup::letters;

    #[test]
    fn every_country_and_every_name_has_a_place_of_its_own() {
        let all = Country::all().map(Some).chain([None]);
        for country in all {
            assert_eq!(country_at(country_place(letters(country))), country);
        }
        for name in [NOBODY, 0, 1, 70_000] {
            assert_eq!(name_at(name_place(name)), name);
        }
        assert_eq!((name_place(NOBODY), name_place(0)), (0, 1));
    }
}
