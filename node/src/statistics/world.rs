//! This hotline's reports by where they are hosted: for its own people.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use foldhash::fast::RandomState;
use hotline_protocol::country::Country;

use super::cell::{NOBODY, ReportCell, country};
use super::filter::Filter;
use super::parts::in_parts;
use super::rollups::Kept;
use super::volume::Fresh;
use super::volume_tally::{Wanted, days};

/// The reports that this hotline received in a period (those of `statistics --json`), by where they are hosted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// How fresh it is.
    pub fresh: Fresh,
    /// All together.
    pub all: Hosted,
    /// By hosting country; none where unknown.
    pub countries: BTreeMap<Option<Country>, Hosted>,
    /// By who runs the network, the most reports first, at most [`TOP`].
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
    fn take(&mut self, cell: &ReportCell) {
        let n = u64::from(cell.n);
        self.reports += n;
        self.illegal += if cell.is_illegal { n } else { 0 };
        self.gone += if cell.is_illegal && cell.is_gone { n } else { 0 };
    }

    fn add(&mut self, others: &Self) {
        self.reports += others.reports;
        self.illegal += others.illegal;
        self.gone += others.gone;
    }
}

/// Sums by a key. It is hashed for each of millions of cells, so fast.
type Tally<K> = HashMap<K, Hosted, RandomState>;

/// Where the reports of a filter are hosted.
pub(super) fn world_of(kept: &Kept<ReportCell>, fresh: Fresh, filter: &Filter) -> World {
    let wanted = Wanted::by(filter);
    let only = filter.peer.as_ref().map(|peer| kept.names.known(peer.as_str()).unwrap_or(NOBODY));
    let parts = in_parts(&kept.days, days(filter.period), |days| {
        let mut sums = Sums::default();
        for cell in days.iter().flat_map(|(_, cells)| cells.iter()) {
            let is_theirs = only.is_none_or(|only| only != NOBODY && cell.peers.contains(&only));
            if is_theirs && wanted.has(cell.country, cell.offence, cell.site) {
                sums.take(cell);
            }
        }
        sums
    });
    let mut sums = Sums::default();
    for part in &parts {
        sums.add(part);
    }
    let name = |number: u32| kept.names.name(number).map(str::to_owned);
    World {
        fresh,
        all: sums.all,
        countries: sums.countries.into_iter().map(|(letters, hosted)| (country(letters), hosted)).collect(),
        organisations: top(sums.organisations).map(|(number, hosted)| (name(number), hosted)).collect(),
        networks: top(sums.networks).map(|(number, hosted)| ((number > 0).then_some(number), hosted)).collect(),
    }
}

/// What cells come to.
#[derive(Default)]
struct Sums {
    all: Hosted,
    countries: Tally<[u8; 2]>,
    organisations: Tally<u32>,
    networks: Tally<u32>,
}

impl Sums {
    fn take(&mut self, cell: &ReportCell) {
        self.all.take(cell);
        self.countries.entry(cell.country).or_default().take(cell);
        self.organisations.entry(cell.organisation).or_default().take(cell);
        self.networks.entry(cell.network).or_default().take(cell);
    }

    fn add(&mut self, others: &Self) {
        self.all.add(&others.all);
        add(&mut self.countries, &others.countries);
        add(&mut self.organisations, &others.organisations);
        add(&mut self.networks, &others.networks);
    }
}

fn add<K: Eq + Hash + Copy>(sums: &mut Tally<K>, others: &Tally<K>) {
    for (key, other) in others {
        sums.entry(*key).or_default().add(other);
    }
}

/// The most reports first; of equal ones the lower number.
fn top<K: Ord + Hash + Copy>(counted: Tally<K>) -> impl Iterator<Item = (K, Hosted)> {
    let mut counted: Vec<(K, Hosted)> = counted.into_iter().collect();
    counted.sort_by_key(|(key, hosted)| (std::cmp::Reverse(hosted.reports), *key));
    counted.into_iter().take(TOP)
}
