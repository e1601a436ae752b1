//! A sealed log: verified, damaged, exported.

use std::sync::Arc;

use clap::Parser as _;
use hotline_protocol::log::{Position, UnverifiedRun};

use crate::cli::console::exit::CliError;
use crate::cli::open::open;
use crate::cli::{Cli, run};
use crate::config::Config;
use crate::context::Context;
use crate::exchange::log::seal::{HighWater, Sealer};
use crate::exchange::log::verify::verify_logs;
use crate::exchange::log::{LogError, export_run};
use crate::storage::{ConnectionTrait as _, read_setting};
use crate::trust::own::{Identity, OwnSigningKeys};
use crate::trust::peer::load_keys;

/// A node with three reports in three runs in its log.
struct House {
    folder: tempfile::TempDir,
    config: Config,
    context: Context,
}

impl House {
    async fn call(folder: &tempfile::TempDir, arguments: &[&str]) -> Result<(), CliError> {
        let config = folder.path().join("config.toml");
        let start = ["hotline-node", "--config", config.to_str().expect("UTF-8")];
        run(Cli::try_parse_from([&start, arguments].concat()).expect("usage")).await
    }

    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().to_str().expect("UTF-8");
        let init = ["init", "--dir", dir, "--id", "fr-example", "--country", "FR", "--name", "Example"];
        Self::call(&folder, &init).await.expect("made");
        let (config, context) = open(&folder.path().join("config.toml")).await.expect("opened");
        let house = Self { folder, config, context };
        let key = Identity::load(&house.config.keys, &house.context.own).expect("keys").signing;
        let key = Arc::new(OwnSigningKeys::new(house.config.keys.clone(), key));
        let boot = "00000000-0000-7000-8000-000000000000".to_owned();
        let sealer = Sealer::new(house.context.clone(), key, boot, house.high_water()).await.expect("ready");
        let url = house.folder.path().join("url");
        std::fs::write(&url, "https://a.example/b").expect("written");
        for _ in 0..3 {
            let url = format!("@{}", url.display());
            let submit = ["report", "submit", &url, "--assessment", "baseline"];
            Self::call(&house.folder, &submit).await.expect("taken");
            sealer.seal_once().await.expect("sealed");
        }
        house
    }

    fn high_water(&self) -> HighWater {
        HighWater::in_folder(&self.config.folder)
    }

    /// The first fault of the log after a change to the database.
    async fn fault_after(&self, sql: &str) -> Option<String> {
        let write = self.context.database.write("damage").await.expect("a turn");
        write.execute_unprepared(sql).await.expect("damaged");
        write.commit().await.expect("committed");
        let checks = verify_logs(&self.context, &self.high_water(), None).await.expect("readable");
        let fault = checks.into_values().find_map(|check| check.fault);
        assert_eq!(Self::call(&self.folder, &["log", "verify"]).await.is_err(), fault.is_some(), "{sql}");
        fault.map(|fault| fault.to_string())
    }
}

#[tokio::test]
async fn a_log_as_it_was_written_holds_and_every_damage_is_found() {
    for (damage, fault) in [
        ("DELETE FROM want", None),
        // As after a kill between the high-water file and the signatures.
        ("DELETE FROM run WHERE last_seq > 1", None),
        ("UPDATE entry SET header = replace(header, 'fr-example', 'fr-another') WHERE seq = 2", Some("entry 2 of")),
        ("UPDATE entry SET header = replace(header, '\"ts\":1', '\"ts\":2') WHERE seq = 2", Some("entry 2 of")),
        ("UPDATE entry SET hash = zeroblob(32) WHERE seq = 1", Some("entry 1 of")),
        ("UPDATE entry SET body = zeroblob(64) WHERE seq = 3", Some("its body is not")),
        ("UPDATE entry SET body = NULL WHERE seq = 3", Some("its body is gone")),
        ("DELETE FROM entry WHERE seq = 1", Some("entry 1 of epoch 1: it is missing")),
        ("DELETE FROM entry WHERE seq = 2", Some("entry 2 of epoch 1: it is missing")),
        ("DELETE FROM entry WHERE seq = 3", Some("names another entry")),
        ("UPDATE run SET checkpoint = 'a.b.c' WHERE last_seq = 2", Some("entry 2 of")),
        (
            "UPDATE run SET checkpoint = (SELECT checkpoint FROM run WHERE last_seq = 1) WHERE last_seq = 2",
            Some("signs another entry"),
        ),
        ("UPDATE peer_key SET revoked = 1", Some("by a key that may not sign")),
        ("UPDATE log SET seq = 2, hash = (SELECT hash FROM entry WHERE seq = 2)", Some("says the high-water file")),
    ] {
        let house = House::new().await;
        let found = house.fault_after(damage).await;
        match fault {
            None => assert_eq!(found, None, "{damage}"),
            Some(fault) => assert!(found.as_ref().is_some_and(|found| found.contains(fault)), "{damage}: {found:?}"),
        }
    }
}

#[tokio::test]
async fn an_exported_run_is_verified_with_the_authors_keys_alone() {
    let house = House::new().await;
    let (context, own) = (&house.context, &house.context.own);
    let keys = load_keys(context.database.read(), own).await.expect("readable");
    for with_bodies in [false, true] {
        let (mut after, mut entries) = (Position { epoch: 1, seq: 0 }, 0);
        while let Some((text, end)) = export_run(context, own, after, with_bodies).await.expect("readable") {
            let run = UnverifiedRun::parse(Arc::from(text)).and_then(|run| run.verify(&context.network, own, &keys));
            let run = run.expect("it holds");
            assert!(run.entries().iter().all(|entry| entry.body.is_some() == with_bodies));
            entries += run.entries().len();
            after = end;
        }
        assert_eq!(entries, 3);
    }
}

#[tokio::test]
async fn a_log_that_is_not_kept_is_refused_and_sealing_anyway_is_left_for_serve() {
    let house = House::new().await;
    for command in ["verify", "export"] {
        let refused = House::call(&house.folder, &["log", command, "--log", "nl-nobody"]).await;
        assert!(matches!(refused, Err(CliError::Log(LogError::UnknownLog))), "{command}");
    }
    House::call(&house.folder, &["log", "seal", "--anyway"]).await.expect("recorded");
    let left = read_setting(house.context.database.read(), "seal_anyway").await.expect("readable");
    assert!(left.is_some());
    House::call(&house.folder, &["log", "head"]).await.expect("shown");
}
