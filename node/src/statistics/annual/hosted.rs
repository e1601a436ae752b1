//! Where content is hosted: countries, kinds of site, top-level domains, onion services.

use hotline_protocol::vocabulary::Offence;

use super::build::{N, SHARE, row};
use crate::statistics::count::share;
use crate::statistics::figure::{Cell, Figure, Label, Row, Shape};
use crate::statistics::model::{CountryCount, Statistics};

/// The figure of an offence's hosting countries.
pub(super) const fn hosting_of(offence: Offence) -> &'static str {
    match offence {
        Offence::Csam => "hosting",
        Offence::Terrorism => "hosting-terrorism",
        Offence::Incitement => "hosting-incitement",
        Offence::HarmfulToMinors => "hosting-harmful-to-minors",
        Offence::Other => "hosting-other",
    }
}

pub(super) fn figures(of: &Statistics) -> Vec<Figure> {
    let csam = countries(hosting_of(Offence::Csam), &of.hosting);
    let mut figures = vec![csam, countries("hosting-europe", &of.hosting_europe)];
    for offence in Offence::ALL.iter().filter(|offence| **offence != Offence::Csam) {
        let counts = of.hosting_by_offence.get(offence.code()).map_or(&[][..], Vec::as_slice);
        figures.push(countries(hosting_of(*offence), counts));
    }
    figures.push(countries("federation-hosting", &of.federation_hosting));
    figures.push(onion(of));
    figures.push(site_types(of));
    figures.push(top_level_domains(of));
    figures
}

fn counted(n: u64, share: f64) -> Vec<Cell> {
    vec![Cell::Count(n), Cell::Measure(share)]
}

fn bars(name: &'static str, of: &'static str, rows: Vec<Row>) -> Figure {
    Figure { name, shape: Shape::Bars, of, columns: vec![N, SHARE], rows }
}

fn countries(name: &'static str, counts: &[CountryCount]) -> Figure {
    let row = |it: &CountryCount| Row { label: Label::Country(it.country), cells: counted(it.n, it.share) };
    bars(name, "country", counts.iter().map(row).collect())
}

fn site_types(of: &Statistics) -> Figure {
    bars(
        "site-types",
        "site-type",
        of.site_types.iter().map(|it| row("site-type", it.code, counted(it.n, it.share))).collect(),
    )
}

fn top_level_domains(of: &Statistics) -> Figure {
    let rows = of.tlds.iter().map(|it| {
        let label = match it.tld.as_deref() {
            Some("ip") => Label::Code { list: "tld", code: "ip" },
            Some("onion") => Label::Code { list: "tld", code: "onion" },
            tld => Label::Name(tld.map(|tld| format!(".{tld}"))),
        };
        Row { label, cells: counted(it.n, it.share) }
    });
    bars("tlds", "tld", rows.collect())
}

/// Onion services against everything else.
fn onion(of: &Statistics) -> Figure {
    let all: u64 = of.hosting.iter().map(|it| it.n).sum();
    let clear = all.saturating_sub(of.onion);
    let rows = [("onion", of.onion), ("clear-web", clear)];
    bars("onion", "network", rows.map(|(code, n)| row("network", code, counted(n, share(n, all)))).into())
}
