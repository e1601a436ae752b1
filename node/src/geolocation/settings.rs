//! A node's configuration for locating.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use crate::config::section::geolocation::GeolocationSection;
use crate::config::value::AddressRange;

/// The files and name servers that say where a server stands. Relative paths count from the working folder: the reader
/// of the configuration makes them absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The country databases (MMDB): all are asked, and their majority decides. None: the one inside the program, with a
    /// standing warning.
    pub country_databases: Vec<PathBuf>,
    /// The hotline's own corrections (MMDB): the first that knows an address's country is believed before all databases.
    pub corrections: Vec<PathBuf>,
    /// The network database (MMDB).
    pub network_database: Option<PathBuf>,
    /// Networks that deliver content hosted elsewhere. Absent: the list inside the program.
    pub delivery_networks_file: Option<PathBuf>,
    /// A hosts file, asked before any name server.
    pub hosts_file: Option<PathBuf>,
    /// Name servers. Empty: no name is asked of anybody.
    pub resolver: Vec<SocketAddr>,
    /// Addresses and networks of stop pages: an answer with one of them says nothing.
    pub stop_page_addresses: Vec<AddressRange>,
}

impl From<&GeolocationSection> for Settings {
    fn from(section: &GeolocationSection) -> Self {
        let GeolocationSection {
            country_databases,
            country_database,
            corrections,
            additional_country_databases,
            network_database,
            delivery_networks_file,
            hosts_file,
            resolver,
            stop_page_addresses,
        } = section.clone();
        Self {
            // Each of the former names is refused beside the present one.
            country_databases: country_databases.into_iter().chain(country_database).collect(),
            corrections: corrections.into_iter().chain(additional_country_databases).collect(),
            network_database,
            delivery_networks_file,
            hosts_file,
            resolver,
            stop_page_addresses,
        }
    }
}
