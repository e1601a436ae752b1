//! Which of a server's addresses decides about the hosting country.

use std::cmp::Reverse;

use hotline_protocol::country::Country;

use super::model::Evidence;

/// The evidence whose country counts, for a hotline of the countries `own`: an own country if any address is there;
/// else the country of most addresses; a tie goes to the country of the numerically lowest address, IPv4 first.
/// Addresses of unknown country are outvoted by any known one. Of the country's addresses the lowest is returned.
/// `None` if there is no evidence.
#[must_use]
pub fn choose<'a>(evidence: &'a [Evidence], own: &[Country]) -> Option<&'a Evidence> {
    let is_own = |country: Option<Country>| country.is_some_and(|country| own.contains(&country));
    let addresses_in = |country: Option<Country>| evidence.iter().filter(|other| other.country == country).count();
    // `IpAddr` orders numerically, IPv4 first. A server has few addresses, so counting anew for each is cheap.
    evidence.iter().min_by_key(|candidate| {
        let country = candidate.country;
        (!is_own(country), country.is_none(), Reverse(weight(is_own(country), addresses_in(country))), candidate.ip)
    })
}

/// Among several own countries the number of addresses does not matter.
fn weight(is_own: bool, addresses: usize) -> usize {
    if is_own { 0 } else { addresses }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geolocation::Method;

    fn evidence(text: &str) -> Evidence {
        let (ip, country) = text.split_once('=').expect("address=country");
        Evidence {
            ip: ip.parse().expect("a test's address"),
            country: country.parse().ok(),
            asn: None,
            organisation: None,
            database: None,
            database_age_days: None,
            method: Method::HostsFile,
        }
    }

    #[test]
    fn the_hosting_country_is_chosen_by_the_table() {
        // What is decided, own countries, the addresses with their countries, the decisive address.
        let table: &[(&str, &str, &str, &str)] = &[
            ("one address", "FR", "192.0.2.9=NL", "192.0.2.9"),
            ("own beats majority", "FR", "192.0.2.1=NL 192.0.2.2=NL 192.0.2.3=FR", "192.0.2.3"),
            ("own beats a lower address", "FR", "192.0.2.1=NL 2001:db8::1=FR", "2001:db8::1"),
            ("majority", "FR", "192.0.2.1=NL 192.0.2.3=DE 192.0.2.2=DE", "192.0.2.2"),
            ("a tie goes to the lowest", "FR", "192.0.2.2=NL 192.0.2.1=DE", "192.0.2.1"),
            ("a tie is decided numerically", "FR", "192.0.2.10=NL 192.0.2.9=DE", "192.0.2.9"),
            ("a tie prefers IPv4", "FR", "::2=NL 203.0.113.1=DE", "203.0.113.1"),
            ("a tie of pairs", "FR", "::1=NL ::2=DE ::3=NL 192.0.2.1=DE", "192.0.2.1"),
            ("one known beats two unknown", "FR", "192.0.2.1=?? 192.0.2.2=EU ::1=NL", "::1"),
            ("all unknown: the lowest", "FR", "192.0.2.2=?? 192.0.2.1=ZZ", "192.0.2.1"),
            ("a territory is own", "RE FR", "192.0.2.1=NL 192.0.2.2=RE", "192.0.2.2"),
            ("among own ones: the lowest", "RE FR", "192.0.2.1=FR 192.0.2.2=RE 192.0.2.3=RE", "192.0.2.1"),
            ("without own countries", "", "192.0.2.2=FR 192.0.2.1=NL", "192.0.2.1"),
        ];
        for (what, own, addresses, expected) in table {
            let own: Vec<Country> = own.split_whitespace().map(|code| code.parse().expect("a country")).collect();
            let mut all: Vec<Evidence> = addresses.split_whitespace().map(evidence).collect();
            for _ in 0..all.len() {
                all.rotate_left(1);
                let decisive = choose(&all, &own).expect("there is evidence");
                assert_eq!(decisive.ip.to_string(), *expected, "{what}");
            }
        }
    }

    #[test]
    fn no_evidence_decides_nothing() {
        assert_eq!(choose(&[], &[]), None);
    }
}
