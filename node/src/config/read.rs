//! From the file's text to a checked configuration.

use std::path::Path;

use secrecy::ExposeSecret as _;
use toml::Table;

use super::fault::{ConfigFault, ConfigFaults};
use super::section::take;
use super::{Config, Environment, check};

/// Parses every section, then checks what only several keys together can show.
pub(super) fn read(text: &str, folder: &Path, environment: &Environment) -> Result<Config, ConfigFaults> {
    let mut file: Table = toml::from_str(text).map_err(|error| vec![syntax_fault(text, &error)])?;
    let mut faults = Vec::new();
    let node = take(&mut file, &mut faults);
    let database = take(&mut file, &mut faults);
    let exchange = take(&mut file, &mut faults);
    let authority = take(&mut file, &mut faults);
    let office = take(&mut file, &mut faults);
    let public = take(&mut file, &mut faults);
    let operations = take(&mut file, &mut faults);
    let geolocation = take(&mut file, &mut faults);
    let routing = take(&mut file, &mut faults);
    let alerts = take(&mut file, &mut faults);
    let log = take(&mut file, &mut faults);
    let keys = take(&mut file, &mut faults);
    faults.extend(file.keys().map(|key| ConfigFault::new(key, "there is no such section")));
    let whole = || {
        Some(Config {
            node: node?,
            database: database?,
            exchange: exchange?,
            authority: authority?,
            office: office?,
            public: public?,
            operations: operations?,
            geolocation: geolocation?,
            routing: routing?,
            alerts: alerts?,
            log: log?,
            keys: keys?,
            folder: folder.to_owned(),
            file: folder.join("config.toml"),
        })
    };
    let Some(mut config) = whole() else { return Err(faults.into()) };
    apply_environment(&mut config, environment, &mut faults);
    faults.extend(check::faults(&config));
    if !faults.is_empty() {
        return Err(faults.into());
    }
    config.count_paths_from_folder();
    Ok(config)
}

/// The parser's own rendering would quote the line, which may hold a password.
fn syntax_fault(text: &str, error: &toml::de::Error) -> ConfigFault {
    let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
    ConfigFault::new(format!("line {line}"), error.message())
}

fn apply_environment(config: &mut Config, environment: &Environment, faults: &mut Vec<ConfigFault>) {
    if let Some(url) = &environment.database_url {
        match url.expose_secret().parse() {
            Ok(url) => config.database.url = url,
            Err(fault) => faults.push(ConfigFault::new("HOTLINE_DATABASE_URL", fault)),
        }
    }
}

impl Config {
    /// Makes every relative path of the file a path from its folder (an absolute one stays).
    fn count_paths_from_folder(&mut self) {
        let folder = &self.folder;
        self.database.url.count_from(folder);
        let optional = [
            &mut self.database.password_file,
            &mut self.public.certificate_file,
            &mut self.public.key_file,
            &mut self.geolocation.country_database,
            &mut self.geolocation.network_database,
            &mut self.geolocation.delivery_networks_file,
            &mut self.geolocation.hosts_file,
            &mut self.alerts.mail_password_file,
            &mut self.alerts.webhook_token_file,
        ];
        let paths = optional.into_iter().flatten();
        let authority = self.authority.certificates.iter_mut().chain(&mut self.authority.revocation_lists);
        let databases = self.geolocation.country_databases.iter_mut().chain(&mut self.geolocation.corrections);
        let lists = databases.chain(&mut self.geolocation.additional_country_databases).chain(authority);
        for path in paths.chain(lists).chain([&mut self.keys.folder]) {
            *path = folder.join(&*path);
        }
    }
}
