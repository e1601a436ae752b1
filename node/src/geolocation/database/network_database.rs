//! Network databases: MMDB files with the number of an autonomous system in their records, in the form of GeoLite2-ASN
//! and of other makers.

use std::net::IpAddr;

use maxminddb::PathElement::Key;

use super::checked::{Checked, Shape, present};
use super::mmdb::scalar::Scalar;
use super::mmdb::{Database, Record, RecordPath, value};
use crate::geolocation::error::GeolocationError;

/// The autonomous system that an address belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its number.
    pub asn: u32,
    /// Its organisation, where the database names one.
    pub organisation: Option<String>,
}

/// Where makers put the number: MaxMind, MaxMind's larger files, `IPinfo` and `ip-location-db`, `IP2Location`, others.
const NUMBERS: [RecordPath; 6] = [
    &[Key("autonomous_system_number")],
    &[Key("traits"), Key("autonomous_system_number")],
    &[Key("asn")],
    &[Key("as_number")],
    &[Key("as"), Key("number")],
    &[Key("asn"), Key("number")],
];

/// Where makers put the organisation.
const ORGANISATIONS: [RecordPath; 7] = [
    &[Key("autonomous_system_organization")],
    &[Key("traits"), Key("autonomous_system_organization")],
    &[Key("as_name")],
    &[Key("as_organization")],
    &[Key("as"), Key("name")],
    &[Key("asn"), Key("name")],
    &[Key("organization")],
];

/// The places in a database that hold numbers and organisations.
#[derive(Clone, Debug)]
pub struct NetworkShape {
    numbers: Vec<RecordPath>,
    organisations: Vec<RecordPath>,
}

impl NetworkShape {
    /// `None` where no record has a number.
    pub(super) fn find(database: &Database) -> Option<Self> {
        let numbers = present(&NUMBERS, database.survey(&NUMBERS, |_, value| value.asn().is_some()));
        if numbers.is_empty() {
            return None;
        }
        let is_text = |_, value: Scalar| value.text().is_some_and(|text| !text.trim().is_empty());
        Some(Self { numbers, organisations: present(&ORGANISATIONS, database.survey(&ORGANISATIONS, is_text)) })
    }

    pub(super) fn network(&self, record: &Record<'_>) -> Option<Network> {
        let asn = self.numbers.iter().find_map(|path| value(record, path)?.asn())?;
        let name = |path: &RecordPath| value(record, path)?.text().filter(|name| !name.trim().is_empty());
        Some(Network { asn, organisation: self.organisations.iter().find_map(name) })
    }
}

impl Shape for NetworkShape {
    fn of(database: &Database) -> Result<Self, GeolocationError> {
        Self::find(database).ok_or_else(|| GeolocationError::NoNetworks { name: database.name().to_owned() })
    }
}

/// A database of addresses and their autonomous systems.
pub type NetworkDatabase = Checked<NetworkShape>;

impl NetworkDatabase {
    /// The autonomous system of an address; `None` if the database does not know it.
    #[must_use]
    pub fn network(&self, ip: IpAddr) -> Option<Network> {
        self.shape().network(&self.lookup(ip)?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use mmdb_writer::{Value, Writer};

    use super::*;
    use crate::geolocation::fixture;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("a test's address")
    }

    fn database(record: &Value) -> Result<NetworkDatabase, GeolocationError> {
        let writer = Writer::builder("Test").description(&[("en", "a test's")]);
        let mut writer = writer.build_epoch(SystemTime::UNIX_EPOCH).build();
        writer.insert_range(ip("192.0.2.0"), ip("192.0.2.255"), record).expect("is a range");
        NetworkDatabase::parse("x", writer.to_bytes().expect("is written"))
    }

    #[test]
    fn numbers_of_every_type_are_read_if_they_are_numbers_of_autonomous_systems() {
        for (number, expected) in [
            (Value::from(64_496_u16), Some(64_496)),
            (Value::from(64_496_u64), Some(64_496)),
            (Value::from(64_496_u128), Some(64_496)),
            (Value::from(64_496_i32), Some(64_496)),
            (Value::from("AS64496"), Some(64_496)),
            (Value::from("as64496"), Some(64_496)),
            (Value::from("64496"), Some(64_496)),
            (Value::from(-1_i32), None),
            (Value::from(0_u32), None),
            (Value::from(1_u64 << 32), None),
            (Value::from("Example Hosting"), None),
        ] {
            for key in ["autonomous_system_number", "asn", "as_number"] {
                let found = database(&Value::map([(key, number.clone())]));
                let network = found.ok().and_then(|database| database.network(ip("192.0.2.1")));
                assert_eq!(network.map(|network| network.asn), expected, "{key} {number:?}");
            }
        }
    }

    #[test]
    fn numbers_and_organisations_are_read_where_other_makers_put_them() {
        let number = || Value::from(64_501_u32);
        for record in [
            Value::map([("autonomous_system_number", number()), ("autonomous_system_organization", "Example".into())]),
            Value::map([(
                "traits",
                Value::map([
                    ("autonomous_system_number", number()),
                    ("autonomous_system_organization", "Example".into()),
                ]),
            )]),
            Value::map([("asn", Value::from("AS64501")), ("as_name", "Example".into())]),
            Value::map([("as", Value::map([("number", number()), ("name", "Example".into())]))]),
            Value::map([("asn", Value::map([("number", number()), ("name", "Example".into())]))]),
        ] {
            let network = database(&record).expect("opens").network(ip("192.0.2.77"));
            let expected = Network { asn: 64_501, organisation: Some("Example".to_owned()) };
            assert_eq!(network, Some(expected), "{record:?}");
        }
    }

    #[test]
    fn the_fixtures_networks_are_read_with_their_organisation() {
        let database = NetworkDatabase::parse("network", fixture::NETWORK.to_vec()).expect("opens");
        for (address, asn, organisation) in [
            ("18.0.0.1", 3, "Massachusetts Institute of Technology"),
            ("192.0.2.1", 64496, "Example Hosting FR"),
            ("2001:db8:100::1", 65536, "Example Cloud FR"),
        ] {
            let expected = Network { asn, organisation: Some(organisation.to_owned()) };
            assert_eq!(database.network(ip(address)), Some(expected));
        }
        assert_eq!(database.network(ip("198.51.100.225")), None);
        assert!(database.extent().ipv6 >= 8);
    }

    #[test]
    fn a_country_database_is_no_network_database() {
        let fault = NetworkDatabase::parse("countries", fixture::DOCUMENTATION.to_vec()).expect_err("is refused");
        assert!(matches!(fault, GeolocationError::NoNetworks { .. }), "{fault}");
    }
}
