//! Announced keys that are taken back, from the command line of a node that does not serve.

use std::fs;
use std::path::PathBuf;

use hotline_protocol::entry::KeyUse;

use super::show::StandingView;
use crate::access::audit::list_acts;
use crate::cli::console::exit::CliError;
use crate::cli::open::open;
use crate::cli::test_node::{call, new_node};
use crate::config::Config;
use crate::context::Context;
use crate::exchange::rotation::{find_withdrawable, own_keys};

/// For both kinds of keys: the commands to announce and withdraw one, the start of its files' names, and its use.
const KINDS: [(&str, &str, &str, KeyUse); 2] = [
    ("rotate-certificate", "withdraw-certificate", "exchange-", KeyUse::Tls),
    ("rotate-signing-key", "withdraw-signing-key", "signing-", KeyUse::Sign),
];

/// A new node, without a serving process.
struct House {
    folder: tempfile::TempDir,
    config: Config,
    context: Context,
}

impl House {
    async fn new() -> Self {
        let (folder, _) = new_node().await;
        let (config, context) = open(&folder.path().join("config.toml")).await.expect("opened");
        Self { folder, config, context }
    }

    async fn call(&self, command: &str, more: &[&str]) -> Result<(), CliError> {
        call(self.folder.path(), &[&["identity", command], more].concat()).await
    }

    /// The files of the key that is announced for this use; their names have its fingerprint's beginning.
    async fn announced_files(&self, prefix: &str, key_use: KeyUse) -> Vec<PathBuf> {
        let found = find_withdrawable(self.context.database.read(), &self.context.own, key_use).await;
        let fingerprint = found.expect("announced").fingerprint.to_string();
        let begins = format!("{prefix}{}", &fingerprint[..16]);
        let files = fs::read_dir(&self.config.keys.folder).expect("a folder").map(|file| file.expect("a file").path());
        files.filter(|file| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begins))).collect()
    }

    /// The sentences of `identity show` on keys that cannot be used.
    async fn lost_keys(&self) -> Vec<String> {
        let own = own_keys(self.context.database.read(), &self.context.own).await.expect("readable");
        let (_, view) = super::load(&self.config).expect("loaded");
        StandingView::new(view, &own, &own.lost(&self.config.keys, &self.context.own), 0).lost_keys
    }

    async fn newest_act(&self) -> (String, String) {
        let act = list_acts(&self.context.database, 1).await.expect("readable").remove(0);
        (act.act, act.what)
    }
}

#[tokio::test]
async fn an_announced_key_is_taken_back_with_its_files_and_another_one_can_be_announced() {
    let house = House::new().await;
    for (rotate, withdraw, prefix, key_use) in KINDS {
        house.call(rotate, &[]).await.expect("announced");
        let files = house.announced_files(prefix, key_use).await;
        assert!(!files.is_empty(), "{prefix}");
        let found = find_withdrawable(house.context.database.read(), &house.context.own, key_use).await.expect("one");
        let under_way = house.call(rotate, &[]).await.expect_err("one after the other");
        assert!(under_way.to_string().contains("under way"), "{under_way}");
        house.call(withdraw, &["--reason", "its disk broke", "--yes"]).await.expect("taken back");
        let act = (withdraw.replace('-', "_"), format!("{} its disk broke", found.fingerprint));
        assert_eq!(house.newest_act().await, act);
        assert!(files.iter().all(|file| !file.exists()), "{files:?}");
        house.call(rotate, &[]).await.expect("announced");
        let next = find_withdrawable(house.context.database.read(), &house.context.own, key_use).await.expect("one");
        assert_ne!(next, found);
    }
    house.call("show", &[]).await.expect("the present keys are as they were");
    house.call("card", &[]).await.expect("and make a card");
}

#[tokio::test]
async fn nothing_is_taken_back_where_nothing_is_announced_or_nobody_confirms() {
    let house = House::new().await;
    for (rotate, withdraw, prefix, key_use) in KINDS {
        let refused = house.call(withdraw, &["--yes"]).await.expect_err("nothing is announced").to_string();
        assert!(refused.contains("nothing to take back") && refused.contains(rotate), "{refused}");
        house.call(rotate, &[]).await.expect("announced");
        let before = house.newest_act().await;
        let refused = house.call(withdraw, &[]).await.expect_err("nobody confirms").to_string();
        assert!(refused.contains("for good") && refused.contains("--yes"), "{refused}");
        let url = house.call(withdraw, &["--yes", "--reason", "see www.a.example"]).await;
        assert!(matches!(url, Err(CliError::Usage(_))));
        assert_eq!(house.newest_act().await, before);
        assert!(!house.announced_files(prefix, key_use).await.is_empty(), "{prefix}");
    }
}

#[tokio::test]
async fn an_announced_key_whose_file_is_missing_or_open_to_others_is_named_with_the_command() {
    use std::os::unix::fs::PermissionsExt as _;

    let house = House::new().await;
    for (rotate, withdraw, prefix, key_use) in KINDS {
        house.call(rotate, &[]).await.expect("announced");
        assert_eq!(house.lost_keys().await, Vec::<String>::new());
        let files = house.announced_files(prefix, key_use).await;
        let set_mode = |mode| {
            for file in &files {
                fs::set_permissions(file, fs::Permissions::from_mode(mode)).expect("set");
            }
        };
        set_mode(0o640);
        let lost = house.lost_keys().await;
        assert!(lost.len() == 1 && lost[0].contains("chmod 600") && lost[0].contains(withdraw), "{lost:?}");
        set_mode(0o600);
        for file in &files {
            fs::remove_file(file).expect("removed");
        }
        let lost = house.lost_keys().await;
        assert!(lost.len() == 1 && lost[0].contains("missing") && lost[0].contains(withdraw), "{lost:?}");
        let found = call(house.folder.path(), &["doctor"]).await.expect_err("a fault").to_string();
        assert!(found.starts_with("1 of "), "{found}");
        house.call(withdraw, &["--yes"]).await.expect("taken back");
        assert_eq!(house.lost_keys().await, Vec::<String>::new());
        call(house.folder.path(), &["doctor"]).await.expect("no fault is left");
    }
}
