//! Sums over the steps of a period: pure.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate};

use crate::statistics::filter::{Filter, Step};
use crate::statistics::period::Period;

/// Days since 1970.
pub(super) fn day_number(day: NaiveDate) -> i64 {
    day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp().div_euclid(86_400)
}

/// The day of so many days since 1970.
pub(super) fn day_of_number(day: i64) -> Option<NaiveDate> {
    Some(DateTime::from_timestamp(day.checked_mul(86_400)?, 0)?.date_naive())
}

/// The days of a period.
pub(crate) fn days(period: Period) -> RangeInclusive<i64> {
    day_number(period.from)..=day_number(period.to).max(day_number(period.from) - 1)
}

/// A sum for each step of a period, found by the day.
pub(crate) struct Steps<T> {
    step: Step,
    sums: BTreeMap<NaiveDate, T>,
}

impl<T: Default> Steps<T> {
    /// Every step of the period.
    pub(crate) fn of(filter: &Filter) -> Self {
        let begins = filter.step.begins(filter.period);
        Self { step: filter.step, sums: begins.into_iter().map(|begin| (begin, T::default())).collect() }
    }

    /// The sum of the step that a day is in.
    pub(crate) fn at(&mut self, day: i64) -> Option<&mut T> {
        self.sums.get_mut(&self.step.begin(day_of_number(day)?))
    }

    /// Each sum, and that of others in the same step.
    pub(crate) fn beside<'s>(&'s mut self, others: &'s Self) -> impl Iterator<Item = (&'s mut T, &'s T)> {
        self.sums.values_mut().zip(others.sums.values())
    }

    /// The sums in order.
    pub(crate) fn into_sums(self) -> impl Iterator<Item = (NaiveDate, T)> {
        self.sums.into_iter()
    }
}
