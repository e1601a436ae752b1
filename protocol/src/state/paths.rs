//! The `ref` paths of entries about one report: a forest, gone through once, with a stack of its own, since a path may be
//! as long as a log.

use super::by_hash::ByHash;
use crate::bytes::Hash;

/// For each entry, whether its path leads to the create through entries that are understood.
pub(super) fn reaching(create: &Hash, all: &ByHash<'_>) -> Vec<bool> {
    let mut reaches: Vec<Option<bool>> = vec![None; all.all().len()];
    if let Some(place) = all.place(create) {
        reaches[place] = Some(true);
    }
    (0..reaches.len()).map(|place| path_reaches(place, all, &mut reaches)).collect()
}

fn path_reaches(start: usize, all: &ByHash<'_>, reaches: &mut [Option<bool>]) -> bool {
    let mut path = Vec::new();
    let mut at = Some(start);
    let found = loop {
        let Some(place) = at else { break false };
        if let Some(known) = reaches[place] {
            break known;
        }
        // An entry that calls something critical that this version does not understand holds the report where it
        // stands.
        if !all.all()[place].content.crit.is_empty() {
            break false;
        }
        path.push(place);
        reaches[place] = Some(false);
        at = all.before(place);
    };
    for place in path {
        reaches[place] = Some(found);
    }
    found
}

/// The entries on each other's paths. A walk over the whole tree starts at the create: these are the times when it came
/// to each entry and left it.
pub(super) struct Descent(Vec<(usize, usize)>);

impl Descent {
    /// Built from entries with paths that all lead to the create.
    pub(super) fn of(create: &Hash, all: &ByHash<'_>) -> Self {
        let mut times = vec![(0, 0); all.all().len()];
        let Some(create) = all.place(create) else { return Self(times) };
        let others = (0..times.len()).filter(|place| *place != create);
        let mut after: Vec<(usize, usize)> = others.filter_map(|place| Some((all.before(place)?, place))).collect();
        after.sort_unstable();
        let first = |place: usize| after.partition_point(|(before, _)| *before < place);
        let (mut clock, mut under_way) = (1, vec![(create, first(create))]);
        times[create].0 = clock;
        while let Some((place, next)) = under_way.last_mut() {
            clock += 1;
            if let Some((_, child)) = after.get(*next).filter(|(before, _)| before == place) {
                *next += 1;
                times[*child].0 = clock;
                under_way.push((*child, first(*child)));
            } else {
                times[*place].1 = clock;
                under_way.pop();
            }
        }
        Self(times)
    }

    /// Whether the path of the entry at `from` leads through the one at `sought`, or begins there.
    pub(super) fn leads_through(&self, from: usize, sought: usize) -> bool {
        let (begin, end) = self.0[sought];
        begin > 0 && begin <= self.0[from].0 && self.0[from].1 <= end
    }
}
