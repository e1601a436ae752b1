use std::fs;
use std::time::SystemTime;

use mmdb_writer::{IpVersion, Value, Writer};

use super::*;
use crate::geolocation::fixture;

/// An address for lookups in damaged databases, one of each kind.
const ADDRESSES: [&str; 3] = ["192.0.2.1", "203.0.113.130", "2001:db8:100::1"];

fn ip(text: &str) -> IpAddr {
    text.parse().expect("a test's address")
}

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

#[test]
fn well_known_networks_stand_in_their_countries() {
    let database = CountryDatabase::embedded();
    for (operator, address, code) in [
        ("Verisign, a.root-servers.net", "198.41.0.4", "US"),
        ("RIPE NCC, k.root-servers.net", "193.0.14.129", "NL"),
        ("Netnod, i.root-servers.net", "192.36.148.17", "SE"),
        ("WIDE Project, m.root-servers.net", "202.12.27.33", "JP"),
        ("AFNIC, d.nic.fr", "194.0.9.1", "FR"),
        ("DENIC, a.nic.de", "194.0.0.53", "DE"),
        ("CZ.NIC, a.ns.nic.cz", "194.0.12.1", "CZ"),
        ("SIDN, ns1.dns.nl", "2001:678:2c:0:194:0:28:53", "NL"),
        ("SWITCH, a.nic.ch", "130.59.31.41", "CH"),
        ("NIC.br, a.dns.br", "200.219.148.10", "BR"),
        ("ACOnet", "193.171.255.2", "AT"),
        ("NASK, the .pl registry", "195.187.245.51", "PL"),
    ] {
        assert_eq!(database.country(ip(address)), Some(country(code)), "{operator}");
    }
}

#[test]
fn every_embedded_database_is_whole() {
    CountryDatabase::parse("country", EMBEDDED.to_vec()).expect("is whole");
    CountryDatabase::parse("documentation", fixture::DOCUMENTATION.to_vec()).expect("is whole");
    CountryDatabase::parse("documentation-nl", fixture::DOCUMENTATION_NL.to_vec()).expect("is whole");
}

#[test]
fn the_embedded_database_names_its_source_and_its_age() {
    let database = CountryDatabase::embedded();
    assert_eq!(database.built().to_rfc3339(), "2026-06-25T04:33:59+00:00");
    assert!(database.name().contains("IPFire"));
    assert_eq!(database.age_days(database.built() + chrono::Duration::hours(49)), 2);
    assert_eq!(database.age_days(database.built() - chrono::Duration::hours(49)), 0);
}

#[test]
fn the_databases_of_two_hotlines_differ_in_two_ranges() {
    let everybody = CountryDatabase::parse("a", fixture::DOCUMENTATION.to_vec()).expect("opens");
    let nl = CountryDatabase::parse("b", fixture::DOCUMENTATION_NL.to_vec()).expect("opens");
    for address in ["198.51.100.33", "203.0.113.30"] {
        assert_eq!(everybody.country(ip(address)), Some(country("NL")));
        assert_eq!(nl.country(ip(address)), Some(country("DE")));
    }
    assert_eq!(nl.country(ip("192.0.2.33")), Some(country("NL")));
    assert_eq!(nl.country(ip("198.51.100.225")), None);
}

#[test]
fn records_of_other_vendors_are_read() {
    for (record, code) in [
        (Value::map([("country_code", "FR")]), Some("FR")),
        (Value::map([("country", "France"), ("country_code", "FR")]), Some("FR")),
        (Value::map([("country", Value::map([("iso_code", "FR")]))]), Some("FR")),
        (Value::map([("country_code", "EU")]), None),
        (Value::map([("country_code", "A1")]), None),
        (Value::map([("country_code", "??")]), None),
    ] {
        let database = CountryDatabase::parse("x", written(&record)).expect("opens");
        assert_eq!(database.country(ip("192.0.2.1")), code.map(country), "{record:?}");
        assert_eq!(database.country(ip("2001:db8::1")), None);
    }
}

#[test]
fn a_database_without_countries_is_refused() {
    for record in [Value::map([("city", "Paris")]), Value::map([("country_code", 33_u32)]), Value::from("FR")] {
        let fault = CountryDatabase::parse("x", written(&record)).expect_err("is refused");
        assert!(matches!(fault, GeolocationError::NoCountries { .. }), "{fault}");
    }
}

#[test]
fn a_network_database_is_no_country_database() {
    let fault = CountryDatabase::parse("network", fixture::NETWORK.to_vec()).expect_err("is refused");
    assert!(matches!(fault, GeolocationError::NoCountries { .. }), "{fault}");
}

#[test]
fn a_missing_or_foreign_file_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("country.mmdb");
    let told = CountryDatabase::open(&path).expect_err("is missing").to_string();
    assert!(told.contains("country.mmdb"), "{told}");
    for foreign in [&b""[..], b"SQLite format 3\0", b"\xab\xcd\xefMaxMind.com"] {
        fs::write(&path, foreign).expect("is written");
        let told = CountryDatabase::open(&path).expect_err("is foreign").to_string();
        assert!(told.starts_with("country.mmdb is not a MaxMind database"), "{told}");
    }
}

#[test]
fn a_database_cut_short_at_any_length_is_refused() {
    for length in 0..fixture::DOCUMENTATION.len() {
        let cut = fixture::DOCUMENTATION[..length].to_vec();
        assert!(CountryDatabase::parse("cut", cut).is_err(), "{length} bytes");
    }
}

#[test]
fn a_large_database_cut_short_is_refused() {
    for part in 0..16 {
        let cut = EMBEDDED[..EMBEDDED.len() / 16 * part].to_vec();
        assert!(CountryDatabase::parse("cut", cut).is_err(), "{part}/16");
    }
}

#[test]
fn a_flipped_bit_gives_an_error_or_an_answer_and_never_a_panic() {
    for index in 0..fixture::DOCUMENTATION.len() {
        for bit in 0..8 {
            let mut bytes = fixture::DOCUMENTATION.to_vec();
            bytes[index] ^= 1 << bit;
            if let Ok(database) = CountryDatabase::parse("flipped", bytes) {
                for address in ADDRESSES {
                    let _any = database.country(ip(address));
                }
            }
        }
    }
}

/// An IPv4 database with one record.
fn written(record: &Value) -> Vec<u8> {
    let writer = Writer::builder("Test").ip_version(IpVersion::V4).description(&[("en", "a test's")]);
    let mut writer = writer.build_epoch(SystemTime::UNIX_EPOCH).build();
    writer.insert_range(ip("192.0.2.0"), ip("192.0.2.255"), record).expect("is a range");
    writer.to_bytes().expect("is written")
}
