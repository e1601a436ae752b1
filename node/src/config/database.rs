//! `[database]`: where the node keeps what it knows.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use super::fault::ConfigFault;
use super::section::Section;
use crate::secret::read_secret_file;

/// Where the node keeps what it knows.
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
    pub(super) fn read_password(&mut self) -> Result<(), ConfigFault> {
        let Some(file) = &self.password_file else { return Ok(()) };
        let fault = |text: &dyn fmt::Display| ConfigFault::new("database.password_file", text);
        let content = read_secret_file(file).map_err(|error| fault(&error))?;
        let password = std::str::from_utf8(&content).map_err(|_| fault(&"a password in UTF-8 is expected"))?;
        self.url
            .set_password(password.trim_end_matches(['\r', '\n']))
            .map_err(|()| fault(&"the database's address names no host that a password could be for"))
    }
}

/// The text is not the address of a database that the node can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected sqlite:<file> or postgres://user@host/database; a node's database is never only in memory")]
pub struct DatabaseUrlMalformed;

/// A database's address. Its password is in neither `Debug` nor `Display` nor what is serialised.
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
    pub(super) fn count_from(&mut self, folder: &Path) {
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
            // What follows '?' is the driver's; the node sets its own options.
            let is_file = !file.is_empty() && !file.contains('?') && !file.contains(":memory:");
            return if is_file { Ok(Self(DatabaseLocation::Sqlite(file.into()))) } else { Err(DatabaseUrlMalformed) };
        }
        let url = Url::parse(text).map_err(|_| DatabaseUrlMalformed)?;
        // Without a host the driver takes a socket's folder from the query.
        let has_place = url.host_str().is_some_and(|host| !host.is_empty()) || url.query().is_some();
        let is_postgres = matches!(url.scheme(), "postgres" | "postgresql") && has_place && url.path().len() > 1;
        if is_postgres { Ok(Self(DatabaseLocation::Postgres(text.into()))) } else { Err(DatabaseUrlMalformed) }
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
