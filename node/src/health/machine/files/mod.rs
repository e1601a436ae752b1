//! Files: whether each is there, belongs to the node's own user, and is readable by nobody else.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::config::section::DatabaseLocation;
use crate::file_fault::{FileFault, own_user, user_name};
use crate::health::check::{Check, CheckName};
use crate::secret::{SecretError, read_secret_file};

/// Advice where a key is gone.
const RESTORE_KEY: &str = "restore it from the backup of the keys";
/// Advice where the office's key is gone.
const RESTORE_OFFICE: &str =
    "put the office's certificate and its key there again, or restore both from the backup of the keys";
/// The superuser: may read everything, and so does not notice the files closed to the node's own user.
const ROOT: u32 = 0;

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
    checks.extend(check_owner(config));
    checks.extend(check_writing(config));
    checks.extend(secret_files(config).iter().map(|(path, restore)| check_key(path, restore)));
    let office = config.keys.office_certificate();
    checks.push(check_present(&office, RESTORE_OFFICE));
    checks
}

fn secret_files(config: &Config) -> [(PathBuf, &'static str); 5] {
    let keys = &config.keys;
    [
        (keys.seal_key(), RESTORE_KEY),
        (keys.signing_key(), RESTORE_KEY),
        (keys.exchange_key(), RESTORE_KEY),
        (keys.exchange_certificate(), RESTORE_KEY),
        (keys.office_key(), RESTORE_OFFICE),
    ]
}

fn fault(name: CheckName, fault: FileFault) -> Check {
    Check::fault(name, fault.text, fault.advice)
}

fn check_mode(name: CheckName, path: &Path) -> Check {
    let shown = path.display();
    match fs::metadata(path) {
        Err(cause) => fault(name, FileFault::of(path, &cause, "restore it from a backup")),
        // No bit for the group or for others.
        Ok(found) if found.mode().trailing_zeros() >= 6 => Check::ok(name, format!("{shown} is the node's alone")),
        Ok(found) => Check::warning(
            name,
            format!("{shown} is open to others (mode {:o})", found.mode() & 0o777),
            format!("run: chmod go= {shown}"),
        ),
    }
}

/// The node runs as the owner of its folder. It can neither read nor write files that a command run as root has left
/// there.
fn check_owner(config: &Config) -> Vec<Check> {
    const NAME: CheckName = CheckName::Owner;
    let Ok(folder) = fs::metadata(&config.folder) else { return Vec::new() };
    let owner = folder.uid();
    let name = user_name(owner);
    let mut others: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut closed = Vec::new();
    for path in files_of_node(config) {
        let Ok(found) = fs::metadata(&path) else { continue };
        let needed = if found.is_dir() { 0o500 } else { 0o400 };
        if is_given_by_root(&found) {
            continue;
        }
        if found.uid() != owner {
            others.entry(found.uid()).or_default().push(path.display().to_string());
        } else if found.mode() & needed != needed {
            closed.push(path.display().to_string());
        }
    }
    let mut checks: Vec<Check> = others
        .into_iter()
        .map(|(uid, files)| {
            let (files, other) = (files.join(" "), user_name(uid));
            let text = format!(
                "the node's folder belongs to {name}, and these to {other}, so the node cannot use them: {files}"
            );
            Check::fault(NAME, text, format!("run: chown {name} {files}; run commands as {name} (sudo -u {name})"))
        })
        .collect();
    if !closed.is_empty() {
        let files = closed.join(" ");
        checks.push(Check::fault(
            NAME,
            format!("closed to their own owner: {files}"),
            format!("run: chmod u=rwX {files}"),
        ));
    }
    match own_user() {
        Some(own) if own != owner && own != ROOT => {
            let text = format!("the node's folder belongs to {name}, and this command runs as {}", user_name(own));
            checks.push(Check::warning(
                NAME,
                text,
                format!("run it as the node's own user: sudo -u {name} hotline-node doctor"),
            ));
        }
        _ if checks.is_empty() => checks.push(Check::ok(NAME, format!("everything belongs to {name}"))),
        _ => {}
    }
    checks
}

/// A secret that a container is given: root's, for a group to read, and nobody's to write.
fn is_given_by_root(found: &fs::Metadata) -> bool {
    found.is_file() && found.uid() == ROOT && found.mode() & 0o777 == 0o440
}

/// Returns the node's own files that are there: others may lie beside them.
fn files_of_node(config: &Config) -> Vec<PathBuf> {
    let mut files = vec![config.file.clone(), config.high_water_file(), config.folder.join("serve.lock")];
    files.push(config.keys.folder.clone());
    files.extend(entries(&config.keys.folder));
    if let DatabaseLocation::Sqlite(database) = config.database.url.location()
        && let (Some(folder), Some(name)) = (database.parent(), database.file_name())
    {
        let begins = name.to_string_lossy().into_owned();
        let is_part = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begins));
        files.extend(entries(folder).filter(is_part));
    }
    let public = [&config.public.certificate_file, &config.public.key_file];
    files.extend(public.into_iter().flatten().cloned());
    files.sort();
    files.dedup();
    files
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// The places that a node writes to while it runs.
fn check_writing(config: &Config) -> Vec<Check> {
    let mut folders = vec![config.folder.clone()];
    if let DatabaseLocation::Sqlite(database) = config.database.url.location()
        && let Some(folder) = database.parent()
        && folder != config.folder
    {
        folders.push(folder.to_owned());
    }
    folders.iter().filter_map(|folder| Some(fault(CheckName::Writing, FileFault::of_writing(folder)?))).collect()
}

fn check_key(path: &Path, restore: &str) -> Check {
    const NAME: CheckName = CheckName::KeyFile;
    let check = match read_secret_file(path) {
        Ok(content) if content.is_empty() => fault(NAME, FileFault::empty(path, restore)),
        Ok(_) => Check::ok(NAME, format!("{} is there", path.display())),
        Err(error @ SecretError::TooOpen { .. }) => {
            let advice = format!("run: chmod 600 {}; if others may have read it, replace it", path.display());
            Check::fault(NAME, error.to_string(), advice)
        }
        Err(SecretError::File { cause, .. }) => fault(NAME, FileFault::of(path, &cause, restore)),
        Err(error) => Check::fault(NAME, error.to_string(), restore),
    };
    check.about(file_name(path))
}

/// A certificate is no secret.
fn check_present(path: &Path, restore: &str) -> Check {
    const NAME: CheckName = CheckName::KeyFile;
    let check = match fs::read(path) {
        Ok(content) if content.is_empty() => fault(NAME, FileFault::empty(path, restore)),
        Ok(_) => Check::ok(NAME, format!("{} is there", path.display())),
        Err(cause) => fault(NAME, FileFault::of(path, &cause, restore)),
    };
    check.about(file_name(path))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
