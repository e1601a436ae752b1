//! Files: whether each is there, and readable by the node's user alone.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::health::check::{Check, CheckName};
use crate::secret::{SecretError, read_secret_file};

pub(in crate::health) fn check(config: &Config) -> Vec<Check> {
    let private = [
        (CheckName::Folder, &config.folder),
        (CheckName::Keys, &config.keys.folder),
        (CheckName::Configuration, &config.file),
    ];
    let mut checks: Vec<Check> = private.into_iter().map(|(name, path)| check_mode(name, path)).collect();
    if Config::load(&config.file).is_err() {
        let text = "it cannot be used as it stands now; the next start is refused";
        checks.push(Check::fault(CheckName::Configuration, text, "run: hotline-node config check"));
    }
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

fn check_mode(name: CheckName, path: &Path) -> Check {
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
    let check = match read_secret_file(path) {
        Ok(_) => Check::ok(CheckName::KeyFile, format!("{} is there", path.display())),
        Err(error @ SecretError::TooOpen { .. }) => {
            Check::fault(CheckName::KeyFile, error.to_string(), "if others may have read it, replace it")
        }
        Err(error) => Check::fault(CheckName::KeyFile, error.to_string(), "restore it from the backup of the keys"),
    };
    check.about(name)
}
