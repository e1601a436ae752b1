//! Notices to hosters, as Article 22(3) of the Digital Services Act has trusted flaggers report them.

use std::collections::BTreeMap;

use hotline_protocol::vocabulary::Offence;

use super::build::{MEDIAN, TOTAL, measure, row};
use crate::statistics::figure::{Cell, Column, Figure, Label, Row, Shape};
use crate::statistics::model::{NoticeCount, Statistics};

pub(super) fn figures(of: &Statistics) -> Vec<Figure> {
    vec![by_provider(of), by_offence(of)]
}

fn columns() -> Vec<Column> {
    vec![Column::count("removed"), Column::count("unavailable"), Column::count("no-action"), TOTAL, MEDIAN]
}

fn counted(count: &NoticeCount) -> Vec<Cell> {
    let counts = [count.removed, count.unavailable, count.no_action, count.notices];
    counts.map(Cell::Count).into_iter().chain([measure(count.median_hours)]).collect()
}

fn by_provider(of: &Statistics) -> Figure {
    let rows =
        of.notices.iter().map(|it| Row { label: Label::Name(it.provider.clone()), cells: counted(&it.all) }).collect();
    Figure { name: "notices", shape: Shape::Stacked, of: "provider", columns: columns(), rows }
}

/// Medians are not added up: they stand by provider.
fn by_offence(of: &Statistics) -> Figure {
    let mut offences: BTreeMap<&'static str, NoticeCount> = BTreeMap::new();
    for (offence, count) in of.notices.iter().flat_map(|provider| &provider.by_offence) {
        let sum = offences.entry(offence).or_default();
        sum.notices += count.notices;
        sum.removed += count.removed;
        sum.unavailable += count.unavailable;
        sum.no_action += count.no_action;
    }
    let codes = Offence::ALL.iter().map(|offence| offence.code()).chain(["unknown"]);
    let without_median = |count: &NoticeCount| counted(count)[..4].to_vec();
    let rows = codes.filter_map(|code| offences.get(code).map(|count| row("offence", code, without_median(count))));
    Figure {
        name: "notices-offences",
        shape: Shape::Stacked,
        of: "offence",
        columns: columns()[..4].to_vec(),
        rows: rows.collect(),
    }
}
