use std::fs;
use std::path::PathBuf;

use chrono::{Duration, TimeZone};
use hotline_protocol::country::Country;
use tempfile::TempDir;

use super::*;
use crate::geolocation::database::CountryDatabase;
use crate::geolocation::{Verdict, fixture};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 11, 0, 0, 0).single().expect("a date that exists")
}

/// A folder with the fixtures, and the settings that name them.
fn fixtures() -> (TempDir, Settings) {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("is written");
        path
    };
    let settings = Settings {
        corrections: vec![write("documentation.mmdb", fixture::DOCUMENTATION)],
        network_database: Some(write("network.mmdb", fixture::NETWORK)),
        hosts_file: Some(write("hosts", fixture::HOSTS.as_bytes())),
        ..Settings::default()
    };
    (folder, settings)
}

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

fn offline(geolocator: &Geolocator, place: Place<'_>) -> Location {
    geolocator.locate_offline(place, now()).expect("no name server is needed")
}

#[tokio::test]
async fn a_name_of_the_hosts_file_is_located_with_its_evidence() {
    let (_folder, settings) = fixtures();
    let geolocator = Geolocator::open(&settings).expect("opens");
    let location = geolocator.locate(Place::Domain("BRIDGE.example.com."), now()).await;
    let summary = serde_json::to_value(location.summary(&[country("NL")])).expect("is JSON");
    let expected = serde_json::json!({
        "country": "FR", "decision": "agreed", "ips": ["192.0.2.1"], "addresses": 1, "asn": 64496,
        "organisation": "Example Hosting FR", "untraceable": null,
        "evidence": [{
            "ip": "192.0.2.1", "country": "FR", "decision": "agreed", "asn": 64496, "hidden_by": null,
            "organisation": "Example Hosting FR", "database": "documentation.mmdb", "database_age_days": 10,
            "method": "hosts_file",
        }],
    });
    assert_eq!(summary, expected);
    let record = serde_json::to_value(location.record(&[], 5)).expect("is JSON");
    let expected = serde_json::json!({
        "at": 5, "decision": "agreed", "country": "FR", "addresses": 1, "witnesses": [
            {"database": "documentation.mmdb", "answer": "country", "country": "FR", "age_days": 10,
             "correction": true, "ips": ["192.0.2.1"]},
            {"database": "IPFire Location Database (embedded)", "answer": "not_known", "age_days": 138,
             "ips": ["192.0.2.1"]},
        ],
    });
    assert_eq!(record, expected);
}

#[test]
fn what_the_corrections_do_not_know_is_asked_of_the_country_database() {
    let (_folder, settings) = fixtures();
    let geolocator = Geolocator::open(&settings).expect("opens");
    let location = offline(&geolocator, Place::Domain("alder.test"));
    let decisive = location.decide(&[]).by.expect("is found");
    assert_eq!(decisive.country, Some(country("FR")));
    assert_eq!(decisive.database.as_deref(), Some("IPFire Location Database (embedded)"));
}

#[test]
fn a_literal_is_located_unwrapped_and_a_private_one_stands_nowhere() {
    let (_folder, settings) = fixtures();
    let geolocator = Geolocator::open(&settings).expect("opens");
    for (address, code) in
        [("198.41.0.4", Some("US")), ("::ffff:198.41.0.4", Some("US")), ("10.0.0.1", None), ("::1", None)]
    {
        let location = offline(&geolocator, Place::Address(address.parse().expect("an address")));
        let [evidence] = location.evidence() else { panic!("one address is one piece of evidence") };
        assert_eq!(evidence.country, code.map(country), "{address}");
        assert_eq!(evidence.database.is_some(), code.is_some(), "{address}");
        assert_eq!(evidence.method, Method::Literal);
        let nowhere = Verdict::Untraceable(Untraceable::NoPlace);
        assert_eq!(location.decide(&[]).verdict == nowhere, code.is_none(), "{address}");
    }
}

#[test]
fn of_thousands_of_addresses_all_decide_and_a_sample_is_kept() {
    let (folder, mut settings) = fixtures();
    let path = folder.path().join("many");
    // 1,399 in NL, and the last two in DE.
    let mut lines: Vec<String> = (1..=1_399).map(|at| format!("2001:db8:200::{at:x} many.test")).collect();
    lines.extend(["2001:db8:400::1 many.test".to_owned(), "2001:db8:4ff::1 many.test".to_owned()]);
    fs::write(&path, lines.join("\n")).expect("is written");
    settings.hosts_file = Some(path);
    let geolocator = Geolocator::open(&settings).expect("opens");
    let location = offline(&geolocator, Place::Domain("many.test"));
    for (own, expected) in [("DE", "DE"), ("FR", "NL")] {
        let own = [country(own)];
        let record = location.record(&own, 0).expect("is decided");
        assert_eq!((record.country, record.addresses), (Some(country(expected)), 1_401));
        // Two databases about each address of the sample, the one that decides among them.
        assert_eq!(record.witnesses.len(), 32);
        let decisive = location.decide(&own).by.expect("one decides");
        assert!(record.witnesses.iter().any(|witness| witness.ips == [decisive.ip]), "{decisive:?}");
        let summary = location.summary(&own);
        assert_eq!((summary.ips.len(), summary.evidence.len()), (16, 16));
        assert!(summary.ips.is_sorted());
    }
}

