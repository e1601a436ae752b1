//! The frame of every page: the language, the viewer, and the ways from here.

use std::borrow::Borrow;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};

use super::language::Language;
use crate::access::account::{Right, Viewer};
use crate::access::alert::Details;
use crate::report::query::WaitsFor;
use crate::zone::Zone;

/// The frame of every page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// The reader's language.
    pub(crate) language: Language,
    /// The viewer; nobody before the sign-in.
    pub(crate) viewer: Option<Viewer>,
    /// The path of this page, for the choice of a language to come back to; with its query.
    pub(crate) here: String,
    /// The time zone of the times, calendar days and years that are shown.
    pub(crate) zone: Zone,
}

/// A whole number, however a template refers to it.
pub(crate) trait Whole {
    /// The number.
    fn whole(&self) -> u64;
}

impl Whole for u64 {
    fn whole(&self) -> u64 {
        *self
    }
}

impl<T: Whole> Whole for &T {
    fn whole(&self) -> u64 {
        (**self).whole()
    }
}

/// A way to another page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    /// The path.
    pub(crate) path: &'static str,
    /// The key of its text.
    pub(crate) text: &'static str,
}

/// The pages of the menu, and the right for each.
const WAYS: [(Right, Way); 7] = [
    (Right::SeeExchange, Way { path: "/", text: "nav-home" }),
    (Right::SeeFigures, Way { path: "/figures", text: "nav-figures" }),
    (Right::SeeReports, Way { path: "/reports", text: "nav-reports" }),
    (Right::SeeOperation, Way { path: "/peers", text: "nav-peers" }),
    (Right::SeeOperation, Way { path: "/stuck", text: "nav-stuck" }),
    (Right::SeeTrail, Way { path: "/trail", text: "nav-trail" }),
    (Right::ManageAccounts, Way { path: "/accounts", text: "nav-accounts" }),
];

impl Frame {
    /// Sets the path of an answer to a form: a viewer that chooses a language there comes back to this path.
    #[must_use]
    pub(crate) fn at(self, here: impl Into<String>) -> Self {
        Self { here: here.into(), ..self }
    }

    /// A text.
    #[must_use]
    pub(crate) fn text(&self, key: &str) -> String {
        self.language.text(key)
    }

    /// A text with one value in it, under the name `value`.
    #[must_use]
    pub(crate) fn text_of(&self, key: &str, value: &(impl ToString + ?Sized)) -> String {
        self.language.text_with(key, &[("value", value.to_string().into())])
    }

    /// Returns a text with a number in it: `n` chooses the plural, and `number` is the number as written in the
    /// language.
    #[must_use]
    pub(crate) fn text_n(&self, key: &str, n: impl Whole) -> String {
        let n = n.whole();
        self.language.text_with(key, &[("n", n.into()), ("number", self.language.number(n).into())])
    }

    /// A whole number.
    #[must_use]
    pub(crate) fn number(&self, number: impl Whole) -> String {
        self.language.number(number.whole())
    }

    /// The name of a field or a section, such as `field` and `site_type`; its words as they are where this version has no
    /// text for it.
    #[must_use]
    pub(crate) fn field(&self, list: &str, key: &str) -> String {
        let shown = self.code(list, key);
        if shown == key { key.replace('_', " ") } else { shown }
    }

    /// The text of a code, such as `site-type` and `image_host`; the code itself where this version has none for it, as
    /// a peer may be newer.
    #[must_use]
    pub(crate) fn code(&self, list: &str, code: &str) -> String {
        let key = format!("{list}-{code}").replace('_', "-");
        if self.language.has(&key) { self.language.text(&key) } else { code.to_owned() }
    }

    /// The text of an entry's type, such as `report.create/1`.
    #[must_use]
    pub(crate) fn entry(&self, entry_type: &str) -> String {
        let name = entry_type.split('/').next().unwrap_or_default().replace('.', "-");
        self.code("entry", &name)
    }

    /// The text of the reason that an entry gives.
    #[must_use]
    pub(crate) fn why(&self, code: &str) -> String {
        let reason = self.code("refuse-reason", code);
        if reason == code { self.code("reject-reason", code) } else { reason }
    }

    /// Returns an alert's text with its values; `None` where the language has none of its own, or where a value is
    /// missing.
    #[must_use]
    pub(crate) fn text_of_alert(&self, key: &str, details: &Details) -> Option<String> {
        let values = details.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>();
        self.language.text_of_values(key, values)
    }

    /// Returns the party that a report waits for; a country by its name.
    #[must_use]
    pub(crate) fn waits_for(&self, waits_for: &WaitsFor) -> String {
        let name = match waits_for {
            WaitsFor::Enrolment(country) => self.code("country", country.as_str()),
            _ => waits_for.name(),
        };
        self.text_of(waits_for.text_key(), &name)
    }

    /// Returns the advice about something: the text beside its own.
    #[must_use]
    pub(crate) fn advice(&self, key: &str) -> String {
        self.language.text(&format!("{key}-advice"))
    }

    /// A time in RFC 3339 as people read it, by the clock of the house.
    #[must_use]
    #[expect(clippy::ref_option, reason = "templates refer to fields")]
    pub(crate) fn time(&self, time: &Option<String>) -> String {
        let Some(time) = time else { return "–".to_owned() };
        time.parse::<DateTime<Utc>>().map_or_else(|_| time.clone(), |time| self.zone.shown(time))
    }

    /// Microseconds since 1970 as people read them, by the clock of the house.
    #[must_use]
    pub(crate) fn moment(&self, micros: impl Borrow<Option<i64>>) -> String {
        let time = micros.borrow().and_then(DateTime::from_timestamp_micros);
        time.map_or_else(|| "–".to_owned(), |time| self.zone.shown(time))
    }

    /// A time in RFC 3339 as people read it, by the clock of the house.
    #[must_use]
    pub(crate) fn time_of(&self, time: &str) -> String {
        self.time(&Some(time.to_owned()))
    }

    /// Returns the value, or a dash.
    #[must_use]
    #[expect(clippy::unused_self, clippy::ref_option, reason = "templates ask the frame, and refer to fields")]
    pub(crate) fn or_dash<T: ToString>(&self, value: &Option<T>) -> String {
        value.as_ref().map_or_else(|| "–".to_owned(), T::to_string)
    }

    /// Returns the viewer's menu.
    #[must_use]
    pub(crate) fn ways(&self) -> Vec<Way> {
        let Some(viewer) = &self.viewer else { return Vec::new() };
        WAYS.iter().filter(|(right, _)| viewer.may(*right)).map(|(_, way)| *way).collect()
    }

    /// Whether a way of the menu leads to where we are.
    #[must_use]
    pub(crate) fn is_here(&self, way: &Way) -> bool {
        self.here.split('?').next() == Some(way.path)
    }

    /// The languages that are not this one.
    #[must_use]
    pub(crate) fn other_languages(&self) -> Vec<Language> {
        Language::ALL.into_iter().filter(|language| *language != self.language).collect()
    }
}

impl<S: Sync> FromRequestParts<S> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            language: Language::of_request(&parts.headers),
            viewer: parts.extensions.get::<Viewer>().cloned(),
            here: asked_for(parts).unwrap_or_else(|| "/".to_owned()),
            zone: parts.extensions.get::<Zone>().copied().unwrap_or_default(),
        })
    }
}

/// Returns the address where the page can be asked for again. An answer to a form stands at no address of its own: its
/// handler says where one comes back to ([`Frame::at`]).
fn asked_for(parts: &Parts) -> Option<String> {
    parts.uri.path_and_query().filter(|_| parts.method == Method::GET).map(ToString::to_string)
}
