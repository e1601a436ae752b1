//! The databases' statements about one address, and the verdict from them.

use hotline_protocol::country::Country;

use super::verdict::{Certainty, Doubt, Verdict};
use crate::geolocation::code::Meaning;

/// One database's statement about one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The database.
    pub database: String,
    /// Its age in whole days, where it says when it was built.
    pub age_days: Option<u32>,
    /// Whether it is a correction of the house's own.
    pub is_correction: bool,
    /// Its content in the place of a country; `None` where it does not know the address.
    pub(in crate::geolocation) said: Option<Meaning>,
}

impl Statement {
    /// The country that it names.
    #[must_use]
    pub const fn country(&self) -> Option<Country> {
        match self.said {
            Some(Meaning::Country(country)) => Some(country),
            _ => None,
        }
    }
}

/// Returns the verdict for an address. The first correction that names a country decides. Else the databases that name
/// something vote, each once, and more than half must say the same; a code that is no country known here is a vote for
/// none. One that says that there is no country does not vote.
pub(in crate::geolocation) fn vote(statements: &[Statement]) -> Verdict {
    let correction = statements.iter().filter(|statement| statement.is_correction).find_map(Statement::country);
    if let Some(country) = correction {
        let others = statements.iter().filter(|statement| !statement.is_correction).filter_map(Statement::country);
        let is_contested = others.into_iter().any(|other| other != country);
        return Verdict::In(country, if is_contested { Certainty::Corrected } else { Certainty::Agreed });
    }
    let votes = || {
        let voting = statements.iter().filter(|statement| !statement.is_correction);
        voting.filter_map(|statement| statement.said.as_ref()).filter(|said| !matches!(said, Meaning::NoCountry(_)))
    };
    let voters = votes().count();
    let named = votes().filter_map(|said| if let Meaning::Country(country) = said { Some(*country) } else { None });
    // A house has a handful of databases, so counting anew for each is cheap.
    let count = |country: Country| votes().filter(|said| **said == Meaning::Country(country)).count();
    match named.map(|country| (count(country), country)).max_by_key(|(count, _)| *count) {
        Some((all, country)) if all == voters => Verdict::In(country, Certainty::Agreed),
        Some((most, country)) if most * 2 > voters => Verdict::In(country, Certainty::Majority),
        Some(_) => Verdict::Unsure(Doubt::Disputed),
        None if voters > 0 => Verdict::Unsure(Doubt::UnknownCode),
        None => Verdict::Unsure(Doubt::UnknownCountry),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `FR`: a country; `EU`: no country; `QX`: an unknown code; `.`: the address is not known; `+FR`: a correction.
    pub(in crate::geolocation::witness) fn statement(text: &str) -> Statement {
        let (is_correction, code) = text.strip_prefix('+').map_or((false, text), |code| (true, code));
        let said = Meaning::of(code);
        Statement { database: "x".into(), age_days: Some(1), is_correction, said }
    }

    #[test]
    fn databases_vote_by_the_table() {
        for (statements, verdict) in [
            // One database, or one that knows the address.
            ("FR", "FR agreed"),
            ("XK", "XK agreed"),
            (". FR .", "FR agreed"),
            ("EU FR", "FR agreed"),
            // All the same, most the same.
            ("NL NL", "NL agreed"),
            ("NL NL NL", "NL agreed"),
            ("NL FR NL", "NL majority"),
            ("NL FR NL .", "NL majority"),
            ("QX NL NL", "NL majority"),
            ("NL NL NL FR DE", "NL majority"),
            // Two that differ, three ways, half and half, most but not more than half.
            ("NL FR", "disputed"),
            ("NL FR .", "disputed"),
            ("NL FR DE", "disputed"),
            ("NL NL FR FR", "disputed"),
            ("NL NL FR DE", "disputed"),
            ("NL QX", "disputed"),
            ("NL QX QY", "disputed"),
            // Codes, and nothing.
            ("QX", "unknown_code"),
            ("QX EU .", "unknown_code"),
            ("QX QY", "unknown_code"),
            ("EU", "unknown_country"),
            (". .", "unknown_country"),
            ("", "unknown_country"),
            // Corrections: the first that names a country, before all databases.
            ("+DE", "DE agreed"),
            ("+DE DE .", "DE agreed"),
            ("+DE NL NL", "DE corrected"),
            ("NL NL +DE +FR", "DE corrected"),
            ("+. NL", "NL agreed"),
            ("+EU NL", "NL agreed"),
            ("+QX NL FR", "disputed"),
        ] {
            let all: Vec<Statement> = statements.split_whitespace().map(statement).collect();
            for turn in 0..all.len().max(1) {
                // The order of databases does not matter; that of corrections does.
                let mut turned: Vec<Statement> = all.iter().filter(|it| !it.is_correction).cloned().collect();
                let middle = turn % turned.len().max(1);
                turned.rotate_left(middle);
                turned.extend(all.iter().filter(|it| it.is_correction).cloned());
                assert_eq!(shown(vote(&turned)), verdict, "{statements:?}");
            }
        }
    }

    pub(in crate::geolocation::witness) fn shown(verdict: Verdict) -> String {
        let word = verdict.decision().map_or("not yet", |decision| decision.code());
        verdict.country().map_or_else(|| word.to_owned(), |country| format!("{country} {word}"))
    }
}
