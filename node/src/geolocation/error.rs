//! Why a database, a hosts file or a resolver cannot be used. All of it is for the operator.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Reasons why a file named in the configuration cannot be used.
#[derive(Debug, Error)]
pub enum GeolocationError {
    /// The file is missing or may not be read.
    #[error("{}: {cause}", path.display())]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        #[source]
        cause: io::Error,
    },
    /// The file has no database in it, or only a part of one.
    #[error("{name} is not a MaxMind database (MMDB), or it is cut short or damaged: {cause}")]
    DatabaseUnusable {
        /// The database.
        name: String,
        /// The fault and its place.
        #[source]
        cause: maxminddb::MaxMindDbError,
    },
    /// The database's build date cannot be held.
    #[error("{name} names a build date that no calendar has")]
    BuildDateUnusable {
        /// The database.
        name: String,
    },
    /// A database of something else.
    #[error(
        "{name} is no country database: no record has a country's code (country.iso_code, country_code, country and the like)"
    )]
    NoCountries {
        /// The database.
        name: String,
    },
    /// A database of something else.
    #[error(
        "{name} is no network database: no record has the number of an autonomous system (autonomous_system_number, asn)"
    )]
    NoNetworks {
        /// The database.
        name: String,
    },
    /// The hosts file has faulty lines.
    #[error("{name}: {}", listed(faults))]
    HostsFaulty {
        /// The hosts file.
        name: String,
        /// Every faulty line, in the file's order; at least one.
        faults: Vec<HostsFault>,
    },
    /// The list of delivery networks has faulty lines.
    #[error(
        "{name}: {}: the number of an autonomous system or a range of addresses is expected, then a comma and a name",
        listed(faults)
    )]
    DeliveryNetworksFaulty {
        /// The file.
        name: String,
        /// Every faulty line, in the file's order; at least one.
        faults: Vec<ListFault>,
    },
}

/// A faulty line of a hosts file. States the line and the fault, and never the name: names there may be reported ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {problem}")]
pub struct HostsFault {
    /// The line's number, from 1.
    pub line: usize,
    /// The fault of the line.
    pub problem: HostsProblem,
}

/// A faulty line of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("line {line}")]
pub struct ListFault {
    /// The line's number, from 1.
    pub line: usize,
}

/// A fault in a line of a hosts file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HostsProblem {
    /// The first field is no address.
    #[error("the first field is no IPv4 or IPv6 address")]
    AddressInvalid,
    /// There is an address and no name.
    #[error("no name follows the address")]
    NameMissing,
    /// A name is no domain name.
    #[error("a name is no domain name (labels of letters, digits, '-' and '_'; others in their xn-- form)")]
    NameInvalid,
}

/// How many faults are told; a file of another kind would have thousands.
const TOLD: usize = 5;

fn listed<F: ToString>(faults: &[F]) -> String {
    let mut parts: Vec<String> = faults.iter().take(TOLD).map(ToString::to_string).collect();
    if faults.len() > TOLD {
        parts.push(format!("and {} more", faults.len() - TOLD));
    }
    parts.join("; ")
}
