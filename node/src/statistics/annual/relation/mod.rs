//! The cells of the yearly figures that tell of each other, for withholding.

use hotline_protocol::vocabulary::Offence;

use super::hosted::hosting_of;
use super::overview::offence_column;
use super::removed::{CLOCKS, by_clock, handlings};
use crate::statistics::figure::{Cell, Figure, Label, Unit};
use crate::statistics::model::Statistics;
use crate::statistics::suppression::{LEAST, Place, Relation};

/// How the yearly figures hang together.
#[must_use]
pub fn relations(statistics: &Statistics, figures: &[Figure]) -> Vec<Relation> {
    let of = Set { figures, year: chrono::Datelike::year(&statistics.period.to) };
    let mut relations = overview(&of);
    relations.extend(ways(&of));
    relations.extend(csam(&of));
    relations.extend(removal(statistics, &of));
    relations.extend(notices(&of));
    relations
}

/// The figures, to name places in.
struct Set<'f> {
    figures: &'f [Figure],
    /// The year that they are of.
    year: i32,
}

impl Set<'_> {
    fn place(&self, name: &str) -> Option<(usize, &Figure)> {
        self.figures.iter().enumerate().find(|(_, figure)| figure.name == name)
    }

    fn cells(&self, name: &str, column: &str, is_meant: impl Fn(&Label) -> bool) -> Vec<Place> {
        let Some((figure, of)) = self.place(name) else { return Vec::new() };
        let Some(column) = of.columns.iter().position(|it| it.name == column) else { return Vec::new() };
        let rows = of.rows.iter().enumerate().filter(|(_, row)| is_meant(&row.label));
        rows.map(|(row, _)| Place { figure, row, column }).collect()
    }

    /// A column.
    fn column(&self, name: &str, column: &str) -> Vec<Place> {
        self.cells(name, column, |_| true)
    }

    /// The cell of a code; nothing where there is no such row.
    fn cell(&self, name: &str, code: &str, column: &str) -> Vec<Place> {
        self.cells(name, column, |label| matches!(label, Label::Code { code: found, .. } if *found == code))
    }

    /// The cell of this year.
    fn this_year(&self, name: &str, column: &str) -> Vec<Place> {
        self.cells(name, column, |label| *label == Label::Year(self.year))
    }

    fn shares(&self, whole: &[Place], name: &str) -> Option<Relation> {
        let ([whole], Some((figure, _))) = (whole, self.place(name)) else { return None };
        Some(Relation::Whole { whole: *whole, figure })
    }

    /// As many as there are in places together.
    fn counted(&self, places: &[Place]) -> u64 {
        let cell = |place: &Place| self.figures[place.figure].rows[place.row].cells[place.column];
        places.iter().map(|place| if let Cell::Count(n) = cell(place) { n } else { 0 }).sum()
    }

    /// A sum that lacks the counts of no figure. As long as these are few, a reader that takes them for zero is right,
    /// or nearly. Where they are many, they hide the withheld counts well enough, and holding to the sum would withhold
    /// large counts for nothing.
    fn nearly(&self, left: Vec<Place>, right: Vec<Place>) -> Option<Relation> {
        let is_something = !left.is_empty() && !right.is_empty();
        let is_near = self.counted(&left).abs_diff(self.counted(&right)) < LEAST;
        (is_something && is_near).then(|| sum(left, right))
    }
}

fn sum(left: Vec<Place>, right: Vec<Place>) -> Relation {
    Relation::Sum { left, right }
}

/// Totals, offences and years.
fn overview(of: &Set<'_>) -> Vec<Relation> {
    let mut relations = Vec::new();
    let total = |code| of.cell("totals", code, "n");
    for (column, development) in [("reported", "development-reported"), ("illegal", "development-illegal")] {
        relations.push(sum(total(column), of.column("offences", column)));
        relations.push(sum(total(column), of.cell("compared", column, "this-year")));
        relations.push(sum(total(column), of.this_year("development", column)));
        for offence in Offence::ALL {
            let this_year = of.this_year(development, offence_column(*offence).name);
            relations.push(sum(this_year, of.cell("offences", offence.code(), column)));
        }
        for year in of.column("development", column) {
            let parts = Offence::ALL.iter().flat_map(|offence| of.column(development, offence_column(*offence).name));
            relations.push(sum(vec![year], parts.filter(|place| place.row == year.row).collect()));
        }
    }
    relations.push(sum(total("reported"), of.column("sources", "n")));
    relations.push(sum(total("reported"), of.column("channels", "n")));
    let year_before = |label: &Label| *label == Label::Year(of.year - 1);
    for column in ["reported", "illegal"] {
        let before = of.cells("development", column, year_before);
        relations.push(sum(of.cell("compared", column, "year-before"), before));
    }
    relations
}

