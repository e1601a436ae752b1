//! Network databases: MMDB files in the form of GeoLite2-ASN.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use chrono::{DateTime, Utc};
use maxminddb::path;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::database::{Database, Record};
use super::error::GeolocationError;

/// The autonomous system that an address belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its number.
    pub asn: u32,
    /// Its organisation, where the database names one.
    pub organisation: Option<String>,
}

/// A database that says to which autonomous system an address belongs.
#[derive(Debug)]
pub struct NetworkDatabase(Database);

impl NetworkDatabase {
    /// Reads a file and checks it as a whole.
    pub fn open(path: &Path) -> Result<Self, GeolocationError> {
        Self::with_networks(Database::read(path)?)
    }

    /// Checks a database in memory as a whole; `name` is how warnings will name it.
    pub fn parse(name: &str, bytes: Vec<u8>) -> Result<Self, GeolocationError> {
        Self::with_networks(Database::parse(name.to_owned(), bytes)?)
    }

    fn with_networks(database: Database) -> Result<Self, GeolocationError> {
        if database.any(|record| number(record).is_some()) {
            Ok(Self(database))
        } else {
            Err(GeolocationError::NoNetworks { name: database.name().to_owned() })
        }
    }

    /// The autonomous system of an address; `None` if the database does not know it.
    #[must_use]
    pub fn network(&self, ip: IpAddr) -> Option<Network> {
        let record = self.0.lookup(ip)?;
        let organisation = record.decode_path(&path!["autonomous_system_organization"]).ok().flatten();
        Some(Network { asn: number(&record)?, organisation })
    }

    /// How warnings name the database.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// Whole days since it was built.
    #[must_use]
    pub fn age_days(&self, now: DateTime<Utc>) -> u32 {
        self.0.age_days(now)
    }
}

fn number(record: &Record<'_>) -> Option<u32> {
    let AnyInteger(number) = record.decode_path(&path!["autonomous_system_number"]).ok().flatten()?;
    Some(number)
}

/// A number of any of the format's integer types: some writers store a small number in a small type, which the
/// reader would refuse for a plain `u32`.
struct AnyInteger(u32);

impl<'de> Deserialize<'de> for AnyInteger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntegerVisitor)
    }
}

struct IntegerVisitor;

impl Visitor<'_> for IntegerVisitor {
    type Value = AnyInteger;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number from 0 to 4294967295")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<AnyInteger, E> {
        u32::try_from(number).map(AnyInteger).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<AnyInteger, E> {
        u32::try_from(number).map(AnyInteger).map_err(E::custom)
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<AnyInteger, E> {
        u32::try_from(number).map(AnyInteger).map_err(E::custom)
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

    #[test]
    fn numbers_of_every_type_are_read_if_they_are_numbers_of_autonomous_systems() {
        for (number, expected) in [
            (Value::from(64_496_u16), Some(64_496)),
            (Value::from(64_496_u64), Some(64_496)),
            (Value::from(64_496_u128), Some(64_496)),
            (Value::from(64_496_i32), Some(64_496)),
            (Value::from(-1_i32), None),
            (Value::from(1_u64 << 32), None),
            (Value::from("AS64496"), None),
        ] {
            let writer = Writer::builder("Test").description(&[("en", "a test's")]);
            let mut writer = writer.build_epoch(SystemTime::UNIX_EPOCH).build();
            let record = Value::map([("autonomous_system_number", number.clone())]);
            writer.insert_range(ip("192.0.2.0"), ip("192.0.2.255"), &record).expect("is a range");
            let database = NetworkDatabase::parse("x", writer.to_bytes().expect("is written"));
            let network = database.ok().and_then(|database| database.network(ip("192.0.2.1")));
            assert_eq!(network.map(|network| network.asn), expected, "{number:?}");
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
    }

    #[test]
    fn a_country_database_is_no_network_database() {
        let fault = NetworkDatabase::parse("countries", fixture::DOCUMENTATION.to_vec()).expect_err("is refused");
        assert!(matches!(fault, GeolocationError::NoNetworks { .. }), "{fault}");
    }
}
