//! From counted groups to figures: pure.

use std::collections::BTreeMap;

use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::{Assessment, Offence};

use super::illegal::ILLEGAL;
use super::repository::Group;
use crate::statistics::model::{ByCode, Change, CodeCount, CountryCount, OffenceCount, Previous, TldCount};

/// The sums of groups.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) reported: u64,
    pub(super) illegal: u64,
    pub(super) pending: u64,
    pub(super) by_offence: BTreeMap<&'static str, OffenceCount>,
}

impl Totals {
    /// Adds up groups; every offence is there.
    pub(super) fn of<'a>(groups: impl IntoIterator<Item = &'a Group>) -> Self {
        let by_offence = Offence::ALL.iter().map(|offence| (offence.code(), OffenceCount::default())).collect();
        let mut totals = Self { by_offence, ..Self::default() };
        for group in groups {
            totals.add(group);
        }
        totals
    }

    fn add(&mut self, group: &Group) {
        let is_illegal = group.assessment.is_some_and(|assessment| ILLEGAL.contains(&assessment));
        let is_open = group.assessment.is_none_or(|assessment| assessment == Assessment::Unassessed);
        self.reported += group.n;
        self.illegal += if is_illegal { group.n } else { 0 };
        self.pending += if is_open && !group.closed { group.n } else { 0 };
        if let Some(offence) = group.reported_offence {
            self.by_offence.entry(offence.code()).or_default().reported += group.n;
        }
        if let Some(offence) = group.offence.filter(|_| is_illegal) {
            self.by_offence.entry(offence.code()).or_default().illegal += group.n;
        }
    }
}

/// Every code of a list, and `unknown` where something has none.
pub(super) fn by_code(all: impl Iterator<Item = &'static str>, counted: Vec<(Option<String>, u64)>) -> ByCode {
    let mut codes: ByCode = all.map(|code| (code, 0)).collect();
    for (code, n) in counted {
        match code.as_deref().and_then(|code| codes.get_mut(code)) {
            Some(count) => *count += n,
            None => *codes.entry("unknown").or_default() += n,
        }
    }
    codes
}

/// The codes that occur, in falling order, with their shares of all.
pub(crate) fn codes<'c>(
    all: impl Iterator<Item = &'static str>,
    counted: impl Iterator<Item = (&'c str, u64)>,
) -> Vec<CodeCount> {
    let counted = by_code(all, counted.map(|(code, n)| (Some(code.to_owned()), n)).collect());
    let occurring = counted.into_iter().filter(|(_, n)| *n > 0);
    ranked(occurring).into_iter().map(|(code, n, share)| CodeCount { code, n, share }).collect()
}

/// Countries in falling order, with their shares of all.
pub(crate) fn countries(counted: impl IntoIterator<Item = (Option<Country>, u64)>) -> Vec<CountryCount> {
    ranked(counted).into_iter().map(|(country, n, share)| CountryCount { country, n, share }).collect()
}

/// Top-level domains in falling order, with their shares of all.
pub(crate) fn top_level_domains(counted: Vec<(Option<String>, u64)>) -> Vec<TldCount> {
    ranked(counted).into_iter().map(|(tld, n, share)| TldCount { tld, n, share }).collect()
}

/// The most frequent first; of equal ones the lower first.
fn ranked<T: Ord>(counted: impl IntoIterator<Item = (T, u64)>) -> Vec<(T, u64, f64)> {
    let mut counted: Vec<(T, u64)> = counted.into_iter().collect();
    counted.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let total: u64 = counted.iter().map(|(_, n)| n).sum();
    counted.into_iter().map(|(key, n)| (key, n, share(n, total))).collect()
}

/// The change against the period before.
pub(super) fn change(now: &Totals, before: &Previous) -> Change {
    change_of((now.reported, now.illegal), before)
}

/// The change of the numbers of reported and of illegal items.
pub(crate) fn change_of((reported, illegal): (u64, u64), before: &Previous) -> Change {
    let against = |now: u64, before: u64| (before > 0).then(|| rounded(ratio(now, before) - 1.0));
    Change { reported: against(reported, before.reported), illegal: against(illegal, before.illegal) }
}

/// A share of a whole, rounded to four digits; nothing of nothing.
pub(crate) fn share(n: u64, total: u64) -> f64 {
    if total == 0 { 0.0 } else { rounded(ratio(n, total)) }
}

#[expect(clippy::cast_precision_loss, reason = "no hotline has 2^53 reports")]
fn ratio(n: u64, total: u64) -> f64 {
    n as f64 / total as f64
}

fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(reported: Offence, offence: Offence, assessment: Assessment, closed: bool, n: u64) -> Group {
        Group { reported_offence: Some(reported), offence: Some(offence), assessment: Some(assessment), closed, n }
    }

    #[test]
    fn a_report_counts_as_it_was_reported_and_its_finding_as_it_was_qualified() {
        let groups = [
            group(Offence::Csam, Offence::Csam, Assessment::Baseline, false, 3),
            group(Offence::Csam, Offence::Terrorism, Assessment::Illegal, true, 2),
            group(Offence::Csam, Offence::Csam, Assessment::Unassessed, false, 4),
            group(Offence::Csam, Offence::Csam, Assessment::Unassessed, true, 5),
            Group { reported_offence: None, offence: None, assessment: None, closed: false, n: 1 },
        ];
        let totals = Totals::of(&groups);
        assert_eq!((totals.reported, totals.illegal, totals.pending), (15, 5, 5));
        assert_eq!(totals.by_offence["csam"], OffenceCount { reported: 14, illegal: 3 });
        assert_eq!(totals.by_offence["terrorism"], OffenceCount { reported: 0, illegal: 2 });
        assert_eq!(totals.by_offence.len(), Offence::ALL.len());
    }

    #[test]
    fn shares_are_of_all_and_unknown_ones_count() {
        let country = |code: &str| Some(code.parse().expect("a country"));
        let ranked = countries([(country("FR"), 1), (None, 1), (country("NL"), 4)]);
        let shown: Vec<_> = ranked.iter().map(|row| (row.country, row.n, row.share)).collect();
        assert_eq!(shown, [(country("NL"), 4, 0.6667), (None, 1, 0.1667), (country("FR"), 1, 0.1667)]);
    }

    #[test]
    fn every_code_is_there_and_a_missing_one_is_unknown() {
        let codes = by_code(["a", "b"].into_iter(), vec![(Some("b".into()), 2), (None, 3)]);
        assert_eq!(codes, ByCode::from([("a", 0), ("b", 2), ("unknown", 3)]));
    }
}
