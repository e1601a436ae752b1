//! A database with known places of the sought values in its records: the common part of all kinds of databases.

use std::net::IpAddr;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::mmdb::{Database, Extent, Record, RecordPath};
use crate::geolocation::error::GeolocationError;

/// Places of the sought values in a database's records.
pub(super) trait Shape: Sized {
    /// Looks into the records; refused where none holds it.
    fn of(database: &Database) -> Result<Self, GeolocationError>;
}

/// A database that was checked as a whole, with its shape.
#[derive(Debug)]
pub struct Checked<S> {
    database: Database,
    shape: S,
}

#[expect(private_bounds, reason = "what a shape is stays in this room")]
impl<S: Shape> Checked<S> {
    /// Reads a file and checks it as a whole.
    pub fn open(path: &Path) -> Result<Self, GeolocationError> {
        Self::shaped(Database::read(path)?)
    }

    /// Checks a database in memory as a whole; `name` is how evidence and warnings will name it.
    pub fn parse(name: &str, bytes: Vec<u8>) -> Result<Self, GeolocationError> {
        Self::shaped(Database::parse(name.to_owned(), bytes)?)
    }

    fn shaped(database: Database) -> Result<Self, GeolocationError> {
        Ok(Self { shape: S::of(&database)?, database })
    }
}

impl<S> Checked<S> {
    /// Makes a checked database of a database and its known shape.
    pub(super) const fn known(database: Database, shape: S) -> Self {
        Self { database, shape }
    }

    pub(super) const fn shape(&self) -> &S {
        &self.shape
    }

    /// Returns the record of an address.
    pub(super) fn lookup(&self, ip: IpAddr) -> Option<Record<'_>> {
        self.database.lookup(ip)
    }

    /// How evidence and warnings name the database.
    #[must_use]
    pub fn name(&self) -> &str {
        self.database.name()
    }

    /// The database's kind in its maker's words; may be empty.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.database.kind()
    }

    /// When it was built, by its own account.
    #[must_use]
    pub const fn built(&self) -> Option<DateTime<Utc>> {
        self.database.built()
    }

    /// Whole days since it was built; `None` where the file does not say.
    #[must_use]
    pub fn age_days(&self, now: DateTime<Utc>) -> Option<u32> {
        self.database.age_days(now)
    }

    /// How many networks it has records for. The first question reads the whole tree.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.database.extent()
    }
}

/// Returns those of `paths` with a set flag.
pub(super) fn present<const N: usize>(paths: &[RecordPath; N], found: [bool; N]) -> Vec<RecordPath> {
    paths.iter().zip(found).filter(|(_, found)| *found).map(|(path, _)| *path).collect()
}
