//! How text stands on every page: its markup escaped, and nothing in it that acts (`askama.toml` names this).

use std::fmt;

use askama::filters::{Escaper, Html};

use crate::written::visible;

/// Escapes text for HTML, and makes controls of the direction of writing visible.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown;

impl Escaper for Shown {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, string: &str) -> fmt::Result {
        Html.write_escaped_str(dest, &visible(string))
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    #[derive(Template)]
    #[template(source = "<p title=\"{{ text }}\">{{ text }}{{ number }}</p>", ext = "html")]
    struct Page<'a> {
        text: &'a str,
        number: u32,
    }

    #[test]
    fn what_turns_the_direction_of_writing_stands_on_a_page_as_its_escape() {
        let page = Page { text: "a\u{202e}<b>\u{2066}é\n", number: 7 };
        let shown = "a\\u{202e}&#60;b&#62;\\u{2066}é\n";
        assert_eq!(page.render().expect("a page"), format!("<p title=\"{shown}\">{shown}7</p>"));
    }
}
