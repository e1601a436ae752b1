//! Synthetic cases of the past that carry the figures of Point de Contact's yearly report for 2018.
//!
//! The report gives counts, and shares that are rounded: cases are dealt like cards, so that every count is exact and
//! every share, rounded as the report rounds it, is the report's. Values absent from the report are chosen, and
//! [`year`] says so. Every URL is synthetic and leads nowhere.

mod case;
mod deal;
pub mod year;

use std::fmt::Write as _;

use case::cases;
use year::Year;

use super::chance::Chance;

/// The columns that are written.
const COLUMNS: &str = "reference,received_at,url,source,channel,reporter_email,offence,assessed_offence,behaviour,\
    terrorism_type,assessment,reason,assessed_at,site_type,commerciality,media,age,sex,production,self_generated,\
    hosting_country,sent_to_country,received_from_country,lea_at,isp_at,outcome,outcome_at,replied_at";

/// The cases of some years as a file for `report import --historical`. The same years and seed give the same bytes.
///
/// # Panics
/// Where a year's counts contradict each other.
#[must_use]
pub fn csv(years: &[Year], seed: u64) -> String {
    let mut chance = Chance::seeded(seed);
    let mut csv = format!("{COLUMNS}\n");
    for year in years {
        for case in cases(year, &mut chance) {
            writeln!(csv, "{}", case.cells().join(",")).expect("a String takes everything");
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::year::YEARS;
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_file_and_every_address_is_reserved() {
        let years = &YEARS[..1];
        let file = csv(years, 7);
        assert_eq!(file, csv(years, 7));
        assert_ne!(file, csv(years, 8));
        assert_eq!(file.lines().count(), 1 + 9_605);
        let reserved = ["example.com", "example.net", "example.org", ".example", ".test", ".invalid", "a.onion"];
        for line in file.lines().skip(1) {
            let url = line.split(',').nth(2).expect("a URL");
            let host = url.split('/').nth(2).expect("a host");
            assert!(reserved.iter().any(|name| host.ends_with(name)), "{host}");
        }
    }
}
