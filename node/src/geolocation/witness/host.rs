//! The choice of a server's address that decides about the hosting country.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hotline_protocol::country::Country;

use super::statement::Statement;
use super::verdict::{Certainty, Doubt, Untraceable, Verdict};
use crate::geolocation::evidence::Evidence;

/// The verdict on the addresses of one answer, and the address that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// The address with the country that counts, or the first that shows why none does; `None` where there is no
    /// address.
    pub by: Option<&'a Evidence>,
}

/// Decides by a server's addresses, for a hotline of the countries `own`. An own country wins if any address is there
/// with certainty; else the country of most addresses. A tie goes to the country of the numerically lowest address,
/// IPv4 first. Any certain address outvotes one without a known country or with a hidden origin. An address with
/// differing databases makes the whole doubtful wherever it could turn the answer.
pub(in crate::geolocation) fn decide_host<'a>(evidence: &[&'a Evidence], own: &[Country]) -> Decided<'a> {
    let certain: Vec<(Country, &'a Evidence)> =
        evidence.iter().filter_map(|one| Some((one.verdict.country()?, *one))).collect();
    let in_doubt = |doubt: Doubt| lowest(evidence.iter().copied().filter(|one| one.verdict == Verdict::Unsure(doubt)));
    let disputed = in_doubt(Doubt::Disputed);
    let counts = counts(&certain);
    let chosen = chosen(&certain, &counts, own);
    match (chosen, disputed) {
        (Some((country, by)), None) => Decided { verdict: all_of(country, &certain), by: Some(by) },
        (Some((country, by)), Some(_)) if own.contains(&country) || outweighs(country, &counts, evidence, own) => {
            Decided { verdict: all_of(country, &certain), by: Some(by) }
        }
        (_, Some(by)) => Decided { verdict: Verdict::Unsure(Doubt::Disputed), by: Some(by) },
        (None, None) => {
            let rest = [Doubt::OriginHidden, Doubt::UnknownCode, Doubt::UnknownCountry];
            let found = rest.into_iter().find_map(|doubt| Some((doubt, in_doubt(doubt)?)));
            match found {
                Some((doubt, by)) => Decided { verdict: Verdict::Unsure(doubt), by: Some(by) },
                None => Decided {
                    verdict: Verdict::Untraceable(if evidence.is_empty() {
                        Untraceable::Unresolved
                    } else {
                        Untraceable::NoPlace
                    }),
                    by: lowest(evidence.iter().copied()),
                },
            }
        }
    }
}

/// How many addresses are in each country.
type Counts = BTreeMap<Country, usize>;

fn counts(certain: &[(Country, &Evidence)]) -> Counts {
    let mut counts = Counts::new();
    for (country, _) in certain {
        *counts.entry(*country).or_default() += 1;
    }
    counts
}

