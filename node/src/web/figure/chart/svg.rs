//! Writes SVG: places across are shares of its width, and heights are pixels.

use std::fmt::Write as _;

use crate::written::visible;

/// A picture that is being drawn.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
}

/// The part of a text that stands at its place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
}

/// A place: hundredths of the width, and pixels from above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct At {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Svg {
    /// A filled box, as wide as so many hundredths.
    pub(super) fn bar(&mut self, class: &str, at: At, width: f64, height: f64) {
        let At { x, y } = at;
        self.put(&format!(r#"<rect class="{class}" x="{x:.2}%" y="{y}" width="{width:.2}%" height="{height}"/>"#));
    }

    /// A line.
    pub(super) fn line(&mut self, class: &str, from: At, to: At) {
        let (At { x: x1, y: y1 }, At { x: x2, y: y2 }) = (from, to);
        self.put(&format!(r#"<line class="{class}" x1="{x1:.2}%" y1="{y1:.1}" x2="{x2:.2}%" y2="{y2:.1}"/>"#));
    }

    /// Draws a dot, and its text appears when a pointer rests on it.
    pub(super) fn dot(&mut self, class: &str, at: At, says: &str) {
        let (At { x, y }, says) = (at, escaped(says));
        self.put(&format!(r#"<circle class="{class}" cx="{x:.2}%" cy="{y:.1}" r="4"><title>{says}</title></circle>"#));
    }

    /// A text, so many pixels to the right of its place.
    pub(super) fn text(&mut self, class: &str, at: At, beside: f64, anchor: Anchor, text: &str) {
        let (At { x, y }, text) = (at, escaped(text));
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
        };
        self.put(&format!(
            r#"<text class="{class}" x="{x:.2}%" dx="{beside}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#
        ));
    }

    /// The picture. `id` is the one of its figure, and makes the names of title and description its own.
    pub(super) fn finish(self, id: &str, height: f64, title: &str, description: &str) -> String {
        let (body, title, description) = (self.body, escaped(title), escaped(description));
        format!(
            "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\" height=\"{height}\" role=\"img\" \
             aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-description\">\n\
             <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-description\">{description}</desc>\n{body}</svg>"
        )
    }

    fn put(&mut self, element: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "{element}");
    }
}

/// Returns a text with its markup escaped: names come from other houses.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in visible(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        let mut svg = Svg::default();
        svg.text("value", At { x: 1.0, y: 2.0 }, 0.0, Anchor::Start, "<script>&\"\u{1b}");
        let svg = svg.finish("f", 10.0, "a<b", "c>d");
        assert!(svg.contains(">&lt;script&gt;&amp;&quot;\\u{1b}</text>"), "{svg}");
        assert!(svg.contains(">a&lt;b</title>") && svg.contains(">c&gt;d</desc>"), "{svg}");
    }
}
