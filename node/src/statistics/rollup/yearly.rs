//! The figures of calendar years, as they were counted last.

use std::collections::BTreeMap;

use super::rollup_repository::Rollup;
use crate::statistics::model::{Statistics, YearFigures};
use crate::statistics::volume::Fresh;
use crate::storage::StorageError;

/// The figures of a calendar year.
#[derive(Debug, Clone, PartialEq)]
pub struct Yearly {
    /// How fresh they are.
    pub fresh: Fresh,
    /// All of them. The series and the year before are of the same time as those years' own figures.
    pub figures: Statistics,
}

/// Years that were counted.
#[derive(Default)]
pub(super) struct Years {
    pub(super) version: i64,
    counted: BTreeMap<u16, (i64, Statistics)>,
}

impl Years {
    /// Takes the counted figures of a year.
    pub(super) fn take(&mut self, rollup: &Rollup) -> Result<(), StorageError> {
        self.version = rollup.version;
        let Ok(year) = u16::try_from(rollup.bucket.at) else { return Ok(()) };
        let figures = serde_json::from_slice(&rollup.cells).map_err(|_| StorageError::Inconsistent("rollup"))?;
        self.counted.insert(year, (rollup.made_at, figures));
        Ok(())
    }

    /// The figures of a year, if it was counted.
    pub(super) fn of(&self, year: u16, waiting: u64) -> Option<Yearly> {
        let (counted_at, figures) = self.counted.get(&year)?;
        Some(self.whole(year, figures.clone(), Fresh { counted_at: Some(*counted_at), waiting }))
    }

    /// The figures of a year that were counted just now, beside those of the other years.
    pub(super) fn beside(&self, year: u16, figures: Statistics, waiting: u64) -> Yearly {
        self.whole(year, figures, Fresh { counted_at: None, waiting })
    }

    /// The figures of other years are read from those years themselves, as they may have changed since.
    fn whole(&self, year: u16, mut figures: Statistics, fresh: Fresh) -> Yearly {
        let others = self.counted.iter().filter(|(other, _)| **other != year).map(|(other, (_, it))| (*other, it));
        let mut all: BTreeMap<u16, &Statistics> = others.collect();
        all.insert(year, &figures);
        let of_year =
            |(year, it): (u16, &Statistics)| YearFigures { year: i32::from(year), by_offence: it.by_offence.clone() };
        let series = all.into_iter().filter(|(_, it)| it.reported > 0).map(of_year).collect();
        figures.series = series;
        if let (Some(previous), Some((_, before))) =
            (&mut figures.previous, year.checked_sub(1).and_then(|before| self.counted.get(&before)))
        {
            (previous.reported, previous.illegal) = (before.reported, before.illegal);
            figures.change = Some(crate::statistics::count::change_of((figures.reported, figures.illegal), previous));
        }
        Yearly { fresh, figures }
    }
}