/// The country that counts among certain ones, and the lowest address there.
fn chosen<'a>(
    certain: &[(Country, &'a Evidence)],
    counts: &Counts,
    own: &[Country],
) -> Option<(Country, &'a Evidence)> {
    certain.iter().copied().min_by_key(|(country, one)| {
        let is_own = own.contains(country);
        // Among several own countries the number of addresses does not matter.
        let weight = if is_own { 0 } else { counts[country] };
        (!is_own, Reverse(weight), one.ip)
    })
}

/// Whether the country would still be chosen with any result for the disputed addresses. None could be at home, and it
/// leads by more than there are.
fn outweighs(country: Country, counts: &Counts, evidence: &[&Evidence], own: &[Country]) -> bool {
    let disputed = || evidence.iter().filter(|one| one.verdict == Verdict::Unsure(Doubt::Disputed));
    let could_be_own = disputed()
        .any(|one| one.statements.iter().filter_map(Statement::country).any(|country| own.contains(&country)));
    let runner_up = counts.iter().filter(|(other, _)| **other != country).map(|(_, count)| *count).max().unwrap_or(0);
    !could_be_own && counts[&country] > runner_up + disputed().count()
}

/// How certain the country is: as the least certain of the addresses that are there.
fn all_of(country: Country, certain: &[(Country, &Evidence)]) -> Verdict {
    let there = certain.iter().filter(|(other, _)| *other == country);
    let worst = there.filter_map(|(_, one)| if let Verdict::In(_, how) = one.verdict { Some(how) } else { None }).max();
    Verdict::In(country, worst.unwrap_or(Certainty::Agreed))
}

/// `IpAddr` orders numerically, IPv4 first.
fn lowest<'a>(evidence: impl Iterator<Item = &'a Evidence>) -> Option<&'a Evidence> {
    evidence.min_by_key(|one| one.ip)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::geolocation::Method;
    use crate::geolocation::witness::statement::tests::{shown, statement};
    use crate::geolocation::witness::statement::vote;

    /// `address=FR`, `address=FR/NL` (two databases), `address=FR!` (in a network that hides the origin), `address=`.
    pub(in crate::geolocation::witness) fn evidence(text: &str) -> Evidence {
        let (ip, said) = text.split_once('=').expect("address=statements");
        let statements: Vec<_> =
            said.trim_end_matches('!').split('/').filter(|code| !code.is_empty()).map(statement).collect();
        let mut evidence = Evidence::unknown(ip.parse().expect("a test's address"), Method::HostsFile);
        let is_hidden = said.ends_with('!');
        evidence.verdict = if is_hidden { Verdict::Unsure(Doubt::OriginHidden) } else { vote(&statements) };
        evidence.statements = statements;
        evidence
    }

    fn own(text: &str) -> Vec<Country> {
        text.split_whitespace().map(|code| code.parse().expect("a country")).collect()
    }

    #[test]
    fn the_hosting_country_is_chosen_by_the_table() {
        // The case, own countries, the addresses with the databases' statements, the decisive address, the verdict.
        let table: &[(&str, &str, &str, &str, &str)] = &[
            ("one address", "FR", "192.0.2.9=NL", "192.0.2.9", "NL agreed"),
            ("own beats majority", "FR", "192.0.2.1=NL 192.0.2.2=NL 192.0.2.3=FR", "192.0.2.3", "FR agreed"),
            ("own beats a lower address", "FR", "192.0.2.1=NL 2001:db8::1=FR", "2001:db8::1", "FR agreed"),
            ("majority", "FR", "192.0.2.1=NL 192.0.2.3=DE 192.0.2.2=DE", "192.0.2.2", "DE agreed"),
            ("a tie goes to the lowest", "FR", "192.0.2.2=NL 192.0.2.1=DE", "192.0.2.1", "DE agreed"),
            ("a tie is decided numerically", "FR", "192.0.2.10=NL 192.0.2.9=DE", "192.0.2.9", "DE agreed"),
            ("a tie prefers IPv4", "FR", "::2=NL 203.0.113.1=DE", "203.0.113.1", "DE agreed"),
            ("a tie of pairs", "FR", "::1=NL ::2=DE ::3=NL 192.0.2.1=DE", "192.0.2.1", "DE agreed"),
            ("one known beats two unknown", "FR", "192.0.2.1=EU 192.0.2.2= ::1=NL", "::1", "NL agreed"),
            ("all unknown: the lowest", "FR", "192.0.2.2=?? 192.0.2.1=ZZ", "192.0.2.1", "unknown_country"),
            ("a territory is own", "RE FR", "192.0.2.1=NL 192.0.2.2=RE", "192.0.2.2", "RE agreed"),
            ("among own ones: the lowest", "RE FR", "192.0.2.1=FR 192.0.2.2=RE 192.0.2.3=RE", "192.0.2.1", "FR agreed"),
            ("without own countries", "", "192.0.2.2=FR 192.0.2.1=NL", "192.0.2.1", "NL agreed"),
            // Doubts.
            ("databases differ", "FR", "192.0.2.1=NL/DE", "192.0.2.1", "disputed"),
            ("a doubt about home is no home", "FR", "192.0.2.1=NL/FR", "192.0.2.1", "disputed"),
            (
                "a doubt about home stops a certain one",
                "FR",
                "192.0.2.1=NL 192.0.2.2=NL 192.0.2.3=FR/DE",
                "192.0.2.3",
                "disputed",
            ),
            ("home is certain whatever is disputed", "FR", "192.0.2.1=NL/DE 192.0.2.2=FR", "192.0.2.2", "FR agreed"),
            ("a doubt that could turn a tie", "FR", "192.0.2.1=NL 192.0.2.2=DE/US", "192.0.2.2", "disputed"),
            (
                "a doubt that cannot turn it",
                "FR",
                "192.0.2.3=NL 192.0.2.2=NL 192.0.2.1=DE/US",
                "192.0.2.2",
                "NL agreed",
            ),
            (
                "two doubts can",
                "FR",
                "192.0.2.3=NL 192.0.2.2=NL 192.0.2.1=DE/US 192.0.2.4=DE/US",
                "192.0.2.1",
                "disputed",
            ),
            (
                "the least certain tells how certain",
                "FR",
                "192.0.2.1=NL/NL 192.0.2.2=NL/NL/DE",
                "192.0.2.1",
                "NL majority",
            ),
            // Networks that hide the origin.
            ("hidden", "FR", "192.0.2.2=NL! 192.0.2.1=FR!", "192.0.2.1", "origin_hidden"),
            ("hidden at home is no home", "FR", "192.0.2.1=FR!", "192.0.2.1", "origin_hidden"),
            ("one behind the network shows itself", "FR", "192.0.2.1=FR! 192.0.2.2=NL", "192.0.2.2", "NL agreed"),
            ("hidden and disputed", "FR", "192.0.2.1=FR! 192.0.2.2=NL/DE", "192.0.2.2", "disputed"),
            ("hidden before unknown", "FR", "192.0.2.1= 192.0.2.2=NL!", "192.0.2.2", "origin_hidden"),
            ("a code before nothing", "FR", "192.0.2.1= 192.0.2.2=QX", "192.0.2.2", "unknown_code"),
        ];
        for (what, home, addresses, expected, verdict) in table {
            let mut all: Vec<Evidence> = addresses.split_whitespace().map(evidence).collect();
            for _ in 0..all.len() {
                all.rotate_left(1);
                let all: Vec<&Evidence> = all.iter().collect();
                let decided = decide_host(&all, &own(home));
                assert_eq!(decided.by.map(|by| by.ip.to_string()).as_deref(), Some(*expected), "{what}");
                assert_eq!(shown(decided.verdict), *verdict, "{what}");
            }
        }
    }

    #[test]
    fn where_nothing_stands_nothing_is_found() {
        assert_eq!(decide_host(&[], &[]).verdict, Verdict::Untraceable(Untraceable::Unresolved));
        let mut private = evidence("10.0.0.1=");
        private.verdict = Verdict::Untraceable(Untraceable::NoPlace);
        assert_eq!(decide_host(&[&private], &[]).verdict, Verdict::Untraceable(Untraceable::NoPlace));
        let public = evidence("192.0.2.1=NL");
        assert_eq!(shown(decide_host(&[&private, &public], &[]).verdict), "NL agreed");
    }
}
