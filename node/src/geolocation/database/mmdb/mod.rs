//! A MaxMind database (MMDB) that was checked as a whole before its first use: its tree and its records, not its
//! maker's label.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use label::{Label, relabelled};
use maxminddb::{LookupResult, MaxMindDbError, PathElement, Reader, WithinOptions};

use crate::geolocation::error::GeolocationError;

mod label;
pub(super) mod scalar;

use scalar::Scalar;

/// Bytes of a file, or of the program itself.
type Bytes = Cow<'static, [u8]>;

/// The result of a lookup in a [`Database`].
pub(super) type Record<'a> = LookupResult<'a, Bytes>;

/// Where in a record something stands.
pub(super) type RecordPath = &'static [PathElement<'static>];

/// Number of different records read to learn a database's contents; a file of cities has hundreds of thousands.
const SURVEYED_RECORDS: usize = 20_000;

/// How many networks a database has records for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Networks of IPv4 addresses.
    pub ipv4: u64,
    /// Networks of IPv6 addresses.
    pub ipv6: u64,
}

/// A database with its name and its build date.
#[derive(Debug)]
pub(super) struct Database {
    name: String,
    kind: String,
    built: Option<DateTime<Utc>>,
    reader: Reader<Bytes>,
    /// Counted when it is first asked for: reads the whole tree.
    extent: OnceLock<Extent>,
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
    pub(super) fn parse(name: String, bytes: Vec<u8>) -> Result<Self, GeolocationError> {
        let unusable = |cause| unusable(&name, cause);
        let (bytes, label) = relabelled(bytes).map_err(unusable)?;
        let reader = Reader::from_source(Cow::Owned(bytes)).map_err(unusable)?;
        reader.verify().map_err(unusable)?;
        Self::labelled(name, label, reader)
    }

    /// Opens a database of the program's own; a test has checked it.
    pub(super) fn embedded(name: &str, bytes: &'static [u8]) -> Self {
        let reader = Reader::from_source(Cow::Borrowed(bytes)).expect("a test opens every embedded database");
        let metadata = reader.metadata();
        let label = Label { kind: metadata.database_type.clone(), build_epoch: Some(metadata.build_epoch) };
        Self::labelled(name.to_owned(), label, reader).expect("a test opens every embedded database")
    }

    fn labelled(name: String, label: Label, reader: Reader<Bytes>) -> Result<Self, GeolocationError> {
        // Makers that know no date write 0, or nothing.
        let epoch = label.build_epoch.filter(|epoch| *epoch > 0);
        let time = |seconds| i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        match epoch.map(time) {
            Some(None) => Err(GeolocationError::BuildDateUnusable { name }),
            built => Ok(Self { name, kind: label.kind, built: built.flatten(), reader, extent: OnceLock::new() }),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its kind in its maker's words; may be empty.
    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    pub(super) const fn built(&self) -> Option<DateTime<Utc>> {
        self.built
    }

    /// Whole days since the build; 0 for one from the future, `None` where the file does not say when it was built.
    pub(super) fn age_days(&self, now: DateTime<Utc>) -> Option<u32> {
        self.built.map(|built| u32::try_from((now - built).num_days()).unwrap_or(0))
    }

    /// Returns the record of an address. An IPv6 address in an IPv4 database has no record.
    pub(super) fn lookup(&self, ip: IpAddr) -> Option<Record<'_>> {
        self.reader.lookup(ip).ok().filter(LookupResult::has_data)
    }

    /// Returns one flag for each of `paths`: whether it leads to something that `is_it` in any record.
    pub(super) fn survey<const N: usize>(
        &self,
        paths: &[RecordPath; N],
        is_it: impl Fn(usize, Scalar) -> bool,
    ) -> [bool; N] {
        let mut found = [false; N];
        let mut seen = HashSet::new();
        for record in self.reader.networks(WithinOptions::default()).into_iter().flatten().flatten() {
            if seen.len() >= SURVEYED_RECORDS || found.iter().all(|found| *found) {
                break;
            }
            if !record.offset().is_some_and(|offset| seen.insert(offset)) {
                continue;
            }
            for (at, path) in paths.iter().enumerate() {
                found[at] = found[at] || value(&record, path).is_some_and(|value| is_it(at, value));
            }
        }
        found
    }

    /// How many networks it has records for. The first question reads the whole tree.
    pub(super) fn extent(&self) -> Extent {
        *self.extent.get_or_init(|| {
            let mut extent = Extent::default();
            for record in self.reader.networks(WithinOptions::default()).into_iter().flatten().flatten() {
                match record.network().map(|network| network.ip()) {
                    Ok(IpAddr::V4(_)) => extent.ipv4 += 1,
                    Ok(IpAddr::V6(_)) => extent.ipv6 += 1,
                    Err(_) => {}
                }
            }
            extent
        })
    }
}

/// The value at a path. Errors count as absent: other makers put other things there.
pub(super) fn value(record: &Record<'_>, path: &[PathElement<'_>]) -> Option<Scalar> {
    record.decode_path(path).ok().flatten()
}

fn unusable(name: &str, cause: MaxMindDbError) -> GeolocationError {
    GeolocationError::DatabaseUnusable { name: name.to_owned(), cause }
}
