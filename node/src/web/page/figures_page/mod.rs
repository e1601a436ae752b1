//! The yearly figures: for the house, exact; and the page that a hotline could publish, with small cells withheld.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::access::account::{Entitled, right};
use crate::statistics::{Figure, Order, Statistics, relations, withhold, yearly_figures};
use crate::web::figure::{Downloads, FigureView, day, file};
use crate::web::shell::{Frame, Language, Office, PageError, page};

/// The parts of the page: the text of each, and the figures in it.
const PARTS: [(&str, &[&str]); 5] = [
    (
        "figures-part-overview",
        &[
            "totals",
            "compared",
            "development",
            "development-reported",
            "development-illegal",
            "offences",
            "sources",
            "channels",
            "acts",
            "reasons",
        ],
    ),
    (
        "figures-part-hosting",
        &[
            "hosting",
            "hosting-europe",
            "hosting-terrorism",
            "hosting-incitement",
            "hosting-harmful-to-minors",
            "hosting-other",
            "federation-hosting",
            "onion",
            "site-types",
            "tlds",
        ],
    ),
    (
        "figures-part-findings",
        &["sex", "age", "production", "content", "commerciality", "media", "behaviours", "terrorism-types"],
    ),
    (
        "figures-part-removal",
        &[
            "handling",
            "handled-within",
            "removal",
            "removed-within",
            "survival",
            "removal-hosting-a",
            "removal-hosting-b",
            "removal-hosting-c",
            "removal-hosting-d",
            "removal-hosting-e",
        ],
    ),
    ("figures-part-notices", &["notices", "notices-offences"]),
];

/// The letters of the clocks, as the page explains them.
const CLOCKS: [&str; 5] = ["method-clock-a", "method-clock-b", "method-clock-c", "method-clock-d", "method-clock-e"];

/// The year; the present one if none is given.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    year: Option<u16>,
}

/// The readership of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edition {
    /// Exact.
    House,
    /// With small cells withheld.
    Published,
}

/// A year and its figures.
struct YearShown {
    year: u16,
    /// Every year that there is something of, and this one: the newest first.
    years: BTreeSet<u16>,
    /// When it was counted.
    as_of: NaiveDate,
    /// Years that wait to be counted.
    waiting: u64,
    figures: Vec<Figure>,
}

/// A part of the page.
struct Part {
    text: &'static str,
    figures: Vec<FigureView>,
}

#[derive(Template)]
#[template(path = "figures.html")]
struct FiguresPage {
    frame: Frame,
    as_of: String,
    waiting: u64,
    year: u16,
    years: Vec<(u16, bool)>,
    parts: Vec<Part>,
}

#[derive(Template)]
#[template(path = "published.html")]
struct PublishedPage {
    frame: Frame,
    hotline: String,
    year: u16,
    as_of: String,
    waiting: u64,
    clocks: [&'static str; 5],
    parts: Vec<Part>,
}

/// `GET /figures`: exact, for the house.
pub(crate) async fn show(
    _: Entitled<right::SeeFigures>,
    State(office): State<Arc<Office>>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, PageError> {
    let YearShown { year, years, as_of, waiting, figures } = yearly(&office, &asked, Edition::House).await?;
    let parts = parts(&figures, frame.language, Edition::House, year);
    let as_of = day(as_of, frame.language);
    page(&FiguresPage {
        frame,
        as_of,
        waiting,
        year,
        years: years.into_iter().rev().map(|one| (one, one == year)).collect(),
        parts,
    })
}

/// `GET /figures/published`: to be printed and published.
pub(crate) async fn show_published(
    _: Entitled<right::SeeFigures>,
    State(office): State<Arc<Office>>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, PageError> {
    let YearShown { year, as_of, waiting, figures, .. } = yearly(&office, &asked, Edition::Published).await?;
    let parts = parts(&figures, frame.language, Edition::Published, year);
    let as_of = day(as_of, frame.language);
    page(&PublishedPage { hotline: office.hotline.clone(), year, as_of, waiting, clocks: CLOCKS, parts, frame })
}

/// `GET /figures/NAME.csv`, `NAME.json`: exactly one figure.
pub(crate) async fn download(
    _: Entitled<right::SeeFigures>,
    State(office): State<Arc<Office>>,
    Query(asked): Query<Asked>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    file_of(&office, &asked, Edition::House, &file, Language::of_request(&headers)).await
}

/// `GET /figures/published/NAME.csv`, `NAME.json`: the same with small cells withheld.
pub(crate) async fn download_published(
    _: Entitled<right::SeeFigures>,
    State(office): State<Arc<Office>>,
    Query(asked): Query<Asked>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    file_of(&office, &asked, Edition::Published, &file, Language::of_request(&headers)).await
}

async fn yearly(office: &Office, asked: &Asked, edition: Edition) -> Result<YearShown, PageError> {
    let present = office.context.year();
    let year = asked.year.unwrap_or(present);
    if !(1970..=9_999).contains(&year) {
        return Err(PageError::MALFORMED);
    }
    let counted = office.rollups.year(year).await?.ok_or(PageError::MALFORMED)?;
    let (statistics, now, waiting) = (counted.figures, office.context.now_micros(), counted.fresh.waiting);
    let as_of = office.context.zone.day_of(counted.fresh.counted_at.unwrap_or(now).div_euclid(1_000_000));
    let held = statistics.series.iter().filter_map(|held| u16::try_from(held.year).ok());
    let years = held.chain([year, present]).collect();
    let order = Order::keyed(&office.context.seal, format!("year/{year}"));
    Ok(YearShown { year, years, as_of, waiting, figures: edition.figures(&statistics, &order) })
}

impl Edition {
    fn figures(self, statistics: &Statistics, order: &Order<'_>) -> Vec<Figure> {
        let mut figures = yearly_figures(statistics);
        if self == Self::Published {
            let relations = relations(statistics, &figures);
            withhold(&mut figures, &relations, order);
        }
        figures
    }

    const fn path(self) -> &'static str {
        match self {
            Self::House => "/figures/",
            Self::Published => "/figures/published/",
        }
    }
}

fn parts(figures: &[Figure], language: Language, edition: Edition, year: u16) -> Vec<Part> {
    let view = |name: &&str| {
        let figure = figures.iter().find(|figure| figure.name == *name)?;
        let downloads = Downloads { path: edition.path().to_owned(), query: format!("?year={year}") };
        Some(FigureView::of(figure, language, Some(downloads)))
    };
    PARTS.iter().map(|(text, names)| Part { text, figures: names.iter().filter_map(view).collect() }).collect()
}

async fn file_of(
    office: &Office,
    asked: &Asked,
    edition: Edition,
    name: &str,
    language: Language,
) -> Result<Response, PageError> {
    let (figure, kind) = name.rsplit_once('.').ok_or(PageError::NOT_FOUND)?;
    let is_known = PARTS.iter().any(|(_, names)| names.contains(&figure)) && ["csv", "json"].contains(&kind);
    if !is_known {
        return Err(PageError::NOT_FOUND);
    }
    let YearShown { year, figures, .. } = yearly(office, asked, edition).await?;
    file(name, &format!("-{year}"), language, figures.iter())
}

#[cfg(test)]
mod tests;
