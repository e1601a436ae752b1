//! Country databases: MMDB files with the code of a country in their records, in any form that their maker chose.

use std::net::IpAddr;

use hotline_protocol::country::Country;
use maxminddb::PathElement::Key;

use super::checked::{Checked, Shape, present};
use super::mmdb::scalar::Scalar;
use super::mmdb::{Database, Record, RecordPath, value};
use super::network_database::{Network, NetworkShape};
use crate::geolocation::code::Meaning;
use crate::geolocation::error::GeolocationError;

/// The ranges of IPFire's location database; licence and date stand in `fixtures/geolocation/README.md`.
const EMBEDDED: &[u8] = include_bytes!("../../../../../fixtures/geolocation/country.mmdb");

/// How evidence names the database inside the program; the licence wants its source named.
const EMBEDDED_NAME: &str = "IPFire Location Database (embedded)";

/// Where makers put the code: MaxMind and DB-IP, `ip-location-db` and `IPinfo`, others; or the record is the code.
const COUNTRIES: [RecordPath; 6] = [
    &[Key("country"), Key("iso_code")],
    &[Key("country_code")],
    &[Key("country")],
    &[Key("iso_code")],
    &[Key("country_iso_code")],
    &[],
];

/// Where the network was registered, not where its servers stand: read only from a database that has nothing else.
/// MaxMind leaves `country` out where it does not know it, and the registration beside it is no better.
const REGISTERED: [RecordPath; 1] = [&[Key("registered_country"), Key("iso_code")]];

/// Signs that a server behind the address may stand anywhere: an address that is announced in many places, a proxy, the
/// customers of a satellite.
const HIDING: [RecordPath; 6] = [
    &[Key("traits"), Key("is_anycast")],
    &[Key("traits"), Key("is_anonymous_proxy")],
    &[Key("traits"), Key("is_satellite_provider")],
    &[Key("is_anycast")],
    &[Key("anycast")],
    &[Key("is_anonymous_proxy")],
];

/// A database's statement about an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The content in the place of a country; `None` where the address is not known.
    pub(super) country: Option<Meaning>,
    /// The network, where the database has networks.
    pub(super) network: Option<Network>,
    /// Why the server behind the address may stand anywhere, where the database says so.
    pub(super) hidden_by: Option<&'static str>,
}

/// A database of addresses and their countries.
pub type CountryDatabase = Checked<CountryShape>;

/// The places in a database that hold countries, and the fields beside them.
#[derive(Clone, Debug)]
pub struct CountryShape {
    countries: Vec<RecordPath>,
    hiding: Vec<RecordPath>,
    networks: Option<NetworkShape>,
}

impl Shape for CountryShape {
    fn of(database: &Database) -> Result<Self, GeolocationError> {
        let is_code = |_, value: Scalar| value.text().is_some_and(|text| Meaning::of(&text).is_some());
        let mut countries = present(&COUNTRIES, database.survey(&COUNTRIES, is_code));
        if countries.is_empty() {
            countries = present(&REGISTERED, database.survey(&REGISTERED, is_code));
        }
        if countries.is_empty() {
            return Err(GeolocationError::NoCountries { name: database.name().to_owned() });
        }
        let hiding = present(&HIDING, database.survey(&HIDING, |_, value| value.is_set()));
        Ok(Self { countries, hiding, networks: NetworkShape::find(database) })
    }
}

impl CountryDatabase {
    /// The database inside the program.
    #[must_use]
    pub fn embedded() -> Self {
        // Its form is known, so nothing needs to be looked for: commands start faster.
        let shape = CountryShape { countries: vec![COUNTRIES[0]], hiding: Vec::new(), networks: None };
        Self::known(Database::embedded(EMBEDDED_NAME, EMBEDDED), shape)
    }

    /// Returns the database's statement about an address.
    pub(super) fn told(&self, ip: IpAddr) -> Told {
        let Some(record) = self.lookup(ip) else { return Told::default() };
        Told {
            country: self.shape().meaning(&record),
            network: self.shape().networks.as_ref().and_then(|shape| shape.network(&record)),
            hidden_by: self
                .shape()
                .hiding
                .iter()
                .find(|path| value(&record, path).is_some_and(|flag| flag.is_set()))
                .map(|path| why_hidden(path)),
        }
    }

    /// The country of an address; `None` if the database does not know it or names no country (`??`, `EU`, `AP`, `A1`).
    #[must_use]
    pub fn country(&self, ip: IpAddr) -> Option<Country> {
        match self.told(ip).country {
            Some(Meaning::Country(country)) => Some(country),
            _ => None,
        }
    }

    /// Whether its records have numbers of autonomous systems.
    #[must_use]
    pub const fn has_networks(&self) -> bool {
        self.shape().networks.is_some()
    }
}

impl CountryShape {
    fn meaning(&self, record: &Record<'_>) -> Option<Meaning> {
        let text = |path: &RecordPath| value(record, path)?.text();
        self.countries.iter().filter_map(text).find_map(|text| Meaning::of(&text))
    }
}

fn why_hidden(path: &RecordPath) -> &'static str {
    match path.last() {
        Some(Key("is_anycast" | "anycast")) => "anycast",
        Some(Key("is_satellite_provider")) => "satellite",
        _ => "anonymous proxy",
    }
}

#[cfg(test)]
mod tests;
