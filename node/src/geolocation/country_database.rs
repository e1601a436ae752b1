//! Country databases: MMDB files whose records hold `country.iso_code` or `country_code`.

use std::net::IpAddr;
use std::path::Path;

use chrono::{DateTime, Utc};
use hotline_protocol::country::Country;
use maxminddb::path;

use super::database::{Database, Record};
use super::error::GeolocationError;

/// The ranges of IPFire's location database; licence and date stand in `fixtures/geolocation/README.md`.
const EMBEDDED: &[u8] = include_bytes!("../../../fixtures/geolocation/country.mmdb");

/// How evidence names the database inside the program; the licence wants its source named.
const EMBEDDED_NAME: &str = "IPFire Location Database (embedded)";

/// A database that says in which country an address stands.
#[derive(Debug)]
pub struct CountryDatabase(Database);

impl CountryDatabase {
    /// The database inside the program.
    #[must_use]
    pub fn embedded() -> Self {
        Self(Database::embedded(EMBEDDED_NAME, EMBEDDED))
    }

    /// Reads a file and checks it as a whole.
    pub fn open(path: &Path) -> Result<Self, GeolocationError> {
        Self::with_countries(Database::read(path)?)
    }

    /// Checks a database in memory as a whole; `name` is how evidence will name it.
    pub fn parse(name: &str, bytes: Vec<u8>) -> Result<Self, GeolocationError> {
        Self::with_countries(Database::parse(name.to_owned(), bytes)?)
    }

    fn with_countries(database: Database) -> Result<Self, GeolocationError> {
        if database.any(|record| code(record).is_some()) {
            Ok(Self(database))
        } else {
            Err(GeolocationError::NoCountries { name: database.name().to_owned() })
        }
    }

    /// The country of an address; `None` if the database does not know it or names no country of ISO 3166-1
    /// (`??`, `EU`, `AP`, `A1`, `ZZ`).
    #[must_use]
    pub fn country(&self, ip: IpAddr) -> Option<Country> {
        code(&self.0.lookup(ip)?)?.parse().ok()
    }

    /// How evidence names the database.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// When it was built, by its own account.
    #[must_use]
    pub fn built(&self) -> DateTime<Utc> {
        self.0.built()
    }

    /// Whole days since it was built.
    #[must_use]
    pub fn age_days(&self, now: DateTime<Utc>) -> u32 {
        self.0.age_days(now)
    }
}

/// Errors count as absent: other vendors put other things under `country`, such as its name.
fn code<'a>(record: &Record<'a>) -> Option<&'a str> {
    let nested = record.decode_path(&path!["country", "iso_code"]).ok().flatten();
    nested.or_else(|| record.decode_path(&path!["country_code"]).ok().flatten())
}

#[cfg(test)]
mod tests;
