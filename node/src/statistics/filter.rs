//! The choice of figures: pure.

use chrono::{Datelike as _, Days, Months, NaiveDate};
use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Offence, SiteType};

use super::figure::Label;
use super::period::Period;

/// The choice of figures. An absent field sets no limit: everything counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Of when.
    pub period: Period,
    /// By days, weeks or months.
    pub step: Step,
    /// Only the exchange with this hotline.
    pub peer: Option<NodeId>,
    /// Only content hosted there.
    pub country: Option<Country>,
    /// Only this offence, after qualification.
    pub offence: Option<Offence>,
    /// Only on sites of this kind, as the last finding that is known here says.
    pub site_type: Option<SiteType>,
}

impl Filter {
    /// Everything of a period.
    #[must_use]
    pub const fn of(period: Period, step: Step) -> Self {
        Self { period, step, peer: None, country: None, offence: None, site_type: None }
    }

    /// The view of the federation for others: the calendar year of the period's end, by months, and of everything. With
    /// a period or a country of their choice, the difference of two answers would tell the withheld counts of each.
    #[must_use]
    pub fn for_others(&self) -> Self {
        let year = u16::try_from(self.period.to.year()).ok().and_then(Period::year);
        Self::of(year.unwrap_or(self.period), Step::Month)
    }
}

/// How a period is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Days.
    Day,
    /// Weeks, beginning on Mondays.
    Week,
    /// Months.
    Month,
}

impl Step {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// As it stands in an address.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// By its code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The first day of the step that a day is in.
    #[must_use]
    pub fn begin(self, day: NaiveDate) -> NaiveDate {
        let before = match self {
            Self::Day => 0,
            Self::Week => day.weekday().num_days_from_monday(),
            Self::Month => day.day0(),
        };
        day.checked_sub_days(Days::new(before.into())).unwrap_or(day)
    }

    /// The first days of all steps of a period. Its first and last step may reach beyond it; only the period counts.
    #[must_use]
    pub fn begins(self, period: Period) -> Vec<NaiveDate> {
        let next = |begin: &NaiveDate| match self {
            Self::Day => begin.succ_opt(),
            Self::Week => begin.checked_add_days(Days::new(7)),
            Self::Month => begin.checked_add_months(Months::new(1)),
        };
        std::iter::successors(Some(self.begin(period.from)), next).take_while(|begin| *begin <= period.to).collect()
    }

    /// How a step that begins on this day is shown.
    #[must_use]
    pub const fn label(self, begin: NaiveDate) -> Label {
        match self {
            Self::Day => Label::Day(begin),
            Self::Week => Label::Week(begin),
            Self::Month => Label::Month(begin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn others_are_shown_a_calendar_year_whatever_they_ask_for() {
        let year = Filter::of(Period::year(2026).expect("a year"), Step::Month);
        let day = |text: &str| text.parse().expect("a day");
        for (from, to) in [("2025-11-27", "2026-11-26"), ("2026-01-01", "2026-01-30"), ("2026-01-01", "2026-01-31")] {
            let asked = Filter::of(Period { from: day(from), to: day(to) }, Step::Day);
            assert_eq!(Filter { country: "CZ".parse().ok(), ..asked }.for_others(), year, "{from} {to}");
        }
    }

    #[test]
    fn a_week_begins_on_its_monday_and_a_month_on_its_first_day() {
        // 1 January 2027 is a Friday.
        let period = Period { from: day("2027-01-01"), to: day("2027-02-03") };
        let begins = |step: Step| step.begins(period).into_iter().map(|day| day.to_string()).collect::<Vec<_>>();
        assert_eq!(begins(Step::Week)[..2], ["2026-12-28", "2027-01-04"]);
        assert_eq!(begins(Step::Week).last().map(String::as_str), Some("2027-02-01"));
        assert_eq!(begins(Step::Month), ["2027-01-01", "2027-02-01"]);
        assert_eq!(begins(Step::Day).len(), 34);
        for step in Step::ALL {
            assert_eq!(Step::of_code(step.code()), Some(step));
            for day in Step::Day.begins(period) {
                assert!(step.begins(period).contains(&step.begin(day)));
            }
        }
        assert_eq!(Step::of_code("year"), None);
    }
}
