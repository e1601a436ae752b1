//! The reports are taken by the import, are spread as they should be, and lead nowhere.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use hotline_node::intake::csv::file::{ImportReader, Reading, Scope};
use hotline_node::intake::csv::row::ImportRow;
use hotline_protocol::vocabulary::{Assessment, Offence};

use super::{SERIES, hosts};

const HOSTS: &str = "# a remark\n192.0.2.1 www.host.example host.test # more\n2001:db8::1 host.test\n";

fn rows(csv: &str) -> Vec<ImportRow> {
    let reader = ImportReader::open(csv.as_bytes(), Reading::new(Scope::Present, DateTime::<Utc>::MAX_UTC))
        .expect("the header is right");
    reader.map(|row| row.expect("every row is right")).collect()
}

/// How many in a hundred.
fn share(rows: &[&ImportRow], of: impl Fn(&ImportRow) -> bool) -> usize {
    rows.iter().filter(|row| of(row)).count() * 100 / rows.len()
}

#[test]
fn names_stand_once_and_without_remarks() {
    assert_eq!(hosts::names(HOSTS), ["host.test", "www.host.example"]);
}

#[test]
fn the_reports_are_taken_and_spread() {
    for series in SERIES {
        let rows = rows(&series.csv(&hosts::names(HOSTS)));
        assert_eq!(rows.len(), usize::try_from(series.reports).expect("some thousands"));
        let all: Vec<_> = rows.iter().collect();
        let csam: Vec<_> = rows.iter().filter(|row| row.offence == Offence::Csam).collect();
        assert!((88..=92).contains(&share(&all, |row| row.offence == Offence::Csam)));
        assert!((52..=58).contains(&share(&csam, |row| row.finding.assessment == Assessment::Baseline)));
        for assessment in [Assessment::National, Assessment::NotIllegal, Assessment::Unassessed] {
            assert!((12..=18).contains(&share(&csam, |row| row.finding.assessment == assessment)));
        }
        for row in &rows {
            let not_illegal = row.finding.assessment == Assessment::NotIllegal;
            assert_eq!(row.finding.reason.is_some(), not_illegal, "{}", row.reference);
        }
        let urls: BTreeSet<_> = rows.iter().map(|row| row.url.as_given()).collect();
        assert!(urls.len() < rows.len() && urls.len() * 100 > rows.len() * 90);
    }
}

#[test]
fn every_address_of_the_fixtures_leads_nowhere() {
    for series in SERIES {
        let file = format!("{}/../fixtures/reports/{}.csv", env!("CARGO_MANIFEST_DIR"), series.country);
        let rows = rows(&std::fs::read_to_string(file).expect("the fixtures are there"));
        assert_eq!(rows.len(), usize::try_from(series.reports).expect("some thousands"));
        for row in rows {
            for url in [Some(&row.url), row.page_url.as_ref()].into_iter().flatten() {
                let url = url::Url::parse(url.as_given()).expect("a URL");
                assert!(leads_nowhere(url.host_str().expect("a host")), "{}", row.reference);
            }
        }
    }
}

/// Whether nobody can have the name: reserved (RFC 2606), or an onion name without the version that a real one has.
fn leads_nowhere(host: &str) -> bool {
    let under = |top: &str| host == top || host.ends_with(&format!(".{top}"));
    let reserved = ["test", "example", "invalid", "example.com", "example.net", "example.org"].into_iter().any(under);
    reserved || (host.len() == 62 && host.starts_with("hotlinefixture") && host.ends_with("a.onion"))
}

#[test]
fn the_same_hosts_give_the_same_reports() {
    let names = hosts::names(HOSTS);
    assert_eq!(SERIES[0].csv(&names), SERIES[0].csv(&names));
    assert_ne!(SERIES[0].csv(&names).lines().nth(1), SERIES[1].csv(&names).lines().nth(1));
}
