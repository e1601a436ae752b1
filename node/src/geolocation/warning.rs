//! Faults of the location data that stay until somebody acts.

use std::fmt;

use serde::Serialize;

/// Older data is warned about: address ranges change hands every day.
pub(super) const FRESH_DAYS: u32 = 90;

/// A standing warning about the location data, for the log at the start, `doctor` and `/readyz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// The database inside the program is in use.
    EmbeddedData {
        /// Its age in whole days.
        age_days: u32,
    },
    /// A database is older than 90 days.
    Outdated {
        /// Its name.
        database: String,
        /// Its age in whole days.
        age_days: u32,
    },
    /// A database has no record for any IPv6 address, so hosts that have such addresses alone stay unknown.
    WithoutIpv6 {
        /// Its name.
        database: String,
    },
    /// A file changed into one that cannot be used, so the former content still is.
    FileFaulty {
        /// The fault, with the file's name.
        fault: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmbeddedData { age_days } => write!(
                f,
                "the country database inside the program is in use ({age_days} days old): \
                 name current ones in geolocation.country_databases"
            ),
            Self::Outdated { database, age_days } => {
                write!(f, "{database} is {age_days} days old, more than {FRESH_DAYS}: replace it")
            }
            Self::WithoutIpv6 { database } => {
                write!(
                    f,
                    "{database} knows IPv4 addresses alone: every server with an IPv6 address stays unknown to it"
                )
            }
            Self::FileFaulty { fault } => write!(f, "{fault}; its former content stays in use"),
        }
    }
}
