//! Texts and numbers in the reader's language.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::http::{HeaderMap, header};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, static_loader};

static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation marks would stand in downloads and titles.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The cookie that remembers a choice.
pub(super) const COOKIE: &str = "hotline-language";

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::French];

    /// Its tag (BCP 47).
    #[must_use]
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// Its own name.
    #[must_use]
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    /// Of a tag.
    #[must_use]
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The one that was chosen; else the first that the browser names and that there is.
    #[must_use]
    pub(crate) fn of_request(headers: &HeaderMap) -> Self {
        if let Some(chosen) = super::session::cookie(headers, COOKIE).and_then(Self::of_tag) {
            return chosen;
        }
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let primary = |range: &str| range.trim().split(['-', ';']).next().and_then(Self::of_tag);
        accepted.split(',').find_map(primary).unwrap_or_default()
    }

    fn identifier(self) -> LanguageIdentifier {
        self.tag().parse().expect("both tags are identifiers")
    }

    /// Returns a text; the key itself where there is none, but a test forbids that.
    #[must_use]
    pub(crate) fn text(self, key: &str) -> String {
        TEXTS.try_lookup(&self.identifier(), key).unwrap_or_else(|| key.to_owned())
    }

    /// Returns a text with values put into it. A value that is a number chooses the plural.
    #[must_use]
    pub(crate) fn text_with(self, key: &str, values: &[(&'static str, FluentValue<'static>)]) -> String {
        let values: HashMap<Cow<'static, str>, FluentValue<'static>> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        TEXTS.try_lookup_with_args(&self.identifier(), key, &values).unwrap_or_else(|| key.to_owned())
    }

    /// A text with values by their names; `None` where there is no such text, or a value that stands in it is missing.
    /// A whole number chooses the plural.
    #[must_use]
    pub(crate) fn text_of_values(self, key: &str, values: Vec<(String, String)>) -> Option<String> {
        let value = |text: String| match text.parse::<i64>() {
            Ok(number) => FluentValue::from(number),
            Err(_) => FluentValue::from(text),
        };
        let values: HashMap<Cow<'static, str>, FluentValue<'static>> =
            values.into_iter().map(|(name, text)| (Cow::Owned(name), value(text))).collect();
        // The other language stands in where this one has none, so ask this one alone.
        TEXTS.try_lookup_with_args(&self.identifier(), key, &values)
    }

    /// Whether there is such a text.
    #[must_use]
    pub(crate) fn has(self, key: &str) -> bool {
        // A text that takes values is none without them.
        let values = ["n", "number", "value"].map(|name| (Cow::Borrowed(name), FluentValue::from(0)));
        TEXTS.try_lookup_with_args(&self.identifier(), key, &HashMap::from(values)).is_some()
    }

    /// A whole number with its thousands apart.
    #[must_use]
    pub(crate) fn number(self, number: u64) -> String {
        let digits = number.to_string();
        let mut shown = String::with_capacity(digits.len() * 2);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                shown.push_str(self.thousands());
            }
            shown.push(digit);
        }
        shown
    }

    /// A number with one digit behind the comma.
    #[must_use]
    pub(crate) fn decimal(self, number: f64) -> String {
        let shown = format!("{number:.1}");
        match self {
            Self::English => shown,
            Self::French => shown.replace('.', ","),
        }
    }

    /// A share from 0 to 1 in percent, with one digit behind the comma.
    #[must_use]
    pub(crate) fn percent(self, share: f64) -> String {
        match self {
            Self::English => format!("{} %", self.decimal(share * 100.0)).replace(" %", "%"),
            Self::French => format!("{}\u{202f}%", self.decimal(share * 100.0)),
        }
    }

    const fn thousands(self) -> &'static str {
        match self {
            Self::English => ",",
            // A narrow space that does not break.
            Self::French => "\u{202f}",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_the_language() {
        for (number, english, french) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1\u{202f}000"),
            (1_234_567, "1,234,567", "1\u{202f}234\u{202f}567"),
        ] {
            assert_eq!(
                (Language::English.number(number), Language::French.number(number)),
                (english.to_owned(), french.to_owned())
            );
        }
        assert_eq!(Language::English.percent(0.123), "12.3%");
        assert_eq!(Language::French.percent(0.123), "12,3\u{202f}%");
    }

    #[test]
    fn the_choice_counts_before_what_the_browser_asks_for() {
        let of = |pairs: &[(header::HeaderName, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value")));
            Language::of_request(&headers.collect())
        };
        assert_eq!(of(&[]), Language::English);
        assert_eq!(of(&[(header::ACCEPT_LANGUAGE, "de, fr-CA;q=0.8, en;q=0.7")]), Language::French);
        assert_eq!(of(&[(header::ACCEPT_LANGUAGE, "xx")]), Language::English);
        let both = [(header::ACCEPT_LANGUAGE, "fr"), (header::COOKIE, "a=b; hotline-language=en")];
        assert_eq!(of(&both), Language::English);
        let unknown = [(header::ACCEPT_LANGUAGE, "fr"), (header::COOKIE, "hotline-language=xx")];
        assert_eq!(of(&unknown), Language::French);
    }
}
