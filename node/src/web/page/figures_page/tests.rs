//! The pages with a year of made-up figures, and the texts of everything in them.

use std::collections::BTreeSet;

use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::{
    Action, Age, Assessment, Behaviour, Channel, Commerciality, LocationDecision, Media, Offence, PaymentMethod,
    Production, Reason, RefuseReason, RejectReason, RouteReason, Sex, SiteType, Source, State, TerrorismType, Urgency,
    WitnessAnswer,
};

use super::*;
use crate::statistics::sample::sample;
use crate::statistics::{Cell, Label};
use crate::zone::Zone;

fn frame(language: Language) -> Frame {
    Frame { language, viewer: None, here: "/figures?year=2018".to_owned(), zone: Zone::UTC }
}

fn house(language: Language, waiting: u64) -> String {
    let figures = Edition::House.figures(&sample(), &Order::smallest());
    let parts = parts(&figures, language, Edition::House, 2018);
    let as_of = "2019".to_owned();
    let years = vec![(2018, true), (2017, false)];
    let view = FiguresPage { frame: frame(language), as_of, waiting, year: 2018, years, parts };
    view.render().expect("a page")
}

fn published(language: Language, waiting: u64) -> String {
    let figures = Edition::Published.figures(&sample(), &Order::smallest());
    let parts = parts(&figures, language, Edition::Published, 2018);
    let (hotline, as_of) = ("Example hotline".to_owned(), "2019".to_owned());
    let view = PublishedPage { frame: frame(language), hotline, year: 2018, as_of, waiting, clocks: CLOCKS, parts };
    view.render().expect("a page")
}

#[test]
fn every_figure_of_a_year_stands_in_one_part_of_the_page() {
    let figures = yearly_figures(&sample());
    let of_figures: Vec<&str> = figures.iter().map(|figure| figure.name).collect();
    let of_parts: Vec<&str> = PARTS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    assert_eq!(of_figures.iter().collect::<BTreeSet<_>>(), of_parts.iter().collect::<BTreeSet<_>>());
    assert_eq!(of_figures.len(), of_parts.len());
    for figure in &figures {
        assert!(figure.rows.iter().all(|row| row.cells.len() == figure.columns.len()), "{}", figure.name);
    }
}

#[test]
fn both_pages_show_every_figure_in_every_language_without_style_or_script() {
    for language in Language::ALL {
        for shown in [house(language, 0), published(language, 0)] {
            for (_, names) in PARTS {
                for name in names {
                    assert!(shown.contains(&format!("id=\"{name}\"")), "{name}");
                }
            }
            assert!(!shown.contains("<style") && !shown.contains(" style=") && !shown.contains("<script"));
            assert!(shown.matches("<svg class=\"chart\"").count() > 20);
        }
    }
}

#[test]
fn both_pages_say_how_many_years_wait_to_be_counted() {
    for (language, none, one, two) in [
        (Language::English, "to be counted", "1 year waits to be counted", "2 years wait to be counted"),
        (Language::French, "d’être compté", "1 année attend d’être comptée", "2 années attendent d’être comptées"),
    ] {
        for shown in [house, published] {
            assert!(!shown(language, 0).contains(none));
            assert!(shown(language, 1).contains(one) && shown(language, 2).contains(two));
        }
    }
}

#[test]
fn what_is_published_holds_no_small_cell_in_any_form() {
    let exact = Edition::House.figures(&sample(), &Order::smallest());
    let figures = Edition::Published.figures(&sample(), &Order::smallest());
    let is_small = |cell: &Cell| matches!(cell, Cell::Count(1..=4));
    let small = |figures: &[Figure]| {
        figures.iter().flat_map(|figure| &figure.rows).flat_map(|row| &row.cells).filter(|cell| is_small(cell)).count()
    };
    assert!(small(&exact) > 20);
    assert_eq!(small(&figures), 0);
    for (figure, exact) in figures.iter().zip(&exact) {
        let mut hidden = figure.rows.iter().flat_map(|row| &row.cells).filter(|cell| **cell == Cell::Withheld);
        if hidden.next().is_none() {
            assert_eq!(figure, exact, "what is not withheld is exact");
        }
    }
    // The few of clock A that were gone only after four weeks.
    let within = figures.iter().find(|figure| figure.name == "removed-within").expect("it is there");
    assert!(within.rows.iter().any(|row| row.cells[0] == Cell::Withheld));
}

#[test]
fn every_name_column_and_label_has_a_text_in_every_language() {
    let mut keys: BTreeSet<String> = BTreeSet::new();
    for figure in yearly_figures(&sample()) {
        keys.insert(format!("figure-{}", figure.name));
        keys.insert(format!("of-{}", figure.of));
        keys.extend(figure.columns.iter().map(|column| format!("column-{}", column.name)));
        for row in figure.rows {
            if let Label::Code { list, code } = row.label
                && code != "unknown"
            {
                keys.insert(format!("{list}-{}", code.replace('_', "-")));
            }
        }
    }
    keys.extend(PARTS.iter().map(|(text, _)| (*text).to_owned()));
    keys.extend(CLOCKS.map(ToOwned::to_owned));
    keys.extend(Country::all().map(|country| format!("country-{country}")));
    missing_none(&keys);
}

#[test]
fn every_code_of_every_list_has_a_text_in_every_language() {
    let mut keys: BTreeSet<String> = BTreeSet::new();
    macro_rules! lists {
        ($($list:ident),+) => {
            $(keys.extend($list::ALL.iter().map(|code| format!("{}-{}", $list::LIST, code.code()).replace('_', "-")));)+
        };
    }
    lists!(
        Offence,
        Behaviour,
        TerrorismType,
        Source,
        Urgency,
        Channel,
        Assessment,
        Reason,
        SiteType,
        Commerciality,
        PaymentMethod,
        Media,
        Age,
        Sex,
        Production,
        RefuseReason,
        RejectReason,
        RouteReason,
        Action,
        State,
        LocationDecision,
        WitnessAnswer
    );
    assert!(keys.len() > 120, "{}", keys.len());
    missing_none(&keys);
}

fn missing_none(keys: &BTreeSet<String>) {
    for language in Language::ALL {
        let missing: Vec<_> = keys.iter().filter(|key| !language.has(key)).collect();
        assert!(missing.is_empty(), "{language:?} lacks {missing:?}");
    }
}
