//! The node's configuration: one TOML file, one section a struct a file, and the only place that reads the
//! environment.
//!
//! Reading refuses every value that cannot be right, all faults at once, each with its key; nothing is guessed.
//! `config.example.toml` names every key with its unit, default and effect; the tests hold it to these structs.

mod check;
mod environment;
mod fault;
mod initial;
mod read;
pub mod section;
mod show;
pub mod value;

#[cfg(test)]
mod example;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use environment::Environment;
pub(crate) use environment::{own_program, user_behind_sudo};
pub use fault::{ConfigFault, ConfigFaults};
pub use initial::{Initial, InitialRefused};
use section::geolocation::GeolocationSection;
use section::{
    AlertsSection, AuthoritySection, DatabaseSection, ExchangeSection, KeysSection, LogSection, NodeSection,
    OfficeSection, OperationsSection, PublicSection, RoutingSection,
};
use value::OwnUrl;

/// The whole configuration: read, checked, every path absolute or counted from the working folder as the file's
/// own path was.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[node]`: the identity of this node.
    pub node: NodeSection,
    /// `[database]`: the place of the node's data.
    pub database: DatabaseSection,
    /// `[exchange]`: how it talks with other nodes.
    pub exchange: ExchangeSection,
    /// `[authority]`: the federation's own certificate authority.
    pub authority: AuthoritySection,
    /// `[office]`: where staff and partners work.
    pub office: OfficeSection,
    /// `[public]`: the reporting form and its API.
    pub public: PublicSection,
    /// `[operations]`: health and metrics.
    pub operations: OperationsSection,
    /// `[geolocation]`: the sources for a server's location.
    pub geolocation: GeolocationSection,
    /// `[routing]`: the destinations of a report, and the forbidden ones.
    pub routing: RoutingSection,
    /// `[alerts]`: how people are told that something needs a person.
    pub alerts: AlertsSection,
    /// `[log]`: the output to standard error.
    pub log: LogSection,
    /// `[keys]`: where the key files are.
    pub keys: KeysSection,
    /// The folder of the configuration file.
    pub folder: PathBuf,
    /// The configuration file.
    pub file: PathBuf,
}

impl Config {
    /// Reads and checks the file, and the environment variable `HOTLINE_DATABASE_URL`.
    ///
    /// Files with passwords and tokens are read too, and refused where others may read them.
    pub fn load(path: &Path) -> Result<Self, ConfigFaults> {
        Self::load_with(path, &Environment::read())
    }

    /// [`Config::load`] with the environment as an argument.
    pub fn load_with(path: &Path, environment: &Environment) -> Result<Self, ConfigFaults> {
        match Self::examine(path, environment, |_| Vec::new()) {
            (Some(config), faults) if faults.is_empty() => Ok(config),
            (_, faults) => Err(faults.into()),
        }
    }

    /// Returns every fault that can be found, and the part that could be read: with faults it is for further checks
    /// alone. `more` are such checks, of matters that only other modules can look into.
    pub fn examine(
        path: &Path,
        environment: &Environment,
        more: impl FnOnce(&Self) -> Vec<ConfigFault>,
    ) -> (Option<Self>, Vec<ConfigFault>) {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(cause) => return (None, vec![ConfigFaults::whole_file(path, &cause)]),
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if folder.to_str().is_none() {
            return (None, vec![ConfigFault::new("the folder", "its name is not UTF-8")]);
        }
        let (mut config, mut faults) = read::read(&text, folder, environment);
        if let Some(config) = &mut config {
            path.clone_into(&mut config.file);
            let mut found: Vec<_> = config.database.read_password().err().into_iter().collect();
            found.extend(config.alerts.read_secrets());
            found.extend(more(config));
            read::add_more(&mut faults, found);
        }
        (config, faults)
    }

    /// Parses and checks `text` as a file of `folder`. Reads no other file.
    pub fn parse(text: &str, folder: &Path, environment: &Environment) -> Result<Self, ConfigFaults> {
        match read::read(text, folder, environment) {
            (Some(config), faults) if faults.is_empty() => Ok(config),
            (_, faults) => Err(faults.into()),
        }
    }

    /// Returns this node's address for other nodes: `exchange.url`, or https with `exchange.listen`.
    #[must_use]
    pub fn exchange_url(&self) -> OwnUrl {
        self.exchange.url.clone().unwrap_or_else(|| OwnUrl::https(self.exchange.listen))
    }

    /// Returns the office's address for staff and partners: `office.url`, or https with `office.listen`.
    #[must_use]
    pub fn office_url(&self) -> OwnUrl {
        self.office.url.clone().unwrap_or_else(|| OwnUrl::https(self.office.listen))
    }

    /// The file that notes how far the log was signed; beside the configuration, never in a backup.
    #[must_use]
    pub fn high_water_file(&self) -> PathBuf {
        self.folder.join("high-water")
    }
}
