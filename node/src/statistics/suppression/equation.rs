//! Sums with withheld cells, and the further cells withheld so that none of them can be solved for.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::cells::Cells;
use super::{LEAST, Place, Relation};

/// Left is as many as right.
#[derive(Debug, Clone)]
pub(super) struct Equation {
    pub(super) left: Vec<Place>,
    pub(super) right: Vec<Place>,
    /// The left is a number told only by the shares of the shown cells on the right.
    pub(super) is_told: bool,
}

impl Equation {
    /// The equation in a relation of sums.
    pub(super) fn declared(relation: &Relation) -> Option<Self> {
        match relation {
            Relation::Sum { left, right } => Some(Self { left: left.clone(), right: right.clone(), is_told: false }),
            Relation::Growing { .. } | Relation::Whole { .. } => None,
        }
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.left.iter().chain(&self.right).copied()
    }

    /// The next cell that could be withheld: the first count in the order that is shown and above zero. It is one of
    /// the parts, or of the total where no part is left.
    pub(crate) fn open(&self, cells: &Cells<'_>) -> Option<Candidate> {
        let first = |places: &[Place], is_total| {
            let shown = places.iter().filter(|place| cells.shown(**place).is_some_and(|count| count > 0));
            shown.map(|place| Candidate { is_total, rank: cells.rank(*place), place: *place }).min_by(Candidate::order)
        };
        first(&self.right, false).or_else(|| first(&self.left, true))
    }

    /// Whether the reader knows the sums of both sides.
    fn is_known(&self, cells: &Cells<'_>) -> bool {
        !self.is_told || self.open(cells).is_some()
    }

    /// The withheld cells, and whether each stands on the right.
    pub(super) fn withheld(&self, cells: &Cells<'_>) -> Vec<(Place, bool)> {
        let left = self.left.iter().map(|place| (*place, false));
        let all = left.chain(self.right.iter().map(|place| (*place, true)));
        if self.is_known(cells) { all.filter(|(place, _)| cells.is_withheld(*place)).collect() } else { Vec::new() }
    }

    /// The withheld cells with their factors: how often each stands on the right more than on the left.
    pub(super) fn factors(&self, cells: &Cells<'_>) -> BTreeMap<Place, i32> {
        let mut factors = BTreeMap::new();
        for (place, is_right) in self.withheld(cells) {
            *factors.entry(place).or_default() += if is_right { 1 } else { -1 };
        }
        factors
    }

    /// Whether the sum leaves a withheld cell too few values: there is one for each of the others at least, and it must
    /// be able to be more than small.
    pub(crate) fn is_narrow(&self, cells: &Cells<'_>) -> bool {
        let withheld = self.withheld(cells);
        let (Some((_, side)), Ok(many)) = (withheld.first(), u64::try_from(withheld.len())) else { return false };
        if withheld.iter().any(|(_, other)| other != side) {
            return false;
        }
        let sum: u64 = withheld.iter().filter_map(|(place, _)| cells.counted(*place)).sum();
        sum < many - 1 + LEAST
    }
}

/// A cell that could be withheld as well.
#[derive(Clone, Copy)]
pub(crate) struct Candidate {
    is_total: bool,
    rank: f64,
    pub(crate) place: Place,
}

impl Candidate {
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let by_rank = self.is_total.cmp(&other.is_total).then(self.rank.total_cmp(&other.rank));
        by_rank.then(self.place.cmp(&other.place))
    }
}
