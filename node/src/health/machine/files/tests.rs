//! Each fault of a file, with its own advice.

use std::os::unix::fs::{PermissionsExt as _, chown};

use super::*;
use crate::config::Initial;
use crate::health::check::Status;
use crate::secret::write_secret_file;
use crate::trust::own::make_key_files;

/// A user that every system has, and that owns nothing.
const NOBODY: u32 = 65_534;

/// The files of a node, as `init` makes them.
fn new_files() -> (tempfile::TempDir, Config) {
    let folder = tempfile::tempdir().expect("a folder");
    let initial = Initial {
        id: "fr-example".parse().expect("an id"),
        country: vec!["FR".parse().expect("a country")],
        name: "Example hotline".to_owned(),
        network: "practice".parse().expect("a network"),
        time_zone: crate::zone::Zone::UTC,
        exchange_listen: None,
        exchange_url: None,
        office_listen: None,
        public_listen: None,
        operations_listen: None,
        database_url: None,
        geolocation: crate::config::section::geolocation::GeolocationSection::default(),
    };
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).expect("set");
    let file = folder.path().join("config.toml");
    Config::write_initial(&file, &initial).expect("written");
    let config = Config::load(&file).expect("loads");
    fs::create_dir(&config.keys.folder).expect("made");
    fs::set_permissions(&config.keys.folder, fs::Permissions::from_mode(0o700)).expect("set");
    let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
    make_key_files(&config.keys, &config.node.id, now).expect("keys");
    write_secret_file(&config.keys.seal_key(), &[1; 32]).expect("written");
    write_secret_file(&folder.path().join("node.sqlite"), b"").expect("written");
    (folder, config)
}

fn found(config: &Config) -> Vec<Check> {
    check(config).into_iter().filter(|check| check.status != Status::Ok).collect()
}

fn says(checks: &[Check], name: &str, text: &str, advice: &str) {
    let is_it = |check: &&Check| {
        check.name == name
            && check.text.contains(text)
            && check.advice.as_ref().is_some_and(|given| given.contains(advice))
    };
    assert!(checks.iter().any(|check| is_it(&check)), "{name}: {text}; {advice} in {checks:?}");
}

#[test]
fn each_file_that_cannot_be_used_is_told_with_its_own_advice() {
    let (_folder, config) = new_files();
    assert!(found(&config).is_empty(), "{:?}", found(&config));
    let keys = &config.keys;
    fs::write(keys.signing_key(), "").expect("emptied");
    fs::remove_file(keys.seal_key()).expect("removed");
    fs::remove_file(keys.exchange_key()).expect("removed");
    fs::create_dir(keys.exchange_key()).expect("made");
    fs::set_permissions(keys.office_key(), fs::Permissions::from_mode(0o640)).expect("set");
    fs::set_permissions(keys.office_certificate(), fs::Permissions::from_mode(0o644)).expect("set");
    fs::set_permissions(keys.exchange_certificate(), fs::Permissions::from_mode(0o000)).expect("set");
    let checks = found(&config);
    says(&checks, "key file signing.pem", "is empty", "restore it from the backup of the keys");
    says(&checks, "key file seal.key", "is missing", "restore it");
    says(&checks, "key file exchange.pem", "is a folder", "move the folder away");
    says(&checks, "key file office.pem", "may be read by others", "chmod 600");
    says(&checks, "owner", "exchange.crt.pem", "chmod u=rwX");
    assert!(
        !checks.iter().any(|check| check.name.contains("office.crt.pem")),
        "a certificate is no secret: {checks:?}"
    );
}

#[test]
fn what_belongs_to_another_user_than_the_folder_is_a_fault_also_for_root() {
    let (folder, config) = new_files();
    if own_user() != Some(ROOT) {
        eprintln!("\n*** SKIPPED: ONLY ROOT GIVES FILES TO OTHERS ***\n");
        return;
    }
    let files = files_of_node(&config);
    for path in files.iter().map(PathBuf::as_path).chain([folder.path()]).filter(|path| path.exists()) {
        chown(path, Some(NOBODY), Some(NOBODY)).expect("given away");
    }
    assert!(found(&config).is_empty(), "{:?}", found(&config));
    // As a command that was run as root leaves them.
    let wal = config.folder.join("node.sqlite-wal");
    fs::write(&wal, "").expect("written");
    for path in [&wal, &config.keys.office_key()] {
        chown(path, Some(ROOT), Some(ROOT)).expect("given away");
    }
    let checks = found(&config);
    assert_eq!(checks.len(), 1, "{checks:?}");
    let owner = user_name(NOBODY);
    says(&checks, "owner", "these to root", &format!("chown {owner} "));
    for file in ["node.sqlite-wal", "office.pem"] {
        says(&checks, "owner", file, file);
    }
}
