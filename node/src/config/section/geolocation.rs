//! `[geolocation]`: the sources for a server's location.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::section_reader::Section;
use crate::config::fault::ConfigFault;
use crate::config::value::AddressRange;

/// The sources for a server's location. Everything is optional: the program holds a small country database.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GeolocationSection {
    /// The country databases (MMDB): several are several witnesses. The one inside the program where there are none.
    pub country_databases: Vec<PathBuf>,
    /// Former name of `country_databases`, for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_database: Option<PathBuf>,
    /// Corrections of the house's own (MMDB), believed before the databases, in this order.
    pub corrections: Vec<PathBuf>,
    /// Former name of `corrections`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additional_country_databases: Vec<PathBuf>,
    /// The database of networks (MMDB): autonomous system and organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_database: Option<PathBuf>,
    /// Networks that deliver content hosted elsewhere; the list inside the program where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_networks_file: Option<PathBuf>,
    /// A hosts file, asked before any name server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts_file: Option<PathBuf>,
    /// Name servers. Without one no name is resolved: a question tells the server's owner the reported name.
    pub resolver: Vec<SocketAddr>,
    /// Addresses and networks of stop pages: the answers of name servers for a blocked name. An answer with one of them
    /// is taken for a blocked one.
    pub stop_page_addresses: Vec<AddressRange>,
}

impl Section for GeolocationSection {
    const NAME: &'static str = "geolocation";
}

impl GeolocationSection {
    /// Former names beside present ones, and files that stand there twice: one database is one witness.
    pub(crate) fn faults(&self) -> Vec<ConfigFault> {
        let mut faults = Vec::new();
        let beside = |former: &str, present: &str| {
            ConfigFault::new(
                format!("geolocation.{former}"),
                format!("is the former name of {present}: name one of them"),
            )
        };
        if self.country_database.is_some() && !self.country_databases.is_empty() {
            faults.push(beside("country_database", "country_databases"));
        }
        if !self.additional_country_databases.is_empty() && !self.corrections.is_empty() {
            faults.push(beside("additional_country_databases", "corrections"));
        }
        for (key, files) in [("country_databases", &self.country_databases), ("corrections", &self.corrections)] {
            if files.iter().collect::<BTreeSet<_>>().len() < files.len() {
                faults.push(ConfigFault::new(format!("geolocation.{key}"), "a file stands there twice"));
            }
        }
        faults
    }
}
