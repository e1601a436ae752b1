//! The federation as totals, from the headers of all logs: no hotline is named, so that nobody learns of a pair that he
//! is no part of.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hotline_protocol::country::Country;

use super::model::Fresh;
use crate::statistics::filter::Filter;
use crate::statistics::rollup::{FederationCell, Kept, Steps, country, days, letters};

/// The reports published by all hotlines in a period. A report counts on the day when its origin gave it its id: this
/// day is the same for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Federation {
    /// How fresh it is.
    pub fresh: Fresh,
    /// Every step of the period in its order, those without any report too, by its first day.
    pub steps: Vec<(NaiveDate, Published)>,
    /// By hosting country; none where unknown.
    pub countries: BTreeMap<Option<Country>, Published>,
    /// All together.
    pub all: Published,
}

/// Reports of all hotlines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// Published.
    pub published: u64,
    /// Of those, held by another hotline than their origin.
    pub taken_over: u64,
    /// Of those published, standing as removed or unavailable.
    pub gone: u64,
}

impl Published {
    fn take(&mut self, cell: &FederationCell) {
        self.published += u64::from(cell.published);
        self.taken_over += u64::from(cell.taken_over);
        self.gone += u64::from(cell.gone);
    }
}

/// The totals of a filter.
pub(crate) fn federation_of(kept: &Kept<FederationCell>, fresh: Fresh, filter: &Filter) -> Federation {
    let wanted = filter.country.map(|country| letters(Some(country)));
    let mut steps: Steps<Published> = Steps::of(filter);
    let mut countries: BTreeMap<[u8; 2], Published> = BTreeMap::new();
    let mut all = Published::default();
    for (day, cells) in kept.days.range(days(filter.period)) {
        let Some(step) = steps.at(*day) else { continue };
        for cell in cells.iter().filter(|cell| wanted.is_none_or(|wanted| wanted == cell.country)) {
            step.take(cell);
            all.take(cell);
            countries.entry(cell.country).or_default().take(cell);
        }
    }
    let countries = countries.into_iter().map(|(letters, published)| (country(letters), published)).collect();
    Federation { fresh, steps: steps.into_sums().collect(), countries, all }
}
