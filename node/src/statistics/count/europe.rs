//! Europe, for the figures of European hosting.

use hotline_protocol::country::Country;

/// The United Nations' region 150 (M49), and Cyprus, a member of the European Union.
const EUROPE: &[&str] = &[
    "AD", "AL", "AT", "AX", "BA", "BE", "BG", "BY", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FO", "FR", "GB",
    "GG", "GI", "GR", "HR", "HU", "IE", "IM", "IS", "IT", "JE", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT",
    "NL", "NO", "PL", "PT", "RO", "RS", "RU", "SE", "SI", "SJ", "SK", "SM", "UA", "VA",
];

/// Whether a country lies in Europe.
pub(crate) fn is_european(country: Country) -> bool {
    EUROPE.binary_search(&country.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_holds_only_countries() {
        assert!(EUROPE.is_sorted());
        assert!(EUROPE.iter().all(|code| code.parse().is_ok_and(is_european)));
        assert!(!is_european("US".parse().expect("a country")));
    }
}
