//! The cases of one year: every attribute dealt to the cases that it concerns.

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};

use super::deal::{deck, deck_by_share, shuffle};
use super::year::{
    AGES, BEHAVIOURS, CSAM_HOSTS, HOSTS, LATER_DAYS, PRODUCTIONS, REASONS, SEXES, SITE_TYPES, SOURCES, TERRORISM_HOSTS,
    TERRORISM_TYPES, WITHIN_FIVE_DAYS, Year,
};
use crate::chance::Chance;

const DAY_SECONDS: u64 = 86_400;

/// One case.
#[derive(Debug, Clone, Default)]
pub(super) struct Case {
    year: i32,
    number: usize,
    received_at: DateTime<Utc>,
    host: &'static str,
    source: &'static str,
    channel: &'static str,
    offence: &'static str,
    assessed_offence: &'static str,
    is_illegal: bool,
    assessment: &'static str,
    behaviour: &'static str,
    terrorism_type: &'static str,
    reason: &'static str,
    site_type: &'static str,
    age: &'static str,
    sex: &'static str,
    production: &'static str,
    country: &'static str,
    sent: bool,
    received: bool,
    assessed_at: DateTime<Utc>,
    lea_at: Option<DateTime<Utc>>,
    isp_at: Option<DateTime<Utc>>,
    removed_at: Option<DateTime<Utc>>,
    replied_at: Option<DateTime<Utc>>,
}

/// The cases of a year, in the order of their receipt.
pub(super) fn cases(year: &Year, chance: &mut Chance) -> Vec<Case> {
    let mut cases = reported(year);
    shuffle(&mut cases, chance);
    place_in_time(year, &mut cases, chance);
    give(&mut cases, is_illegal_csam, &HOSTS, chance, |case, host| case.host = host);
    give(&mut cases, |case| !is_illegal_csam(case), &HOSTS, chance, |case, host| case.host = host);
    find(&mut cases, chance);
    host_csam(year, &mut cases, chance);
    give(
        &mut cases,
        |case| case.assessed_offence == "terrorism",
        &TERRORISM_HOSTS,
        chance,
        |case, country| {
            case.country = country;
        },
    );
    name_sources(year, &mut cases, chance);
    act(year, &mut cases, chance);
    cases
}

fn reported(year: &Year) -> Vec<Case> {
    let mut cases = Vec::new();
    for (offence, reported, illegal) in year.offences {
        for place in 0..reported {
            let requalified = offence == "terrorism" && (illegal..illegal + year.requalified).contains(&place);
            cases.push(Case {
                year: year.year,
                offence,
                assessed_offence: if requalified { "incitement" } else { offence },
                is_illegal: place < illegal || requalified,
                assessment: if place < illegal || requalified { "illegal" } else { "not_illegal" },
                ..Case::default()
            });
        }
    }
    cases
}

/// Evenly over the year; found within two days.
fn place_in_time(year: &Year, cases: &mut [Case], chance: &mut Chance) {
    let begin = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().expect("a year begins");
    let (first, next) = (begin(year.year), begin(year.year + 1));
    let step = (next - first) / i32::try_from(cases.len()).expect("some thousands");
    let mut at = first;
    for (number, case) in cases.iter_mut().enumerate() {
        case.number = number + 1;
        case.received_at = at;
        case.assessed_at = at + seconds(chance.within(1_800..2 * DAY_SECONDS));
        at += step;
    }
}

/// Deals the findings of each case.
fn find(cases: &mut [Case], chance: &mut Chance) {
    let is_csam = |case: &Case| case.is_illegal && case.assessed_offence == "csam";
    give(cases, |case| !case.is_illegal, &REASONS, chance, |case, reason| case.reason = reason);
    give(cases, is_csam, &[("baseline", 700), ("national", 300)], chance, |case, law| case.assessment = law);
    give(cases, is_csam, &SITE_TYPES, chance, |case, site| case.site_type = site);
    give(cases, is_csam, &SEXES, chance, |case, sex| case.sex = sex);
    give(cases, is_csam, &AGES, chance, |case, age| case.age = age);
    give(cases, is_csam, &PRODUCTIONS, chance, |case, production| case.production = production);
    give(cases, is_csam, &BEHAVIOURS, chance, |case, behaviour| case.behaviour = behaviour);
    let is_terrorism = |case: &Case| case.is_illegal && case.assessed_offence == "terrorism";
    give(cases, is_terrorism, &TERRORISM_TYPES, chance, |case, kind| case.terrorism_type = kind);
}

