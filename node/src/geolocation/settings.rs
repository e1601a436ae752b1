//! What a node's configuration says about locating.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use crate::config::GeolocationSection;

/// The files and name servers that say where a server stands. Relative paths count from the working folder:
/// whoever reads the configuration makes them absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The country database (MMDB). Absent: the one inside the program, with a standing warning.
    pub country_database: Option<PathBuf>,
    /// The hotline's own corrections (MMDB), asked in this order before the country database; the first that
    /// knows an address's country is believed.
    pub additional_country_databases: Vec<PathBuf>,
    /// The network database (MMDB in the form of GeoLite2-ASN).
    pub network_database: Option<PathBuf>,
    /// A hosts file, asked before any name server.
    pub hosts_file: Option<PathBuf>,
    /// Name servers. Empty: no name is asked of anybody.
    pub resolver: Vec<SocketAddr>,
}

impl From<&GeolocationSection> for Settings {
    fn from(section: &GeolocationSection) -> Self {
        let GeolocationSection {
            country_database,
            additional_country_databases,
            network_database,
            hosts_file,
            resolver,
        } = section.clone();
        Self { country_database, additional_country_databases, network_database, hosts_file, resolver }
    }
}
