//! Reports received, and their outcomes: over the years, by offence, source, channel, act, and reason for not being
//! illegal.

use hotline_protocol::vocabulary::{Channel, Offence, Reason, Source};

use super::build::{N, Whole, cells, listed, of_offence, ranked, row};
use crate::statistics::figure::{Cell, Column, Figure, Label, Row, Shape};
use crate::statistics::model::{OffenceCount, Statistics, YearFigures};

/// The column of an offence.
pub(super) const fn offence_column(offence: Offence) -> Column {
    Column::count(match offence {
        Offence::Csam => "csam",
        Offence::Terrorism => "terrorism",
        Offence::Incitement => "incitement",
        Offence::HarmfulToMinors => "harmful-to-minors",
        Offence::Other => "other",
    })
}

pub(super) fn figures(of: &Statistics) -> Vec<Figure> {
    let reasons = listed("reasons", "reason", &of.not_illegal, Reason::ALL.iter().map(|code| code.code()), Whole::Sum);
    let sources = listed("sources", "source", &of.by_source, Source::ALL.iter().map(|code| code.code()), Whole::Sum);
    let channels =
        listed("channels", "channel", &of.by_channel, Channel::ALL.iter().map(|code| code.code()), Whole::Sum);
    vec![
        totals(of),
        compared(of),
        development(of),
        development_by_offence(of, "development-reported", |count| count.reported),
        development_by_offence(of, "development-illegal", |count| count.illegal),
        offences(of),
        ranked(sources),
        ranked(channels),
        acts(of),
        ranked(reasons),
    ]
}

fn totals(of: &Statistics) -> Figure {
    let rows = [
        ("reported", of.reported),
        ("illegal", of.illegal),
        ("pending", of.pending),
        ("unique-urls", of.unique_urls),
        ("duplicates", of.duplicates),
    ];
    let rows = rows.map(|(code, n)| row("total", code, cells([n])));
    Figure { name: "totals", shape: Shape::TableOnly, of: "total", columns: vec![N], rows: rows.into() }
}

/// The year and the one before it.
fn compared(of: &Statistics) -> Figure {
    let before = of.previous.as_ref();
    let change = of.change.as_ref();
    let compared = |code, now, before: Option<u64>, change: Option<f64>| {
        let change = change.map_or(Cell::Unknown, Cell::Measure);
        row("total", code, vec![Cell::Count(now), before.map_or(Cell::Unknown, Cell::Count), change])
    };
    let rows = vec![
        compared("reported", of.reported, before.map(|it| it.reported), change.and_then(|it| it.reported)),
        compared("illegal", of.illegal, before.map(|it| it.illegal), change.and_then(|it| it.illegal)),
    ];
    let columns = vec![Column::count("this-year"), Column::count("year-before"), Column::share("change")];
    Figure { name: "compared", shape: Shape::TableOnly, of: "total", columns, rows }
}

fn development(of: &Statistics) -> Figure {
    let sum = |year: &YearFigures, count: fn(&OffenceCount) -> u64| year.by_offence.values().map(count).sum();
    let rows = of.series.iter().map(|year| Row {
        label: Label::Year(year.year),
        cells: cells([sum(year, |count| count.reported), sum(year, |count| count.illegal)]),
    });
    let columns = vec![Column::count("reported"), Column::count("illegal")];
    Figure { name: "development", shape: Shape::Lines, of: "year", columns, rows: rows.collect() }
}

fn development_by_offence(of: &Statistics, name: &'static str, n: fn(OffenceCount) -> u64) -> Figure {
    let cell =
        |year: &YearFigures, offence: &Offence| Cell::Count(of_offence(&year.by_offence, offence.code()).map_or(0, n));
    let rows = of.series.iter().map(|year| Row {
        label: Label::Year(year.year),
        cells: Offence::ALL.iter().map(|offence| cell(year, offence)).collect(),
    });
    let columns = Offence::ALL.iter().map(|offence| offence_column(*offence)).collect();
    Figure { name, shape: Shape::Lines, of: "year", columns, rows: rows.collect() }
}

fn offences(of: &Statistics) -> Figure {
    let rows = Offence::ALL.iter().map(|offence| {
        let OffenceCount { reported, illegal } = of_offence(&of.by_offence, offence.code()).unwrap_or_default();
        row("offence", offence.code(), cells([reported, illegal]))
    });
    let columns = vec![Column::count("reported"), Column::count("illegal")];
    Figure { name: "offences", shape: Shape::Bars, of: "offence", columns, rows: rows.collect() }
}

fn acts(of: &Statistics) -> Figure {
    let acts = &of.actions;
    let rows = [
        ("lea", acts.lea),
        ("lea-transmissions", acts.lea_transmissions),
        ("isp", acts.isp),
        ("sent-to-peers", acts.sent_to_peers),
        ("received-from-peers", acts.received_from_peers),
        ("replies", acts.replies),
    ];
    let rows = rows.map(|(code, n)| row("act", code, cells([n])));
    Figure { name: "acts", shape: Shape::Bars, of: "act", columns: vec![N], rows: rows.into() }
}
