//! Faults of a configuration: every one, each with its key.

use std::path::Path;
use std::{fmt, io};

use serde::Serialize;
use thiserror::Error;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigFault {
    /// The key, such as `exchange.listen` or `node.country[1]`; the file's name where the whole file is meant.
    pub key: String,
    /// The fault, in one sentence.
    pub fault: String,
}

impl ConfigFault {
    /// A fault of `key`.
    pub fn new(key: impl Into<String>, fault: impl fmt::Display) -> Self {
        Self { key: key.into(), fault: fault.to_string() }
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.fault)
    }
}

/// Every fault of a configuration, in the order of the file's sections. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ConfigFaults(Vec<ConfigFault>);

impl ConfigFaults {
    /// The program's exit code for a faulty configuration (`EX_CONFIG` of sysexits).
    pub const EXIT_CODE: u8 = 78;

    /// The faults.
    #[must_use]
    pub fn faults(&self) -> &[ConfigFault] {
        &self.0
    }

    /// The file could not be read.
    pub(super) fn whole_file(path: &Path, cause: &io::Error) -> ConfigFault {
        ConfigFault::new(path.display().to_string(), format!("the file cannot be read: {cause}"))
    }
}

impl From<Vec<ConfigFault>> for ConfigFaults {
    fn from(faults: Vec<ConfigFault>) -> Self {
        debug_assert!(!faults.is_empty(), "faults were collected");
        Self(faults)
    }
}

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is faulty")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}