/// Illegal content is in France as often as the year says. Onion services are nowhere; they replace countries that the
/// report does not name.
fn host_csam(year: &Year, cases: &mut [Case], chance: &mut Chance) {
    let handled = cases.iter().filter(|case| case.offence == "csam").count();
    let countries = deck_by_share(&CSAM_HOSTS, handled, chance);
    let here = countries.iter().filter(|country| **country == "FR").count();
    // The unknown ones come from the ten countries that the report does not name.
    let named = ["US", "NL", "RU", "RO"];
    let (mut abroad, mut others): (Vec<&str>, Vec<&str>) =
        countries.into_iter().filter(|country| *country != "FR").partition(|country| named.contains(country));
    others.truncate(others.len() - year.onion);
    abroad.extend(others);
    shuffle(&mut abroad, chance);

    let mut onions = year.onion;
    for case in cases.iter_mut().filter(|case| is_illegal_csam(case) && case.host == "example.org") {
        if onions > 0 {
            (case.host, onions) = ("onion", onions - 1);
        }
    }
    assert_eq!(onions, 0, "{}: too few names for onion services", year.year);
    let illegal = |case: &Case| is_illegal_csam(case) && case.host != "onion";
    let elsewhere = cases.iter().filter(|case| illegal(case)).count() - year.hosted_here;
    let other = cases.iter().filter(|case| case.offence == "csam" && !case.is_illegal).count();
    let of_illegal: Vec<&str> = abroad.drain(..elsewhere).chain(std::iter::repeat_n("FR", year.hosted_here)).collect();
    let of_other: Vec<&str> = abroad.into_iter().chain(std::iter::repeat_n("FR", here - year.hosted_here)).collect();
    assert_eq!(of_other.len(), other, "{}: every case stands somewhere", year.year);
    hand_out(cases, illegal, of_illegal, chance, |case, country| case.country = country);
    let not_illegal = |case: &Case| case.offence == "csam" && !case.is_illegal;
    hand_out(cases, not_illegal, of_other, chance, |case, country| case.country = country);
}

/// Reports from the network came from partner hotlines; the public left addresses for the replies.
fn name_sources(year: &Year, cases: &mut [Case], chance: &mut Chance) {
    mark(
        cases,
        |case| is_illegal_csam(case) && case.country == "FR",
        year.received,
        chance,
        |case| {
            case.received = true;
            (case.source, case.channel) = ("partner_hotline", "exchange");
        },
    );
    let mut sources = deck_by_share(&SOURCES, cases.len(), chance);
    let mut given = year.received;
    sources.retain(|(source, _)| {
        let is_given = *source == "partner_hotline" && given > 0;
        given -= usize::from(is_given);
        !is_given
    });
    assert_eq!(given, 0, "{}: too few reports of partners", year.year);
    hand_out(
        cases,
        |case| !case.received,
        sources,
        chance,
        |case, (source, channel)| {
            (case.source, case.channel) = (source, channel);
        },
    );
}

/// Deals the actions, and their times.
fn act(year: &Year, cases: &mut [Case], chance: &mut Chance) {
    let is_abroad = |case: &Case| is_illegal_csam(case) && !["FR", ""].contains(&case.country);
    mark(cases, is_abroad, year.sent, chance, |case| case.sent = true);
    let times: Vec<u64> = (0..cases.len()).map(|_| chance.within(600..DAY_SECONDS)).collect();
    let after = |case: &Case, part: u64| Some(case.assessed_at + seconds(times[case.number - 1] / part));
    mark(cases, |case| case.is_illegal, year.to_police, chance, |case| case.lea_at = after(case, 1));
    mark(cases, |case| case.source == "public", year.replies, chance, |case| case.replied_at = after(case, 2));
    let is_here = |case: &Case| is_illegal_csam(case) && case.country == "FR";
    mark(cases, is_here, year.hosted_here, chance, |case| case.isp_at = after(case, 3));
    let half = year.hosted_here / 2;
    let mut days = deck_by_share(&WITHIN_FIVE_DAYS, half, chance);
    days.extend(deck_by_share(&LATER_DAYS, year.hosted_here - half, chance));
    // Some hours from either end of the day.
    let within: Vec<u64> = days.iter().map(|day| (day - 1) * DAY_SECONDS + chance.within(7_200..79_200)).collect();
    hand_out(cases, is_here, within, chance, |case, took| {
        case.removed_at = case.isp_at.map(|notice| notice + seconds(took));
    });
}

