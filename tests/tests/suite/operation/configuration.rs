//! A configuration or a key that is wrong: every fault at once with its key, and nothing is started or changed.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::{Cli, done, program_as_node, run};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::refusal::{CONFIGURATION, FAILED, refusal, refused_with};
use hotline_tests::sentences;
use libtest_mimic::Trial;

/// The contents of files are the same for every database.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "configuration",
            store,
            [
                every_fault_is_named_at_once_by_every_command,
                a_file_that_is_no_configuration_is_refused_by_name,
                a_fault_of_syntax_shows_its_line_and_not_what_stands_there,
                a_key_file_that_others_may_read_is_refused,
                a_key_file_that_is_missing_or_spoilt_is_refused,
                a_folder_that_holds_a_node_is_left_as_it_is,
                a_name_that_no_card_takes_makes_no_node,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

async fn every_fault_is_named_at_once_by_every_command(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    federation[0].configure(&[
        ("node", "nickname", "unknown key".into()),
        ("exchange", "hello_seconds", "wrong type".into()),
        ("exchange", "listen", "no address".into()),
        ("public", "requests_per_minute_per_address", (-1).into()),
        ("log", "level", 7.into()),
        ("colours", "sky", "unknown section".into()),
    ])?;
    let keys = [
        "node.nickname",
        "exchange.hello_seconds",
        "exchange.listen",
        "public.requests_per_minute_per_address",
        "log.level",
        "colours",
    ];
    for arguments in [&["serve"][..], &["config", "check"], &["config", "show"], &["report", "list"], &["doctor"]] {
        let output = federation[0].cli.output(arguments, None).await?;
        refused_with(&output, CONFIGURATION, &keys).with_context(|| arguments.join(" "))?;
    }
    Ok(())
}

async fn a_file_that_is_no_configuration_is_refused_by_name(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let file = &federation[0].cli.config_file;
    let refused = async |what: &str, word: &str| {
        let output = federation[0].cli.output(&["serve"], None).await?;
        refused_with(&output, CONFIGURATION, &[word]).with_context(|| what.to_owned())
    };
    fs::write(file, b"[node]\nname = \"\xff\"\n")?;
    refused("not UTF-8", "config.toml").await?;
    fs::write(file, b"")?;
    refused("empty", "node.id").await?;
    fs::remove_file(file)?;
    refused("missing", "config.toml").await?;
    fs::create_dir(file)?;
    refused("a folder", "config.toml").await
}

async fn a_fault_of_syntax_shows_its_line_and_not_what_stands_there(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    fs::write(&federation[0].cli.config_file, "[database]\n\nurl = \"postgres://node:canary-word@db.example/node\n")?;
    let sentence = refusal(&federation[0].cli.output(&["config", "check"], None).await?, CONFIGURATION)?;
    ensure!(sentence.contains("line 3") && !sentence.contains("canary"), "{sentence}");
    Ok(())
}

/// Returns the files under `keys`; a command that reads one needs it.
fn key_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for name in ["seal.key", "exchange.pem", "exchange.crt.pem", "signing.pem"] {
        let file = folder.join("keys").join(name);
        ensure!(file.is_file(), "{name} is there");
        files.push(file);
    }
    Ok(files)
}

async fn a_key_file_that_others_may_read_is_refused(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    for file in key_files(federation[0].folder())? {
        fs::set_permissions(&file, Permissions::from_mode(0o644))?;
        let path = file.to_string_lossy().into_owned();
        let output = federation[0].cli.output(&["serve"], None).await?;
        refused_with(&output, FAILED, &[&path, "644", "chmod 600"])?;
        fs::set_permissions(&file, Permissions::from_mode(0o600))?;
    }
    Ok(())
}

async fn a_key_file_that_is_missing_or_spoilt_is_refused(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    for file in key_files(federation[0].folder())? {
        let content = fs::read(&file)?;
        let path = file.to_string_lossy().into_owned();
        let refused = async |what: &str| {
            let output = federation[0].cli.output(&["serve"], None).await?;
            refused_with(&output, FAILED, &[&path]).with_context(|| what.to_owned())
        };
        for (what, spoilt) in [("empty", &b""[..]), ("a text", b"no key\n"), ("cut", &content[..content.len() / 2])] {
            fs::write(&file, spoilt)?;
            refused(what).await?;
        }
        fs::remove_file(&file)?;
        refused("missing").await?;
        fs::write(&file, content)?;
        fs::set_permissions(&file, Permissions::from_mode(0o600))?;
    }
    federation[0].cli.json(&["report", "list"]).await?;
    Ok(())
}

async fn a_folder_that_holds_a_node_is_left_as_it_is(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let folder = federation[0].folder();
    let dir = folder.to_string_lossy().into_owned();
    let init = ["init", "--dir", &dir, "--id", "fr-other", "--country", "FR", "--name", "Other"];
    let before = contents(folder)?;
    refused_with(&federation[0].cli.output(&init, None).await?, FAILED, &["holds a node already", "--dir"])?;
    ensure!(contents(folder)? == before, "something of it was changed");
    // A part of a node is one that somebody may need.
    for name in ["config.toml", "node.sqlite", "high-water"] {
        fs::remove_file(folder.join(name))?;
        let before = contents(folder)?;
        refused_with(&federation[0].cli.output(&init, None).await?, FAILED, &["holds a node already"])?;
        ensure!(contents(folder)? == before, "something of it was changed");
    }
    Ok(())
}

/// Every file of a node's folder.
fn contents(folder: &Path) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for folder in [folder.to_owned(), folder.join("keys")] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file() {
                found.insert(path.clone(), fs::read(path)?);
            }
        }
    }
    Ok(found)
}

async fn a_name_that_no_card_takes_makes_no_node(store: Store) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for characters in [150, 101, 100] {
        let (dir, name) = (folder.path().join(characters.to_string()), "é".repeat(characters));
        let config_file = dir.join("config.toml");
        let dir_named = dir.to_string_lossy().into_owned();
        let init = ["init", "--dir", &dir_named, "--id", "fr-alder", "--country", "FR", "--name", &name];
        let output = run(program_as_node().args(init), None).await?;
        if characters == 100 {
            done(&output)?;
            let cli = Cli { id: "fr-alder", config_file, within: Vec::new() };
            ensure!(cli.json(&["identity", "card"]).await?["name"] == name, "it stands on the card ({store})");
        } else {
            ensure!(!output.status.success(), "{characters} characters are too many");
            ensure!(!config_file.exists(), "{characters}: and nothing is made");
        }
    }
    Ok(())
}
