//! Years with one small count, and other counts of the same page that would give it away.

use std::collections::BTreeMap;

use hotline_protocol::country::Country;

use super::*;
use crate::statistics::count::{End, Removals, Spans, countries, top_level_domains};
use crate::statistics::model::{
    Actions, ByCode, CodeCount, ContentFigures, CountryCount, Durations, Handling, OffenceCount, Removal, Survival,
    Victims, YearFigures,
};
use crate::statistics::sample::sample;
use crate::statistics::suppression::withhold;
use crate::statistics::{Order, yearly_figures};

/// A figure, a code, or every row, and a column.
type Named = (&'static str, Option<&'static str>, &'static str);

const REPORTED: Named = ("totals", Some("reported"), "n");
const ILLEGAL: Named = ("totals", Some("illegal"), "n");
const PENDING: Named = ("totals", Some("pending"), "n");
const UNIQUE: Named = ("totals", Some("unique-urls"), "n");
const DUPLICATES: Named = ("totals", Some("duplicates"), "n");
const REASONS: Named = ("reasons", None, "n");
const CSAM: Named = ("offences", Some("csam"), "illegal");

/// Counts that add up: where all but one are shown, that one is told.
const ADD_UP: [&[Named]; 5] = [
    &[REPORTED, UNIQUE, DUPLICATES],
    &[REPORTED, ILLEGAL, REASONS, PENDING],
    &[
        ILLEGAL,
        REASONS,
        ("hosting", None, "n"),
        ("hosting-terrorism", None, "n"),
        ("hosting-incitement", None, "n"),
        ("hosting-harmful-to-minors", None, "n"),
        ("hosting-other", None, "n"),
    ],
    &[CSAM, ("removal", Some("a"), "total")],
    &[CSAM, ("removal", Some("e"), "total")],
];

fn hosted(counts: &[(&str, u64)]) -> Vec<CountryCount> {
    let country = |code: &str| Some(code.parse::<Country>().expect("a country"));
    countries(counts.iter().map(|(code, n)| (country(code), *n)))
}

fn only(code: &'static str, n: u64) -> ByCode {
    [(code, n)].into()
}

fn clock(clock: char, gone: u64, online: u64) -> Removal {
    let mut removals = Removals::default();
    removals.add(End::Gone(Some(60)), gone);
    removals.add(End::Online, online);
    let all = removals.count();
    Removal { clock, by_hosting: [("here", all.clone())].into(), all, survival: Survival::default() }
}

/// 100 reports: 30 of illegal csam, so many of illegal terrorism, so many that wait, and the rest not illegal.
fn year(terrorism: u64, pending: u64) -> Statistics {
    let by_offence: BTreeMap<&'static str, OffenceCount> = Offence::ALL
        .iter()
        .map(|offence| match offence {
            Offence::Csam => (offence.code(), OffenceCount { reported: 60, illegal: 30 }),
            Offence::Terrorism => (offence.code(), OffenceCount { reported: 40, illegal: terrorism }),
            _ => (offence.code(), OffenceCount::default()),
        })
        .collect();
    let hosting = hosted(&[("FR", 45 - pending), ("NL", 20)]);
    let none = || -> Durations { Spans::default().durations() };
    Statistics {
        reported: 100,
        illegal: 30 + terrorism,
        series: vec![YearFigures { year: 2018, by_offence: by_offence.clone() }],
        by_offence,
        by_source: only("public", 100),
        by_channel: only("computer", 100),
        received: 100,
        unique_urls: 80,
        duplicates: 20,
        pending,
        not_illegal: only("out_of_remit", 70 - terrorism - pending),
        actions: Actions::default(),
        hosting_europe: hosting.clone(),
        hosting_by_offence: [("csam", hosting.clone()), ("terrorism", hosted(&[("FR", 35)]))].into(),
        hosting,
        federation_hosting: Vec::new(),
        site_types: vec![CodeCount { code: "website", n: 30, share: 1.0 }],
        tlds: top_level_domains(vec![(Some("com".to_owned()), 30)]),
        onion: 0,
        victims: Victims { sex: only("not_determined", 30), age: only("not_categorised", 30) },
        production: ByCode::new(),
        behaviours: ByCode::new(),
        terrorism_types: ByCode::new(),
        content: ContentFigures::default(),
        commerciality: only("not_determined", 30),
        media: ByCode::new(),
        handling: Handling {
            received_to_assessed: none(),
            assessed_to_lea: none(),
            assessed_to_isp: none(),
            offered_to_first_action: none(),
        },
        removal: ['A', 'E'].map(|letter| clock(letter, 20, 10)).into(),
        notices: Vec::new(),
        previous: None,
        change: None,
        ..sample()
    }
}

fn published(statistics: &Statistics) -> Vec<Figure> {
    let mut figures = yearly_figures(statistics);
    let found = relations(statistics, &figures);
    withhold(&mut figures, &found, &Order::smallest());
    figures
}

fn cells(figures: &[Figure], (name, code, column): Named) -> Vec<Cell> {
    let of = Set { figures, year: 2018 };
    let places = code.map_or_else(|| of.column(name, column), |code| of.cell(name, code, column));
    places.iter().map(|place| figures[place.figure].rows[place.row].cells[place.column]).collect()
}

/// The small count is withheld, and no count of those that add up is withheld alone.
fn assert_not_told(statistics: &Statistics, small: Named) {
    let exact = cells(&yearly_figures(statistics), small);
    assert!(exact.iter().any(|cell| matches!(cell, Cell::Count(1..LEAST))), "{small:?} is {exact:?}");
    let figures = published(statistics);
    assert!(cells(&figures, small).contains(&Cell::Withheld), "{small:?}");
    for counts in ADD_UP {
        let shown: Vec<Cell> = counts.iter().flat_map(|named| cells(&figures, *named)).collect();
        assert!(shown.len() > 1, "{counts:?}");
        let hidden = shown.iter().filter(|cell| **cell == Cell::Withheld).count();
        assert_ne!(hidden, 1, "{counts:?} are {shown:?}");
    }
}

#[test]
fn in_a_year_without_small_counts_everything_is_shown() {
    let plain = year(20, 10);
    assert_eq!(published(&plain), yearly_figures(&plain));
}

#[test]
fn duplicates_do_not_follow_from_urls() {
    assert_not_told(&Statistics { unique_urls: 97, duplicates: 3, ..year(20, 10) }, DUPLICATES);
    // Some reports have no URL that is here.
    assert_not_told(&Statistics { unique_urls: 95, duplicates: 3, ..year(20, 10) }, DUPLICATES);
}

#[test]
fn what_waits_does_not_follow_from_what_was_found() {
    assert_not_told(&year(20, 3), PENDING);
}

#[test]
fn a_country_does_not_follow_from_all_that_were_assessed() {
    let mut few = year(20, 10);
    few.hosting_by_offence.insert("terrorism", hosted(&[("FR", 32)]));
    few.hosting_by_offence.insert("other", hosted(&[("NL", 3)]));
    assert_not_told(&few, ("hosting-other", None, "n"));
}

#[test]
fn an_offence_does_not_follow_from_the_clocks_of_another() {
    assert_not_told(&year(3, 10), ("offences", Some("terrorism"), "illegal"));
}

#[test]
fn a_sum_that_lacks_much_withholds_nothing() {
    // The last clock is known to have started for 3 of 30.
    let late = Statistics { removal: vec![clock('A', 20, 10), clock('E', 3, 0)], ..year(20, 10) };
    let figures = published(&late);
    assert_eq!(cells(&figures, ("removal", Some("e"), "total")), [Cell::Withheld]);
    assert_eq!(cells(&figures, CSAM), [Cell::Count(30)]);
    // 7 reports were closed without a finding.
    let figures = published(&Statistics { pending: 3, ..year(20, 10) });
    assert_eq!(cells(&figures, PENDING), [Cell::Withheld]);
    assert_eq!(cells(&figures, REASONS), [Cell::Count(40)]);
}
