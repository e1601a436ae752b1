//! Meaning of a code in the place of a country.

use hotline_protocol::country::Country;

/// Content of a database in the place of a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A country.
    Country(Country),
    /// A code that says that there is no country: a region, "unknown", an anonymous proxy.
    NoCountry(String),
    /// Two letters that this version knows as nothing.
    Unknown(String),
}

/// Codes that name no country, as databases of several makers write them: unknown (`??`, `--`, `ZZ`, `XX`), regions
/// (`EU`, `AP`), anonymous proxies (`A1`), satellites (`A2`), others (`O1`), the Tor network (`T1`), the high seas (`XZ`).
const NO_COUNTRY: [&str; 12] = ["??", "--", "-", "EU", "AP", "A1", "A2", "O1", "T1", "XX", "XZ", "ZZ"];

impl Meaning {
    /// Returns the meaning of a text, in capitals or not; `None` for one that can be no code at all.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > 2 {
            return None;
        }
        let code = text.to_ascii_uppercase();
        if let Ok(country) = code.parse() {
            return Some(Self::Country(country));
        }
        if NO_COUNTRY.contains(&code.as_str()) {
            return Some(Self::NoCountry(code));
        }
        (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(Self::Unknown(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_no_countries_and_unknown_codes_are_three_things() {
        for (text, expected) in [
            ("FR", "country FR"),
            ("fr", "country FR"),
            (" xk ", "country XK"),
            ("EU", "no country EU"),
            ("eu", "no country EU"),
            ("a1", "no country A1"),
            ("??", "no country ??"),
            ("-", "no country -"),
            ("QX", "unknown QX"),
            ("su", "unknown SU"),
            ("UK", "unknown UK"),
            ("", "nothing"),
            ("F", "nothing"),
            ("FRA", "nothing"),
            ("France", "nothing"),
            ("é", "nothing"),
        ] {
            let told = match Meaning::of(text) {
                Some(Meaning::Country(country)) => format!("country {country}"),
                Some(Meaning::NoCountry(code)) => format!("no country {code}"),
                Some(Meaning::Unknown(code)) => format!("unknown {code}"),
                None => "nothing".to_owned(),
            };
            assert_eq!(told, expected, "{text:?}");
        }
    }
}