#[test]
fn onions_and_unknown_names_are_untraceable() {
    let geolocator = Geolocator::open(&Settings::default()).expect("opens");
    for (name, reason) in [
        ("abc.onion", Untraceable::Onion),
        ("abc.ONION.", Untraceable::Onion),
        ("onion.example.com", Untraceable::NoResolver),
    ] {
        let verdict = offline(&geolocator, Place::Domain(name)).decide(&[]).verdict;
        assert_eq!(verdict, Verdict::Untraceable(reason), "{name}");
    }
}

#[test]
fn a_name_outside_the_hosts_file_is_left_to_the_resolver_but_an_onion_is_not() {
    let (_folder, mut settings) = fixtures();
    settings.resolver = vec!["127.0.0.1:9".parse().expect("an address")];
    let geolocator = Geolocator::open(&settings).expect("opens");
    assert_eq!(geolocator.locate_offline(Place::Domain("unheard.example.com"), now()), None);
    let onion = offline(&geolocator, Place::Domain("abc.onion")).decide(&[]).verdict;
    assert_eq!(onion, Verdict::Untraceable(Untraceable::Onion));
    assert!(!offline(&geolocator, Place::Domain("alder.test")).evidence().is_empty());
}

#[test]
fn the_fixtures_serve_every_country_and_the_names_that_two_databases_place_differently() {
    let (_folder, settings) = fixtures();
    let geolocator = Geolocator::open(&settings).expect("opens");
    let names = fixture::HOSTS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split_whitespace();
        fields.nth(1)
    });
    let names: std::collections::BTreeSet<&str> = names.collect();
    let mut located = std::collections::BTreeMap::<String, usize>::new();
    for name in &names {
        let country = offline(&geolocator, Place::Domain(name)).summary(&[]).country;
        *located.entry(country.map_or_else(|| "unknown".into(), |country| country.to_string())).or_default() += 1;
    }
    for code in ["FR", "NL", "US", "DE", "CZ"] {
        assert!(located[code] >= 15, "{code}: {located:?}");
    }
    assert!(located.len() > 20, "{located:?}");
}

#[test]
fn the_embedded_data_and_its_age_are_warned_about() {
    let geolocator = Geolocator::open(&Settings::default()).expect("opens");
    let built = CountryDatabase::embedded().built().expect("it names its date");
    let warnings = |days| geolocator.warnings(built + Duration::days(days));
    assert_eq!(warnings(90), [Warning::EmbeddedData { age_days: 90 }]);
    assert!(matches!(warnings(91)[..], [Warning::EmbeddedData { .. }, Warning::Outdated { age_days: 91, .. }]));
}

#[test]
fn a_changed_database_is_taken_and_a_broken_one_is_not() {
    let (folder, mut settings) = fixtures();
    let path = folder.path().join("documentation.mmdb");
    settings.country_databases = vec![path.clone()];
    settings.corrections.clear();
    let geolocator = Geolocator::open(&settings).expect("opens");
    let country_of_contested_range = || {
        geolocator.refresh();
        let place = Place::Address("203.0.113.1".parse().expect("an address"));
        offline(&geolocator, place).summary(&[]).country
    };
    assert_eq!(country_of_contested_range(), Some(country("NL")));
    assert_eq!(geolocator.warnings(now()), []);

    fs::write(&path, fixture::DOCUMENTATION_NL).expect("is written");
    assert_eq!(country_of_contested_range(), Some(country("DE")));

    fs::write(&path, &fixture::DOCUMENTATION[..1000]).expect("is written");
    assert_eq!(country_of_contested_range(), Some(country("DE")));
    let [Warning::FileFaulty { fault }] = &geolocator.warnings(now())[..] else { panic!("one warning is expected") };
    assert!(fault.starts_with("documentation.mmdb is not a MaxMind database"), "{fault}");

    fs::write(&path, fixture::DOCUMENTATION).expect("is written");
    assert_eq!(country_of_contested_range(), Some(country("NL")));
    assert_eq!(geolocator.warnings(now()), []);
}

#[test]
fn settings_are_read_and_unknown_keys_refused() {
    let settings: Settings = toml::from_str("hosts_file = 'hosts'\nresolver = ['127.0.0.1:53']").expect("is read");
    assert_eq!(settings.hosts_file, Some(PathBuf::from("hosts")));
    assert!(toml::from_str::<Settings>("host_file = 'hosts'").is_err());
}
