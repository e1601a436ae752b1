//! From the file's text to a checked configuration.

use std::collections::BTreeSet;
use std::path::Path;

use secrecy::ExposeSecret as _;
use toml::Table;

use super::fault::ConfigFault;
use super::section::take;
use super::{Config, Environment, check};

/// Returns the part that could be read, and every fault. With faults, the configuration is for further checks alone:
/// faulty keys have their default in it. A path counts from `folder`.
pub(super) fn read(text: &str, folder: &Path, environment: &Environment) -> (Option<Config>, Vec<ConfigFault>) {
    let mut file = match table(text) {
        Ok(file) => file,
        Err(faults) => return (None, faults),
    };
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
    let Some(mut config) = whole() else { return (None, faults) };
    apply_environment(&mut config, environment, &mut faults);
    let more = check::faults(&config);
    add_more(&mut faults, more);
    config.count_paths_from_folder();
    (Some(config), faults)
}

/// Adds the faults of a further look, except those of values that were not there: a default stands in for a faulty
/// value.
pub(super) fn add_more(faults: &mut Vec<ConfigFault>, more: impl IntoIterator<Item = ConfigFault>) {
    let concerned = |key: &str| key.split(['[', '.']).take(2).collect::<Vec<_>>().join(".");
    let faulty: BTreeSet<String> = faults.iter().flat_map(|fault| related(&concerned(&fault.key))).collect();
    let is_sound = |fault: &ConfigFault| {
        let key = concerned(&fault.key);
        let section = key.split('.').next().unwrap_or_default();
        !faulty.contains(&key) && !faulty.contains(section)
    };
    faults.extend(more.into_iter().filter(is_sound));
}

/// The keys that cannot be judged where one is faulty.
fn related(key: &str) -> Vec<String> {
    let others: &[&str] = match key {
        "node.id" => &["node.country"],
        "database.url" => &["database.password_file"],
        "authority.certificates" => &["authority.revocation_lists"],
        "authority.revocation_lists" => &["authority.certificates"],
        _ if key.starts_with("alerts.") => &[
            "alerts.mail_server",
            "alerts.mail_from",
            "alerts.mail_to",
            "alerts.mail_user",
            "alerts.mail_password_file",
            "alerts.webhook_url",
            "alerts.webhook_token_file",
        ],
        _ if key.ends_with(".listen") => &["exchange.listen", "office.listen", "public.listen", "operations.listen"],
        _ => &[],
    };
    others.iter().copied().chain([key]).map(str::to_owned).collect()
}

/// The file as a table; else every line that cannot be read. The parser's own rendering would quote the line, and the
/// line may hold a password.
fn table(text: &str) -> Result<Table, Vec<ConfigFault>> {
    let (_, mut errors) = toml::de::DeTable::parse_recoverable(text);
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    let mut faults: Vec<ConfigFault> = Vec::new();
    for error in errors {
        let fault = syntax_fault(text, &error);
        // Later faults of the same line follow from the first.
        if faults.iter().all(|other| other.key != fault.key) {
            faults.push(fault);
        }
    }
    if faults.is_empty() { toml::from_str(text).map_err(|error| vec![syntax_fault(text, &error)]) } else { Err(faults) }
}

fn syntax_fault(text: &str, error: &toml::de::Error) -> ConfigFault {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    ConfigFault::new(format!("line {}", 1 + before.matches('\n').count()), error.message())
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
