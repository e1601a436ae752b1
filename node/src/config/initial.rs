//! The first configuration file of a node, as `init` writes it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hotline_protocol::country::Country;
use hotline_protocol::id::{Network, NodeId};
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;
use toml::Value;

use super::section::geolocation::GeolocationSection;
use super::value::OwnUrl;
use super::{Config, ConfigFaults, Environment};
use crate::secret::{SecretError, write_secret_file};
use crate::zone::Zone;

/// Every key with its comment and default: the text that `init` fills in.
const TEMPLATE: &str = include_str!("../../../config.example.toml");

/// Input of `init`; an absent value keeps its default.
#[derive(Clone, Debug)]
pub struct Initial {
    /// The node's id.
    pub id: NodeId,
    /// Its countries, the seat first.
    pub country: Vec<Country>,
    /// The hotline's name.
    pub name: String,
    /// The federation.
    pub network: Network,
    /// The zone of the house.
    pub time_zone: Zone,
    /// `exchange.listen`.
    pub exchange_listen: Option<SocketAddr>,
    /// `exchange.url`.
    pub exchange_url: Option<OwnUrl>,
    /// `office.listen`.
    pub office_listen: Option<SocketAddr>,
    /// `public.listen`.
    pub public_listen: Option<SocketAddr>,
    /// `operations.listen`.
    pub operations_listen: Option<SocketAddr>,
    /// `database.url`, as it was typed.
    pub database_url: Option<SecretString>,
    /// `[geolocation]`: files, as paths from the node's folder.
    pub geolocation: GeolocationSection,
}

/// Why no configuration was written.
#[derive(Debug, Error)]
pub enum InitialRefused {
    /// The values do not make a configuration.
    #[error(transparent)]
    Faulty(#[from] ConfigFaults),
    /// The file could not be written.
    #[error(transparent)]
    NotWritten(#[from] SecretError),
}

impl Config {
    /// Writes a commented file (0600, because a database's address may hold a password) and returns its configuration.
    ///
    /// Nothing is written where the values do not make a configuration; a file in that place is replaced.
    pub fn write_initial(path: &Path, initial: &Initial) -> Result<Self, InitialRefused> {
        let text = initial.text();
        let folder = path.parent().unwrap_or(Path::new("."));
        let config = Self::parse(&text, folder, &Environment::default())?;
        write_secret_file(path, text.as_bytes())?;
        Ok(config)
    }
}

impl Initial {
    /// The template with these values in the place of its own.
    pub(super) fn text(&self) -> String {
        let countries = self.country.iter().map(|country| country.as_str().into()).collect();
        let optional = [
            ("exchange", "listen", self.exchange_listen.map(|listen| listen.to_string())),
            ("exchange", "url", self.exchange_url.as_ref().map(ToString::to_string)),
            ("office", "listen", self.office_listen.map(|listen| listen.to_string())),
            ("public", "listen", self.public_listen.map(|listen| listen.to_string())),
            ("operations", "listen", self.operations_listen.map(|listen| listen.to_string())),
            ("database", "url", self.database_url.as_ref().map(|url| url.expose_secret().to_owned())),
        ];
        let mut values = vec![
            ("node", "id", Value::from(self.id.as_str())),
            ("node", "country", Value::Array(countries)),
            ("node", "name", Value::from(self.name.as_str())),
            ("node", "network", Value::from(self.network.as_str())),
            ("node", "time_zone", Value::from(self.time_zone.name())),
        ];
        values.extend(self.geolocation_values());
        values.extend(optional.into_iter().filter_map(|(section, key, value)| Some((section, key, value?.into()))));
        values.iter().fold(TEMPLATE.to_owned(), |text, (section, key, value)| set(&text, section, key, value))
    }

    fn geolocation_values(&self) -> impl Iterator<Item = (&'static str, &'static str, Value)> {
        let shown = |path: &PathBuf| Value::from(path.display().to_string());
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
        } = &self.geolocation;
        let resolver = resolver.iter().map(|server| Value::from(server.to_string())).collect();
        let stop_pages = stop_page_addresses.iter().map(|range| Value::from(range.to_string())).collect();
        let all = |list: &[PathBuf], former: &[PathBuf]| Value::Array(list.iter().chain(former).map(shown).collect());
        [
            ("country_databases", Some(all(country_databases, country_database.as_slice()))),
            ("corrections", Some(all(corrections, additional_country_databases))),
            ("network_database", network_database.as_ref().map(shown)),
            ("delivery_networks_file", delivery_networks_file.as_ref().map(shown)),
            ("hosts_file", hosts_file.as_ref().map(shown)),
            ("resolver", Some(Value::Array(resolver))),
            ("stop_page_addresses", Some(Value::Array(stop_pages))),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some(("geolocation", key, value?)))
    }
}

/// Gives `key` of `[section]` its value, also where its line was commented out.
fn set(text: &str, section: &str, key: &str, value: &Value) -> String {
    let heading = format!("[{section}]");
    let mut within = false;
    let mut line_with_value = |line: &str| {
        if line.starts_with('[') {
            within = line == heading;
        }
        let is_key = line.trim_start_matches('#').strip_prefix(key).is_some_and(|rest| rest.starts_with(" = "));
        if within && is_key { format!("{key} = {value}\n") } else { format!("{line}\n") }
    };
    text.lines().map(&mut line_with_value).collect()
}
