//! The hotlines of the demonstration.

use crate::geolocation::fixture;

/// One hotline.
pub(super) struct Nation {
    /// Its node's id, and its folder's name.
    pub id: &'static str,
    /// Its country's code.
    pub country: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its own corrections of the country database (MMDB).
    pub corrections: &'static [u8],
    /// Its incoming reports: a file as `report import` takes it.
    pub reports: Option<Reports>,
}

/// Synthetic reports.
pub(super) struct Reports {
    /// The file.
    pub file: &'static [u8],
    /// How many of every [`SHARES`] reports go to this hotline.
    pub share: u32,
}

/// The sum of the shares.
pub(super) const SHARES: u32 = 3_200;

/// NL and DE agree that two networks stand in DE, but FR, US and CZ believe them to be in NL. So NL refuses some of its
/// offers, and the second offer goes to DE.
pub(super) const NATIONS: [Nation; 5] = [
    Nation {
        id: "fr-demo",
        country: "FR",
        name: "Demonstration hotline FR",
        corrections: fixture::DOCUMENTATION,
        reports: Some(Reports { file: include_bytes!("../../../../fixtures/reports/fr.csv"), share: 2_000 }),
    },
    Nation {
        id: "nl-demo",
        country: "NL",
        name: "Demonstration hotline NL",
        corrections: fixture::DOCUMENTATION_NL,
        reports: Some(Reports { file: include_bytes!("../../../../fixtures/reports/nl.csv"), share: 1_200 }),
    },
    Nation {
        id: "us-demo",
        country: "US",
        name: "Demonstration hotline US",
        corrections: fixture::DOCUMENTATION,
        reports: None,
    },
    Nation {
        id: "de-demo",
        country: "DE",
        name: "Demonstration hotline DE",
        corrections: fixture::DOCUMENTATION_NL,
        reports: None,
    },
    Nation {
        id: "cz-demo",
        country: "CZ",
        name: "Demonstration hotline CZ",
        corrections: fixture::DOCUMENTATION,
        reports: None,
    },
];
