//! A MaxMind database (MMDB) that was checked as a whole before its first use.

use std::borrow::Cow;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use chrono::{DateTime, Utc};
use maxminddb::{LookupResult, MaxMindDbError, Reader};

use super::error::GeolocationError;

/// Bytes of a file, or of the program itself.
type Bytes = Cow<'static, [u8]>;

/// What a lookup in a [`Database`] gives.
pub(super) type Record<'a> = LookupResult<'a, Bytes>;

/// A database with its name and its build date.
#[derive(Debug)]
pub(super) struct Database {
    name: String,
    built: DateTime<Utc>,
    reader: Reader<Bytes>,
}

impl Database {
    /// Reads and checks a file. Its name is the last part of the path: evidence is shown to others, and the
    /// operator's folders are none of their business.
    pub(super) fn read(path: &Path) -> Result<Self, GeolocationError> {
        let bytes =
            fs::read(path).map_err(|cause| GeolocationError::FileUnreadable { path: path.to_owned(), cause })?;
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.display().to_string());
        Self::parse(name, bytes)
    }

    /// Checks the whole tree and every record: without that a damaged file would be found only by wrong answers.
    pub(super) fn parse(name: String, bytes: impl Into<Bytes>) -> Result<Self, GeolocationError> {
        let database = Self::unchecked(name, bytes.into())?;
        database.reader.verify().map_err(|cause| unusable(&database.name, cause))?;
        Ok(database)
    }

    /// A database of the program's own, which a test has checked.
    pub(super) fn embedded(name: &str, bytes: &'static [u8]) -> Self {
        Self::unchecked(name.to_owned(), Cow::Borrowed(bytes)).expect("a test opens every embedded database")
    }

    fn unchecked(name: String, bytes: Bytes) -> Result<Self, GeolocationError> {
        let reader = Reader::from_source(bytes).map_err(|cause| unusable(&name, cause))?;
        let epoch = i64::try_from(reader.metadata().build_epoch).ok();
        match epoch.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) {
            Some(built) => Ok(Self { name, built, reader }),
            None => Err(GeolocationError::BuildDateUnusable { name }),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn built(&self) -> DateTime<Utc> {
        self.built
    }

    /// Whole days since the build; 0 for one from the future.
    pub(super) fn age_days(&self, now: DateTime<Utc>) -> u32 {
        u32::try_from((now - self.built).num_days()).unwrap_or(0)
    }

    /// What is recorded for an address. An IPv6 address in an IPv4 database has no record.
    pub(super) fn lookup(&self, ip: IpAddr) -> Option<Record<'_>> {
        self.reader.lookup(ip).ok()
    }

    /// Whether any record is as `wanted`; stops at the first.
    pub(super) fn any(&self, wanted: impl Fn(&Record<'_>) -> bool) -> bool {
        let networks = self.reader.networks(maxminddb::WithinOptions::default());
        networks.is_ok_and(|mut networks| networks.any(|record| record.is_ok_and(|record| wanted(&record))))
    }
}

fn unusable(name: &str, cause: MaxMindDbError) -> GeolocationError {
    GeolocationError::DatabaseUnusable { name: name.to_owned(), cause }
}
