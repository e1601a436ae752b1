//! Countries with a member hotline of INHOPE, enrolled here or not.
//!
//! Source: INHOPE's public list of members (57 hotlines in 52 countries, 2026), as far as its pages name them. It
//! only tells `no_peer` (there is a hotline, make its acquaintance) from `no_hotline` (there is none).

/// ISO 3166-1 alpha-2, in order.
const COUNTRIES: &[&str] = &[
    "AL", "AR", "AT", "AU", "BE", "BG", "BR", "CA", "CO", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR",
    "HR", "HU", "IE", "IS", "IT", "JP", "KH", "KR", "LT", "LU", "LV", "MD", "MT", "MX", "NG", "NL", "PL", "PT", "RO",
    "RS", "SE", "SI", "SK", "TH", "TW", "UA", "US",
];

/// Whether a hotline answers for the country, as far as is known.
pub(super) fn has_hotline(country: hotline_protocol::country::Country) -> bool {
    COUNTRIES.binary_search(&country.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_holds_only_countries() {
        assert!(COUNTRIES.is_sorted());
        for code in COUNTRIES {
            assert!(has_hotline(code.parse().expect("a country's code")));
        }
        assert!(!has_hotline("RU".parse().expect("a country's code")));
    }
}
