//! A figure as a picture.

mod bars;
#[cfg(test)]
mod colour_test;
mod describe;
mod drawn;
mod falling_steps;
mod lines;
mod plot;
mod scale;
mod stacked;
mod svg;

use describe::describe;
use drawn::Drawn;
use svg::Svg;

use super::text;
use crate::statistics::{Figure, Shape};
use crate::web::shell::Language;

/// The height of a row's name, in pixels.
const HEAD: f64 = 22.0;
/// The height of a bar.
const BAR: f64 = 16.0;
/// Between two rows.
const ROW_GAP: f64 = 8.0;
/// The width of the longest bar, in hundredths: its value stands behind it, on a telephone too.
const WIDEST: f64 = 76.0;

/// A picture, and the meaning of its colours.
#[derive(Debug)]
pub(super) struct Chart {
    /// The SVG, ready to stand in a page.
    pub(super) svg: String,
    /// The series' names, in the order of the colours; nothing where there is only one.
    pub(super) legend: Vec<Key>,
}

/// The meaning of one colour.
#[derive(Debug)]
pub(super) struct Key {
    /// The class of the colour.
    pub(super) class: String,
    /// Whether it is a line's.
    pub(super) is_line: bool,
    /// The series.
    pub(super) text: String,
}

/// The picture of a figure; `None` where the table says it better, or there is nothing to see.
pub(super) fn chart(figure: &Figure, language: Language) -> Option<Chart> {
    if figure.shape == Shape::TableOnly {
        return None;
    }
    let drawn = Drawn::of(figure, language)?;
    let mut svg = Svg::default();
    let height = match figure.shape {
        Shape::Lines => lines::draw(&mut svg, &drawn, language),
        Shape::Steps => falling_steps::draw(&mut svg, &drawn, language),
        Shape::Stacked => stacked::draw(&mut svg, &drawn, language),
        Shape::Bars | Shape::TableOnly => bars::draw(&mut svg, &drawn, language),
    };
    let id = format!("chart-{}", figure.name);
    let description = describe(&drawn, figure.shape, language);
    let is_line = matches!(figure.shape, Shape::Lines | Shape::Steps);
    let key = |(place, text): (usize, &String)| Key { class: colour(place), is_line, text: text.clone() };
    let legend = if drawn.series.len() > 1 { drawn.series.iter().enumerate().map(key).collect() } else { Vec::new() };
    Some(Chart { svg: svg.finish(&id, height, &text::title(figure, language), &description), legend })
}

/// A shape's class and its colour's.
fn class(shape: &str, series: usize) -> String {
    format!("{shape} {}", colour(series))
}

fn colour(series: usize) -> String {
    format!("s{}", series + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::figure::view::samples;

    #[test]
    fn no_picture_brings_style_or_script_and_every_one_speaks() {
        for figure in samples::all() {
            for language in Language::ALL {
                let Some(Chart { svg, .. }) = chart(&figure, language) else { continue };
                let elements = svg.split('<').filter_map(|element| element.split('>').next());
                let attributes = elements.flat_map(|element| element.split('"').step_by(2)).collect::<String>();
                assert!(!attributes.contains("style") && !attributes.contains("script"), "{svg}");
                assert!(!attributes.contains(" on"), "{svg}");
                assert!(svg.contains("role=\"img\"") && svg.contains("<title id="), "{svg}");
                let description = svg.split("<desc").nth(1).and_then(|rest| rest.split("</desc>").next());
                assert!(description.is_some_and(|text| text.len() > 40), "{svg}");
                assert!(!svg.contains("NaN") && !svg.contains("inf%"), "{svg}");
            }
        }
    }
}
