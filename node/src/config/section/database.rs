//! `[database]`: the place of the node's data.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use super::section_reader::Section;
use crate::config::fault::ConfigFault;
use crate::secret::read_secret_file;

/// The place of the node's data.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSection {
    /// The database.
    pub url: DatabaseUrl,
    /// A file (0600) with the password for PostgreSQL, on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
}

impl Section for DatabaseSection {
    const NAME: &'static str = "database";
}

impl DatabaseSection {
    /// Puts the password of `password_file` into the address.
    pub(crate) fn read_password(&mut self) -> Result<(), ConfigFault> {
        let Some(file) = &self.password_file else { return Ok(()) };
        let fault = |text: &dyn fmt::Display| ConfigFault::new("database.password_file", text);
        let content = read_secret_file(file).map_err(|error| fault(&error))?;
        let password = std::str::from_utf8(&content).map_err(|_| fault(&"a password in UTF-8 is expected"))?;
        self.url
            .set_password(password.trim_end_matches(['\r', '\n']))
            .map_err(|()| fault(&"the database's address names no host that a password could be for"))
    }
}

/// The text is not the address of a database that the node can use. Never repeats it: it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DatabaseUrlMalformed {
    /// It is none.
    #[error("expected sqlite:<file> or postgres://user@host/database; a node's database is never only in memory")]
    Form,
    /// It names several servers.
    #[error(
        "several servers are named; name one: the node does not choose between servers, as only one of them may take \
         writes. Where they change, let an address that follows the primary stand here"
    )]
    SeveralServers,
    /// It has a parameter that the driver would pass over without a word.
    #[error("the parameter '{0}' means nothing here; leave it out. Those that count: {known}", known = PARAMETERS.join(", "))]
    Parameter(String),
    /// A parameter's value is none of those that it can have.
    #[error("the parameter '{0}' cannot have this value")]
    Value(&'static str),
}

/// The driver's parameters, each by one name; it knows some under others too.
const PARAMETERS: [&str; 13] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "options",
    "statement-cache-capacity",
];

/// The other names of some of them.
const OTHER_NAMES: [&str; 5] = ["ssl-mode", "ssl-root-cert", "ssl-ca", "ssl-cert", "ssl-key"];