/// The outcomes of reports.
fn ways(of: &Set<'_>) -> Vec<Relation> {
    let total = |code| of.cell("totals", code, "n");
    let assessed = || [total("illegal"), of.column("reasons", "n")].concat();
    let hosted = Offence::ALL.iter().flat_map(|offence| of.column(hosting_of(*offence), "n")).collect();
    let ways = [
        // Except for reports without their URL here.
        of.nearly(total("reported"), [total("unique-urls"), total("duplicates")].concat()),
        // But those that were closed without a finding.
        of.nearly(total("reported"), [assessed(), total("pending")].concat()),
        // But those of no offence.
        of.nearly(hosted, assessed()),
        // But those that a peer had assessed.
        of.nearly(of.cell("handling", "received-to-assessed", "n"), assessed()),
    ];
    ways.into_iter().flatten().collect()
}

/// The parts of illegal csam, and of handled csam.
fn csam(of: &Set<'_>) -> Vec<Relation> {
    let illegal = of.cell("offences", "csam", "illegal");
    let mut relations: Vec<Relation> = ["site-types", "tlds", "sex", "age", "commerciality"]
        .map(|name| sum(illegal.clone(), of.column(name, "n")))
        .into();
    relations.extend(["production", "content", "media", "behaviours"].iter().filter_map(|it| of.shares(&illegal, it)));
    let terrorism = of.cell("offences", "terrorism", "illegal");
    relations.extend(of.shares(&terrorism, "terrorism-types"));
    // The same countries twice.
    let europe = of.place("hosting-europe").map_or(&[][..], |(_, figure)| &figure.rows);
    for row in europe {
        let [one, other] = ["hosting-europe", "hosting"].map(|name| of.cells(name, "n", |label| *label == row.label));
        relations.push(sum(one, other));
    }
    relations.push(sum(of.column("onion", "n"), of.column("hosting", "n")));
    relations
}

/// The clocks that start for every report, at its receipt or its first finding, as far as these are known.
const STARTED_BY_ALL: [char; 2] = ['A', 'E'];

/// Clocks, their parts, and the counts that grow along the days.
fn removal(statistics: &Statistics, of: &Set<'_>) -> Vec<Relation> {
    let mut relations = Vec::new();
    let counts = ["removed", "still-online", "total"];
    for (letter, code, column, hosting) in CLOCKS {
        let Some(removal) = by_clock(statistics, letter) else { continue };
        for part in counts {
            relations.push(sum(of.cell("removal", code, part), of.column(hosting, part)));
        }
        let parts = counts.map(|part| of.cell("removal", code, part));
        let [removed, online, total] = parts.clone();
        if STARTED_BY_ALL.contains(&letter) {
            relations.extend(of.nearly(of.cell("offences", Offence::Csam.code(), "illegal"), total.clone()));
        }
        relations.push(sum(total, [removed.clone(), online].concat()));
        let within = of.column("removed-within", column);
        let steps = within.iter().zip(removal.all.within_days.values()).map(|(place, n)| (*place, *n));
        relations.push(Relation::Growing { steps: steps.collect(), whole: removal.all.removed, of: removed });
        let curve = of.column("survival", column);
        let steps = curve.iter().zip(&removal.survival.points).map(|(place, point)| (*place, point.gone));
        relations.push(Relation::Growing { steps: steps.collect(), whole: removal.survival.n, of: parts.concat() });
    }
    relations.extend(CLOCKS.iter().flat_map(|(.., name)| rows_add_up(of, name)));
    for (code, took) in handlings(statistics) {
        let steps = of.column("handled-within", code).into_iter().zip(took.within_days.values().copied());
        relations.push(Relation::Growing { steps: steps.collect(), whole: took.n, of: of.cell("handling", code, "n") });
    }
    relations
}

/// In every row, the counts before the total are the total.
fn rows_add_up(of: &Set<'_>, name: &str) -> Vec<Relation> {
    let Some((figure, found)) = of.place(name) else { return Vec::new() };
    let counts: Vec<usize> =
        found.columns.iter().enumerate().filter(|(_, it)| it.unit == Unit::Count).map(|(place, _)| place).collect();
    let Some((total, parts)) = counts.split_last() else { return Vec::new() };
    let row = |row| {
        let place = |column: &usize| Place { figure, row, column: *column };
        sum(vec![place(total)], parts.iter().map(place).collect())
    };
    (0..found.rows.len()).map(row).collect()
}

/// Notices by provider and by offence are the same notices.
fn notices(of: &Set<'_>) -> Vec<Relation> {
    let columns = ["removed", "unavailable", "no-action", "total"];
    let both = |column| sum(of.column("notices", column), of.column("notices-offences", column));
    let mut relations: Vec<Relation> = columns.map(both).into();
    relations.extend(["notices", "notices-offences"].iter().flat_map(|name| rows_add_up(of, name)));
    // But reports of other years, and hosters that were told again.
    relations.extend(of.nearly(of.cell("acts", "isp", "n"), of.column("notices", "total")));
    relations
}

#[cfg(test)]
mod tests;
