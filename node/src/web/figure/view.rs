//! A figure as it stands in a page.

use askama::Template;

use super::chart::{Chart, chart};
use super::table::{Table, table};
use super::text;
use crate::statistics::{Cell, Figure};
use crate::web::shell::Language;

/// A figure in a page: title, picture, table, ways to its downloads. Stands in another template as
/// `{{ figure|safe }}`: everything in it was escaped when it was made, by the template and by the writer of SVG.
#[derive(Debug, Template)]
#[template(path = "figure.html")]
pub(in crate::web) struct FigureView {
    /// The figure's name: the target of `#` in addresses.
    pub(in crate::web) name: &'static str,
    /// Its title, for a list of contents.
    pub(in crate::web) title: String,
    note: Option<String>,
    chart: Option<Chart>,
    table: Table,
    downloads: Option<Downloads>,
    has_withheld: bool,
    language: Language,
}

/// Where a figure is downloaded.
#[derive(Debug, Clone)]
pub(in crate::web) struct Downloads {
    /// The path before the figure's name, with its last slash.
    pub(in crate::web) path: String,
    /// The query behind the name, with its question mark; or nothing.
    pub(in crate::web) query: String,
}

impl FigureView {
    /// Shows a figure; without `downloads` there are none.
    pub(in crate::web) fn of(figure: &Figure, language: Language, downloads: Option<Downloads>) -> Self {
        Self {
            name: figure.name,
            title: text::title(figure, language),
            note: text::note(figure, language),
            chart: chart(figure, language),
            table: table(figure, language),
            downloads,
            has_withheld: figure.rows.iter().any(|row| row.cells.contains(&Cell::Withheld)),
            language,
        }
    }

    fn text(&self, key: &str) -> String {
        self.language.text(key)
    }

    fn download(&self, downloads: &Downloads, kind: &str) -> String {
        format!("{}{}.{kind}{}", downloads.path, self.name, downloads.query)
    }
}

#[cfg(test)]
pub(super) mod samples {
    use chrono::NaiveDate;
    use hotline_protocol::country::Country;

    use crate::statistics::{Cell, Column, Figure, Label, Row, Shape, Unit};

    const TOTAL: Column = Column { name: "total", unit: Unit::Count };
    const N: Column = Column { name: "n", unit: Unit::Count };
    const SHARE: Column = Column { name: "share", unit: Unit::Share };

    pub(in crate::web::figure) fn names() -> Figure {
        let row = |name: Option<&str>, cells| Row { label: Label::Name(name.map(str::to_owned)), cells };
        Figure {
            name: "notices",
            shape: Shape::TableOnly,
            of: "provider",
            columns: vec![TOTAL, SHARE],
            rows: vec![
                row(Some("=1+1"), vec![Cell::Count(1200), Cell::Measure(0.75)]),
                row(Some("A, \"B\""), vec![Cell::Withheld, Cell::Withheld]),
                row(None, vec![Cell::Count(7), Cell::Unknown]),
            ],
        }
    }

    pub(in crate::web::figure) fn many_countries(n: usize) -> Figure {
        let rows = Country::all().take(n).zip(1_u64..);
        let row = |(country, count)| Row {
            label: Label::Country(Some(country)),
            cells: vec![Cell::Count(count * count), Cell::Measure(0.1)],
        };
        Figure {
            name: "hosting",
            shape: Shape::Bars,
            of: "country",
            columns: vec![N, SHARE],
            rows: rows.map(row).collect(),
        }
    }

    pub(in crate::web::figure) fn stack() -> Figure {
        let column = |name| Column { name, unit: Unit::Count };
        let row = |code, [removed, online, total]: [u64; 3]| Row {
            label: Label::Code { list: "clock", code },
            cells: [removed, online, total].map(Cell::Count).into(),
        };
        Figure {
            name: "removal",
            shape: Shape::Stacked,
            of: "clock",
            columns: vec![column("removed"), column("still-online"), TOTAL],
            rows: vec![row("a", [10, 20, 30]), row("b", [0, 5, 5])],
        }
    }

    fn steps() -> Figure {
        let column = |name| Column { name, unit: Unit::Share };
        let row = |days: u32, left| Row {
            label: Label::DaysAfter(days),
            cells: vec![Cell::Measure(left), if days < 5 { Cell::Measure(left / 2.0) } else { Cell::Withheld }],
        };
        Figure {
            name: "survival",
            shape: Shape::Steps,
            of: "time-since-start",
            columns: vec![column("clock-a"), column("clock-b")],
            rows: vec![row(0, 1.0), row(1, 0.75), row(7, 0.25), row(28, 0.0)],
        }
    }

    fn lines() -> Figure {
        let column = |name| Column { name, unit: Unit::Count };
        let month = |month, counts: [u64; 2]| Row {
            label: Label::Month(NaiveDate::from_ymd_opt(2018, month, 1).expect("a day")),
            cells: counts.map(Cell::Count).into(),
        };
        Figure {
            name: "development",
            shape: Shape::Lines,
            of: "year",
            columns: vec![column("reported"), column("illegal")],
            rows: vec![month(1, [5, 4]), month(2, [900, 4]), month(4, [20, 0])],
        }
    }

    /// One of every shape.
    pub(in crate::web::figure) fn all() -> Vec<Figure> {
        let alone = Figure { rows: lines().rows[..1].to_vec(), ..lines() };
        vec![names(), many_countries(40), many_countries(0), stack(), steps(), lines(), alone]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_every_row_and_no_name_is_markup() {
        let mut figure = samples::names();
        figure.rows[0].label = crate::statistics::Label::Name(Some("<b>".to_owned()));
        let downloads = Downloads { path: "/figures/".to_owned(), query: "?year=2018".to_owned() };
        let shown = FigureView::of(&figure, Language::French, Some(downloads)).render().expect("a page");
        assert!(shown.contains("&#60;b&#62;") && !shown.contains("<b>"), "{shown}");
        assert!(shown.contains("1\u{202f}200") && shown.contains("href=\"/figures/notices.csv?year=2018\""), "{shown}");
        assert_eq!(shown.matches("<tr>").count(), 4);
    }

    #[test]
    fn every_sample_is_shown_in_every_language() {
        for (figure, language) in samples::all().iter().flat_map(|it| Language::ALL.map(|language| (it, language))) {
            assert!(FigureView::of(figure, language, None).render().is_ok(), "{}", figure.name);
        }
    }
}
