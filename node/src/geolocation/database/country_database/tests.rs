use std::fs;
use std::time::SystemTime;

use mmdb_writer::{IpVersion, Value, Writer};

use super::*;
use crate::geolocation::database::mmdb::Extent;
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
    let built = database.built().expect("it names its date");
    assert_eq!(built.to_rfc3339(), "2026-06-25T04:33:59+00:00");
    assert!(database.name().contains("IPFire"));
    assert_eq!(database.age_days(built + chrono::Duration::hours(49)), Some(2));
    assert_eq!(database.age_days(built - chrono::Duration::hours(49)), Some(0));
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
fn records_of_other_makers_are_read() {
    let nested = |outer: &'static str, code: &'static str| Value::map([(outer, Value::map([("iso_code", code)]))]);
    for (record, expected) in [
        (Value::map([("country_code", "FR")]), Some("FR")),
        (Value::map([("country_code", "fr")]), Some("FR")),
        (Value::map([("country", "France"), ("country_code", "FR")]), Some("FR")),
        (Value::map([("country", "FR")]), Some("FR")),
        (Value::map([("country", "XK")]), Some("XK")),
        (Value::map([("iso_code", "NL")]), Some("NL")),
        (Value::map([("country_iso_code", "NL")]), Some("NL")),
        (nested("country", "FR"), Some("FR")),
        (nested("country", "xk"), Some("XK")),
        (nested("registered_country", "US"), Some("US")),
        (Value::from("FR"), Some("FR")),
        (Value::map([("country_code", "EU")]), None),
        (Value::map([("country_code", "A1")]), None),
        (Value::map([("country_code", "??")]), None),
        (Value::map([("country_code", "QX")]), None),
    ] {
        let database = CountryDatabase::parse("x", written(&record)).expect("opens");
        assert_eq!(database.country(ip("192.0.2.1")), expected.map(country), "{record:?}");
        assert_eq!(database.country(ip("2001:db8::1")), None);
    }
}

#[test]
fn no_country_an_unknown_code_and_an_unknown_address_are_three_things() {
    for (code, expected) in [
        ("EU", Meaning::NoCountry("EU".into())),
        ("zz", Meaning::NoCountry("ZZ".into())),
        ("QX", Meaning::Unknown("QX".into())),
    ] {
        let database = CountryDatabase::parse("x", written(&Value::map([("country_code", code)]))).expect("opens");
        assert_eq!(database.told(ip("192.0.2.1")).country, Some(expected));
        assert_eq!(database.told(ip("203.0.113.1")), Told::default());
    }
}

#[test]
fn a_registration_is_no_place_where_the_database_has_places() {
    let iso = |code: &'static str| Value::map([("iso_code", code)]);
    let mut writer = Writer::builder("Test").build();
    let both = Value::map([("country", iso("NL")), ("registered_country", iso("US"))]);
    writer.insert_range(ip("192.0.2.0"), ip("192.0.2.127"), &both).expect("is a range");
    let registered = Value::map([("registered_country", iso("US"))]);
    writer.insert_range(ip("192.0.2.128"), ip("192.0.2.255"), &registered).expect("is a range");
    let database = CountryDatabase::parse("x", writer.to_bytes().expect("is written")).expect("opens");
    assert_eq!(database.country(ip("192.0.2.1")), Some(country("NL")));
    assert_eq!(database.told(ip("192.0.2.129")).country, None, "it does not know the place");
}

#[test]
fn a_database_says_which_addresses_hide_the_server_and_whose_they_are() {
    let flags =
        |name: &'static str| Value::map([("traits", Value::map([(name, true)])), ("country_code", "FR".into())]);
    for (record, hidden) in [
        (flags("is_anycast"), Some("anycast")),
        (flags("is_anonymous_proxy"), Some("anonymous proxy")),
        (flags("is_satellite_provider"), Some("satellite")),
        (flags("is_legitimate_proxy"), None),
        (Value::map([("is_anycast", Value::from("true")), ("country_code", "FR".into())]), Some("anycast")),
        (Value::map([("is_anycast", Value::from(false)), ("country_code", "FR".into())]), None),
    ] {
        let told = CountryDatabase::parse("x", written(&record)).expect("opens").told(ip("192.0.2.1"));
        assert_eq!(told.hidden_by, hidden, "{record:?}");
    }
    let both = Value::map([("country_code", "FR"), ("asn", "AS64496"), ("as_name", "Example Hosting")]);
    let database = CountryDatabase::parse("x", written(&both)).expect("opens");
    let network = database.told(ip("192.0.2.1")).network.expect("is known");
    assert_eq!((network.asn, network.organisation.as_deref()), (64_496, Some("Example Hosting")));
    assert!(database.has_networks());
}

#[test]
fn a_database_without_countries_is_refused() {
    for record in [Value::map([("city", "Paris")]), Value::map([("country_code", 33_u32)]), Value::from("Paris")] {
        let fault = CountryDatabase::parse("x", written(&record)).expect_err("is refused");
        assert!(matches!(fault, GeolocationError::NoCountries { .. }), "{fault}");
    }
}

#[test]
fn labels_may_be_empty_or_missing() {
    // The writer leaves the description and the languages empty by itself.
    let mut writer = Writer::builder("").ip_version(IpVersion::V4).build_epoch(SystemTime::UNIX_EPOCH).build();
    let record = Value::map([("country_code", "FR")]);
    writer.insert_range(ip("192.0.2.0"), ip("192.0.2.255"), &record).expect("is a range");
    let bytes = writer.to_bytes().expect("is written");
    let database = CountryDatabase::parse("x", bytes.clone()).expect("opens");
    assert_eq!(database.country(ip("192.0.2.1")), Some(country("FR")));
    assert_eq!((database.kind(), database.age_days(chrono::DateTime::UNIX_EPOCH)), ("", None), "0 is no date");
    for label in ["description", "languages", "database_type", "build_epoch", "binary_format_minor_version"] {
        let renamed = without(&bytes, label);
        let database = CountryDatabase::parse("x", renamed).unwrap_or_else(|fault| panic!("{label}: {fault}"));
        assert_eq!(database.country(ip("192.0.2.1")), Some(country("FR")), "{label}");
    }
    for needed in ["node_count", "record_size", "ip_version", "binary_format_major_version"] {
        assert!(CountryDatabase::parse("x", without(&bytes, needed)).is_err(), "{needed}");
    }
}

/// Renames a key of the metadata, so that it is missing.
fn without(bytes: &[u8], key: &str) -> Vec<u8> {
    let place = bytes.windows(key.len()).rposition(|window| window == key.as_bytes()).expect("the key stands there");
    let mut renamed = bytes.to_vec();
    renamed[place] = b'#';
    renamed
}

#[test]
fn a_database_for_ipv4_alone_has_no_networks_of_ipv6() {
    let record = Value::map([("country_code", "FR")]);
    let database = CountryDatabase::parse("x", written(&record)).expect("opens");
    assert_eq!(database.extent(), Extent { ipv4: 1, ipv6: 0 });
    let both = CountryDatabase::parse("y", fixture::DOCUMENTATION.to_vec()).expect("opens").extent();
    assert!(both.ipv4 > 15 && both.ipv6 >= 8, "{both:?}");
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