fn is_illegal_csam(case: &Case) -> bool {
    case.is_illegal && case.assessed_offence == "csam"
}

/// Deals cards by share to the cases that `which` chooses.
fn give<T: Copy>(
    cases: &mut [Case],
    which: impl Fn(&Case) -> bool,
    shares: &[(T, u64)],
    chance: &mut Chance,
    take: impl Fn(&mut Case, T),
) {
    let n = cases.iter().filter(|case| which(case)).count();
    let cards = deck_by_share(shares, n, chance);
    hand_out(cases, which, cards, chance, take);
}

/// Marks exactly `n` of the cases that `which` chooses.
fn mark(cases: &mut [Case], which: impl Fn(&Case) -> bool, n: usize, chance: &mut Chance, take: impl Fn(&mut Case)) {
    let all = cases.iter().filter(|case| which(case)).count();
    let rest = all.checked_sub(n).expect("as many as are to be marked");
    let cards = deck(&[(true, n), (false, rest)], chance);
    hand_out(cases, which, cards, chance, |case, is_marked| {
        if is_marked {
            take(case);
        }
    });
}

/// Deals one card to each of the cases that `which` chooses.
fn hand_out<T>(
    cases: &mut [Case],
    which: impl Fn(&Case) -> bool,
    mut cards: Vec<T>,
    chance: &mut Chance,
    take: impl Fn(&mut Case, T),
) {
    shuffle(&mut cards, chance);
    let mut cards = cards.into_iter();
    for case in cases.iter_mut() {
        if which(case) {
            take(case, cards.next().expect("a card for each"));
        }
    }
    assert!(cards.next().is_none(), "a case for each card");
}

fn seconds(seconds: u64) -> TimeDelta {
    TimeDelta::seconds(i64::try_from(seconds).expect("some days"))
}

impl Case {
    /// Its cells, in the order of the columns.
    pub(super) fn cells(&self) -> Vec<String> {
        let time = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let some = |at: Option<DateTime<Utc>>| at.map(time).unwrap_or_default();
        let text = str::to_owned;
        let email = self.replied_at.map(|_| format!("reporter-{}@mail.example", self.number)).unwrap_or_default();
        let is_csam = is_illegal_csam(self);
        let only_csam = |code: &str| if is_csam { text(code) } else { String::new() };
        vec![
            format!("fr-{}-{:06}", self.year, self.number),
            time(self.received_at),
            self.url(),
            text(self.source),
            text(self.channel),
            email,
            text(self.offence),
            text(self.assessed_offence),
            text(self.behaviour),
            text(self.terrorism_type),
            text(self.assessment),
            text(self.reason),
            time(self.assessed_at),
            text(self.site_type),
            only_csam(if self.number.is_multiple_of(10) { "commercial" } else { "non_commercial" }),
            only_csam(if self.number.is_multiple_of(5) { "video" } else { "image" }),
            text(self.age),
            text(self.sex),
            text(self.production),
            only_csam(if self.production == "self_produced" { "true" } else { "false" }),
            text(self.country),
            if self.sent { text(self.country) } else { String::new() },
            if self.received { text("NL") } else { String::new() },
            some(self.lea_at),
            some(self.isp_at),
            self.removed_at.map(|_| text("removed")).unwrap_or_default(),
            some(self.removed_at),
            some(self.replied_at),
        ]
    }

    /// An onion name that no service can have: the last letter of a real one is its version, `d`.
    fn url(&self) -> String {
        let host = match self.host {
            "onion" => format!("hotlinefixture{}a.onion", "a".repeat(41)),
            host => host.to_owned(),
        };
        format!("https://{host}/item/{}/{}", self.year, self.number)
    }
}