/// TLS modes that libpq and this driver share.
const TLS_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/// Refuses parts of an address that would fail, or mean nothing, when the node connects.
fn check_postgres(url: &Url) -> Result<(), DatabaseUrlMalformed> {
    let several = |text: &str| text.contains(',') || text.to_ascii_lowercase().contains("%2c");
    // Several with ports are no host name to a parser of URLs: that is seen before, in the text.
    if url.host_str().is_some_and(several) {
        return Err(DatabaseUrlMalformed::SeveralServers);
    }
    for (name, value) in url.query_pairs() {
        let is_known = PARAMETERS.contains(&&*name)
            || OTHER_NAMES.contains(&&*name)
            || (name.starts_with("options[") && name.ends_with(']'));
        if !is_known {
            // A name that is no word may be anything, a piece of a password too.
            let is_word =
                name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
            return Err(DatabaseUrlMalformed::Parameter(if is_word { name.into_owned() } else { "?".to_owned() }));
        }
        match &*name {
            "host" | "hostaddr" | "port" if several(&value) => return Err(DatabaseUrlMalformed::SeveralServers),
            "hostaddr" if value.parse::<IpAddr>().is_err() => return Err(DatabaseUrlMalformed::Value("hostaddr")),
            "port" if value.parse::<u16>().is_err() => return Err(DatabaseUrlMalformed::Value("port")),
            "statement-cache-capacity" if value.parse::<usize>().is_err() => {
                return Err(DatabaseUrlMalformed::Value("statement-cache-capacity"));
            }
            "sslmode" | "ssl-mode" if !TLS_MODES.contains(&&*value.to_ascii_lowercase()) => {
                return Err(DatabaseUrlMalformed::Value("sslmode"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether the part of an address between user and database names several servers.
fn names_several(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rsplit('@').next().is_some_and(|servers| servers.contains(','))
}

/// A database's address. Its password is in none of `Debug`, `Display` and the serialised form.
#[derive(Clone)]
pub struct DatabaseUrl(DatabaseLocation);

/// Where a database is.
#[derive(Clone, Debug)]
pub enum DatabaseLocation {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A PostgreSQL server: the whole address, with its password.
    Postgres(SecretString),
}

impl DatabaseUrl {
    /// Where it is.
    #[must_use]
    pub fn location(&self) -> &DatabaseLocation {
        &self.0
    }

    /// The address as the driver takes it, with its password; a SQLite file is created where it is missing.
    #[must_use]
    pub fn connection_url(&self) -> SecretString {
        match &self.0 {
            DatabaseLocation::Sqlite(file) => {
                let escaped = file.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
                format!("sqlite://{escaped}?mode=rwc").into()
            }
            DatabaseLocation::Postgres(url) => url.clone(),
        }
    }

    /// Makes a relative SQLite file a path from `folder`.
    pub(crate) fn count_from(&mut self, folder: &Path) {
        if let DatabaseLocation::Sqlite(file) = &mut self.0 {
            *file = folder.join(&*file);
        }
    }

    fn set_password(&mut self, password: &str) -> Result<(), ()> {
        if let DatabaseLocation::Postgres(url) = &mut self.0 {
            let mut address = parsed(url);
            address.set_password(Some(password))?;
            *url = String::from(address).into();
        }
        Ok(())
    }
}

fn parsed(url: &SecretString) -> Url {
    Url::parse(url.expose_secret()).expect("the address was parsed when it was read")
}

/// The driver takes a password behind the user's name, and also in the query.
fn without_secrets(mut address: Url) -> Url {
    if address.password().is_some() {
        address.set_password(Some("hidden")).expect("it has one already");
    }
    let shown = |name: &str| matches!(name, "host" | "port" | "sslmode" | "application_name");
    let kept: Vec<_> = address.query_pairs().into_owned().filter(|(name, _)| shown(name)).collect();
    address.set_query(None);
    if !kept.is_empty() {
        address.query_pairs_mut().extend_pairs(kept);
    }
    address
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self(DatabaseLocation::Sqlite("node.sqlite".into()))
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(rest) = text.strip_prefix("sqlite:") {
            let file = rest.strip_prefix("//").unwrap_or(rest);
            // The part after '?' is the driver's; the node sets its own options.
            let is_file = !file.is_empty() && !file.contains('?') && !file.contains(":memory:");
            let sqlite = || Self(DatabaseLocation::Sqlite(file.into()));
            return is_file.then(sqlite).ok_or(DatabaseUrlMalformed::Form);
        }
        let is_server = text.starts_with("postgres:") || text.starts_with("postgresql:");
        if is_server && names_several(text) {
            return Err(DatabaseUrlMalformed::SeveralServers);
        }
        let url = Url::parse(text).map_err(|_| DatabaseUrlMalformed::Form)?;
        // Without a host the driver takes a socket's folder from the query.
        let has_place = url.host_str().is_some_and(|host| !host.is_empty()) || url.query().is_some();
        let is_postgres = matches!(url.scheme(), "postgres" | "postgresql") && has_place && url.path().len() > 1;
        if !is_postgres {
            return Err(DatabaseUrlMalformed::Form);
        }
        check_postgres(&url)?;
        Ok(Self(DatabaseLocation::Postgres(text.into())))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            DatabaseLocation::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            DatabaseLocation::Postgres(url) => write!(f, "{}", without_secrets(parsed(url))),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An owned text: the file's value is not borrowed from the file.
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_would_fail_later_is_refused_at_once_and_never_repeated() {
        for (address, words) in [
            ("postgres://node:canary@a.example,b.example/node", "several servers"),
            ("postgres://node:canary@a.example:5432,b.example:5433/node", "several servers"),
            ("postgres://node:canary@a.example%2Cb.example/node", "several servers"),
            ("postgresql:///node?host=a.example,b.example&password=canary", "several servers"),
            ("postgres://node:canary@a.example/node?host=a.example%2Cb.example", "several servers"),
            ("postgres://node:canary@a.example/node?port=5432,5433", "several servers"),
            ("postgres://node:canary@a.example/node?hostaddr=192.0.2.1,192.0.2.2", "several servers"),
            ("postgres://node:canary@a.example/node?target_session_attrs=read-write", "'target_session_attrs'"),
            ("postgres://node:canary@a.example/node?connect_timeout=5", "'connect_timeout'"),
            ("postgres://node@a.example/node?p&a=canary", "'p'"),
            ("postgres://node@a.example/node?can%40ary=1", "'?'"),
            ("postgres://node:canary@a.example/node?sslmode=sometimes", "'sslmode'"),
            ("postgres://node:canary@a.example/node?port=five", "'port'"),
            ("postgres://node:canary@a.example/node?hostaddr=a.example", "'hostaddr'"),
            ("postgres://node:canary@a.example", "expected"),
            ("mysql://node:canary@a.example/node", "expected"),
        ] {
            let refused = address.parse::<DatabaseUrl>().expect_err(address).to_string();
            assert!(refused.contains(words), "{address}: {refused}");
            assert!(!refused.contains("canary") && !refused.contains("a.example"), "{refused}");
        }
    }

    #[test]
    fn an_address_of_one_server_is_taken_with_what_the_driver_knows() {
        for address in [
            "postgres://node@a.example/node",
            "postgresql://node:pass,word@a.example:5432/node?sslmode=verify-full&sslrootcert=/etc/root.pem",
            "postgres:///node?host=/run/postgresql&user=node",
            "postgres://node@[2001:db8::1]/node?application_name=hotline&options[search_path]=node",
            "postgres://node@a.example/node?options=-c%20search_path=a,b",
        ] {
            assert!(address.parse::<DatabaseUrl>().is_ok(), "{address}");
        }
    }
}
