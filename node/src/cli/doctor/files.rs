//! Files: whether each is there, and readable by the node's user alone.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::Check;
use crate::config::Config;
use crate::secret::{SecretError, read_secret_file};

pub(super) fn check(config: &Config, config_file: &Path) -> Vec<Check> {
    let private = [("folder", config.folder.clone()), ("keys", config.keys.folder.clone())];
    let mut checks: Vec<Check> = private.iter().map(|(name, path)| check_mode(name, path)).collect();
    checks.push(check_mode("configuration", config_file));
    checks.extend(key_files(config).iter().map(|path| check_key(path)));
    checks
}

fn key_files(config: &Config) -> [PathBuf; 6] {
    let keys = &config.keys;
    [
        keys.seal_key(),
        keys.signing_key(),
        keys.exchange_key(),
        keys.exchange_certificate(),
        keys.office_key(),
        keys.office_certificate(),
    ]
}

fn check_mode(name: &str, path: &Path) -> Check {
    let shown = path.display();
    match fs::metadata(path) {
        Err(cause) => Check::fault(name, format!("{shown}: {cause}"), "restore it from a backup"),
        // No bit for the group or for others.
        Ok(found) if found.mode().trailing_zeros() >= 6 => Check::ok(name, format!("{shown} is the node's alone")),
        Ok(found) => Check::warning(
            name,
            format!("{shown} is open to others (mode {:o})", found.mode() & 0o777),
            format!("run: chmod go= {shown}"),
        ),
    }
}

fn check_key(path: &Path) -> Check {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match read_secret_file(path) {
        Ok(_) => Check::ok(&name, format!("{} is there", path.display())),
        Err(error @ SecretError::TooOpen { .. }) => {
            Check::fault(&name, error.to_string(), "if others may have read it, replace it")
        }
        Err(error) => Check::fault(&name, error.to_string(), "restore it from the backup of the keys"),
    }
}
