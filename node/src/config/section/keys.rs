//! `[keys]`: where the key files are.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::section_reader::Section;

/// Where the key files are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeysSection {
    /// The folder, readable by the node's user alone.
    pub folder: PathBuf,
}

impl Default for KeysSection {
    fn default() -> Self {
        Self { folder: "keys".into() }
    }
}

impl KeysSection {
    /// The TLS key for peers.
    #[must_use]
    pub fn exchange_key(&self) -> PathBuf {
        self.folder.join("exchange.pem")
    }

    /// The TLS certificate for peers.
    #[must_use]
    pub fn exchange_certificate(&self) -> PathBuf {
        self.folder.join("exchange.crt.pem")
    }

    /// The TLS key for a certificate requested from the federation's authority, until the certificate has come.
    #[must_use]
    pub fn requested_key(&self) -> PathBuf {
        self.folder.join("requested.pem")
    }

    /// The key that signs the log.
    #[must_use]
    pub fn signing_key(&self) -> PathBuf {
        self.folder.join("signing.pem")
    }

    /// The key that seals data in the database.
    #[must_use]
    pub fn seal_key(&self) -> PathBuf {
        self.folder.join("seal.key")
    }

    /// The TLS key of the office.
    #[must_use]
    pub fn office_key(&self) -> PathBuf {
        self.folder.join("office.pem")
    }

    /// The TLS certificate of the office.
    #[must_use]
    pub fn office_certificate(&self) -> PathBuf {
        self.folder.join("office.crt.pem")
    }
}

impl Section for KeysSection {
    const NAME: &'static str = "keys";
}
