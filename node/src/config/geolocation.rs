//! `[geolocation]`: what says where a server stands.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::section::Section;

/// What says where a server stands. Everything is optional: the program holds a small country database.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GeolocationSection {
    /// The country database (MMDB); the one inside the program where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_database: Option<PathBuf>,
    /// Further country databases, heard as additional evidence, in this order.
    pub additional_country_databases: Vec<PathBuf>,
    /// The database of networks (MMDB): autonomous system and organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_database: Option<PathBuf>,
    /// A hosts file, asked before any name server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts_file: Option<PathBuf>,
    /// Name servers. Without one no name is asked of anybody: a question tells its owner what was reported.
    pub resolver: Vec<SocketAddr>,
}

impl Section for GeolocationSection {
    const NAME: &'static str = "geolocation";
}
