//! The choice of figures, as it stands in an address: so a link to a page shows the same to another person.

use std::str::FromStr;

use chrono::{Months, NaiveDate};
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Offence, SiteType};
use serde::Deserialize;

use crate::access::account::{Role, Viewer};
use crate::statistics::{Filter, Period, Step};
use crate::web::shell::PageError;
use crate::written;

/// Longest period, in days: ten years and their leap days.
const DAYS_LIMIT: i64 = 3_653;
/// Longest period that is divided into days or weeks.
const DAYS_OF_SHORT_STEPS: i64 = 800;

/// The fields of the filter; an empty one asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) step: String,
    pub(super) peer: String,
    pub(super) country: String,
    pub(super) offence: String,
    pub(super) site_type: String,
}

impl Asked {
    /// The filter; `today` is the present day of the house. A partner is given his own hotline, whether he asks for it
    /// or not; a partner that asks for another finds nothing there.
    pub(super) fn filter(&self, viewer: &Viewer, today: NaiveDate) -> Result<Filter, PageError> {
        let to = day(&self.to)?.unwrap_or(today);
        let a_year_before = || to.checked_sub_months(Months::new(12)).and_then(|day| day.succ_opt()).unwrap_or(to);
        let from = day(&self.from)?.unwrap_or_else(a_year_before);
        let step = match self.step.trim() {
            "" => Step::Month,
            code => Step::of_code(code).ok_or(PageError::MALFORMED)?,
        };
        let days = to.signed_duration_since(from).num_days();
        let longest = if step == Step::Month { DAYS_LIMIT } else { DAYS_OF_SHORT_STEPS };
        if !(0..=longest).contains(&days) {
            return Err(PageError::PERIOD);
        }
        Ok(Filter {
            period: Period { from, to },
            step,
            peer: self.peer(viewer)?,
            country: field(&self.country.to_ascii_uppercase())?,
            offence: field::<Offence>(&self.offence)?,
            site_type: field::<SiteType>(&self.site_type)?,
        })
    }

    fn peer(&self, viewer: &Viewer) -> Result<Option<NodeId>, PageError> {
        let asked: Option<NodeId> = field(&self.peer)?;
        match (&viewer.role, asked) {
            (Role::Partner(own), Some(asked)) if asked != *own => Err(PageError::NOT_FOUND),
            (Role::Partner(own), _) => Ok(Some(own.clone())),
            (_, asked) => Ok(asked),
        }
    }

    /// As it stands behind a page's path, with its question mark; nothing where nothing is asked for.
    pub(super) fn query(&self) -> String {
        let fields = [
            ("from", &self.from),
            ("to", &self.to),
            ("step", &self.step),
            ("peer", &self.peer),
            ("country", &self.country),
            ("offence", &self.offence),
            ("site_type", &self.site_type),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

fn field<T: FromStr>(text: &str) -> Result<Option<T>, PageError> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| PageError::MALFORMED),
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, PageError> {
    match text.trim() {
        "" => Ok(None),
        text => written::day(text).map(Some).map_err(|_| PageError::MALFORMED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        "2026-03-01".parse().expect("a day")
    }

    fn viewer(role: Role) -> Viewer {
        Viewer { name: "ada".to_owned(), role }
    }

    fn node(id: &str) -> NodeId {
        id.parse().expect("a node id")
    }

    #[test]
    fn nothing_asks_for_the_last_twelve_months() {
        let filter = Asked::default().filter(&viewer(Role::Analyst), today()).expect("a filter");
        assert_eq!(
            (filter.period.from.to_string(), filter.period.to.to_string()),
            ("2025-03-02".into(), "2026-03-01".into())
        );
        assert_eq!((filter.step, filter.peer), (Step::Month, None));
        assert_eq!(Asked::default().query(), "");
    }

    #[test]
    fn a_partner_is_given_his_own_hotline_and_no_other() {
        let partner = viewer(Role::Partner(node("nl-example")));
        let of = |peer: &str| Asked { peer: peer.to_owned(), ..Asked::default() }.filter(&partner, today());
        for peer in ["", "nl-example", " nl-example "] {
            assert_eq!(of(peer).map(|filter| filter.peer), Ok(Some(node("nl-example"))), "{peer}");
        }
        assert_eq!(of("de-example").map(|filter| filter.peer), Err(PageError::NOT_FOUND));
        assert_eq!(of("NL-example").map(|filter| filter.peer), Err(PageError::MALFORMED));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let asked = |change: fn(&mut Asked)| {
            let mut asked = Asked::default();
            change(&mut asked);
            asked.filter(&viewer(Role::Analyst), today()).map(drop)
        };
        for (change, expected) in [
            ((|it| it.from = "2026-02-30".into()) as fn(&mut Asked), PageError::MALFORMED),
            (|it| it.from = "2026-03-02".into(), PageError::PERIOD),
            (|it| it.from = "1900-01-01".into(), PageError::PERIOD),
            (|it| (it.from, it.step) = ("2020-01-01".into(), "day".into()), PageError::PERIOD),
            (|it| it.step = "year".into(), PageError::MALFORMED),
            (|it| it.country = "XXX".into(), PageError::MALFORMED),
            (|it| it.offence = "none".into(), PageError::MALFORMED),
            (|it| it.site_type = "none".into(), PageError::MALFORMED),
        ] {
            assert_eq!(asked(change), Err(expected));
        }
    }

    #[test]
    fn a_filter_stands_whole_in_the_address() {
        let asked = Asked {
            from: "2026-01-01".into(),
            country: "nl".into(),
            site_type: "image_host".into(),
            ..Asked::default()
        };
        assert_eq!(asked.query(), "?from=2026-01-01&country=nl&site_type=image_host");
    }
}
