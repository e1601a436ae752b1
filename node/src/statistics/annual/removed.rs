//! How fast reports were handled, and content removed.

use super::build::{MEDIAN, N, TOTAL, measure, row};
use crate::statistics::count::DAYS;
use crate::statistics::figure::{Cell, Column, Figure, Label, Row, Shape, Unit};
use crate::statistics::model::{Durations, Removal, RemovalCount, Statistics};

/// A clock: its letter, its code, its name as a column, and the figure of removal by hosting.
pub(super) const CLOCKS: [(char, &str, &str, &str); 5] = [
    ('A', "a", "clock-a", "removal-hosting-a"),
    ('B', "b", "clock-b", "removal-hosting-b"),
    ('C', "c", "clock-c", "removal-hosting-c"),
    ('D', "d", "clock-d", "removal-hosting-d"),
    ('E', "e", "clock-e", "removal-hosting-e"),
];

/// Where content is hosted, seen from here.
const AREAS: [&str; 4] = ["here", "member", "non_member", "unknown"];

pub(super) fn figures(of: &Statistics) -> Vec<Figure> {
    let mut figures = vec![handling(of), handled_within(of), removal(of), removed_within(of), survival(of)];
    figures.extend(CLOCKS.iter().filter_map(|clock| by_hosting(of, clock)));
    figures
}

/// The times of handling, by code.
pub(super) fn handlings(of: &Statistics) -> [(&'static str, &Durations); 4] {
    let handling = &of.handling;
    [
        ("received-to-assessed", &handling.received_to_assessed),
        ("assessed-to-lea", &handling.assessed_to_lea),
        ("assessed-to-isp", &handling.assessed_to_isp),
        ("offered-to-first-action", &handling.offered_to_first_action),
    ]
}

/// The removal by a clock.
pub(super) fn by_clock(of: &Statistics, letter: char) -> Option<&Removal> {
    of.removal.iter().find(|removal| removal.clock == letter)
}

fn handling(of: &Statistics) -> Figure {
    let rows = handlings(of).map(|(code, took)| {
        row("handling", code, vec![Cell::Count(took.n), measure(took.median_hours), measure(took.p90_hours)])
    });
    let columns = vec![N, MEDIAN, Column { name: "ninetieth", unit: Unit::Hours }];
    Figure { name: "handling", shape: Shape::TableOnly, of: "handling", columns, rows: rows.into() }
}

fn handled_within(of: &Statistics) -> Figure {
    let rows = DAYS.map(|days| Row {
        label: Label::DaysAfter(days),
        cells: handlings(of).map(|(_, took)| Cell::Count(took.within_days.get(&days).copied().unwrap_or(0))).into(),
    });
    let columns = handlings(of).map(|(code, _)| Column::count(code)).into();
    Figure { name: "handled-within", shape: Shape::Lines, of: "within", columns, rows: rows.into() }
}

fn counted(removal: &RemovalCount) -> Vec<Cell> {
    let (removed, online) = (removal.removed, removal.still_online);
    vec![Cell::Count(removed), Cell::Count(online), Cell::Count(removed + online), measure(removal.median_hours)]
}

fn columns() -> Vec<Column> {
    vec![Column::count("removed"), Column::count("still-online"), TOTAL, MEDIAN]
}

fn removal(of: &Statistics) -> Figure {
    let rows = CLOCKS.iter().filter_map(|(letter, code, ..)| {
        by_clock(of, *letter).map(|removal| row("clock", code, counted(&removal.all)))
    });
    Figure { name: "removal", shape: Shape::Stacked, of: "clock", columns: columns(), rows: rows.collect() }
}

fn by_hosting(of: &Statistics, (letter, _, _, name): &(char, &str, &str, &'static str)) -> Option<Figure> {
    let removal = by_clock(of, *letter)?;
    let rows = AREAS.iter().filter_map(|area| removal.by_hosting.get(area).map(|it| row("hosted", area, counted(it))));
    Some(Figure { name, shape: Shape::Stacked, of: "hosted", columns: columns(), rows: rows.collect() })
}

fn removed_within(of: &Statistics) -> Figure {
    let within = |letter, days| {
        let n = by_clock(of, letter).and_then(|removal| removal.all.within_days.get(&days));
        Cell::Count(n.copied().unwrap_or(0))
    };
    let rows = DAYS.map(|days| Row {
        label: Label::DaysAfter(days),
        cells: CLOCKS.map(|(letter, ..)| within(letter, days)).into(),
    });
    let columns = CLOCKS.map(|(_, _, column, _)| Column::count(column)).into();
    Figure { name: "removed-within", shape: Shape::Lines, of: "within", columns, rows: rows.into() }
}

/// A clock's curve may end before another's.
fn survival(of: &Statistics) -> Figure {
    let points = |letter| by_clock(of, letter).map_or(&[][..], |removal| removal.survival.points.as_slice());
    let longest = CLOCKS.map(|(letter, ..)| points(letter)).into_iter().max_by_key(|points| points.len());
    let online = |letter, days| points(letter).iter().find(|point| point.days == days).map(|point| point.online);
    let rows = longest.unwrap_or_default().iter().map(|point| Row {
        label: Label::DaysAfter(point.days),
        cells: CLOCKS.map(|(letter, ..)| measure(online(letter, point.days))).into(),
    });
    let columns = CLOCKS.map(|(_, _, name, _)| Column { name, unit: Unit::Share }).into();
    Figure { name: "survival", shape: Shape::Steps, of: "time-since-start", columns, rows: rows.collect() }
}
