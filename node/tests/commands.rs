//! The program as an operator meets it: exit codes, JSON on standard output, sentences on standard error.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn hotline(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hotline-node"))
        .args(arguments)
        .env_remove("HOTLINE_CONFIG")
        .env_remove("HOTLINE_DATABASE_URL")
        .env("SUDO_USER", "ada")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one JSON document on standard output")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

fn init(dir: &Path) -> Output {
    let dir = dir.to_str().expect("UTF-8");
    let arguments =
        ["init", "--dir", dir, "--id", "fr-example", "--country", "FR,GP", "--name", "Example hotline", "--json"];
    hotline(&arguments)
}

/// A node's folder, and how to call the program for it.
struct Node {
    folder: tempfile::TempDir,
}

impl Node {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let output = init(folder.path());
        assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        Self { folder }
    }

    fn call(&self, arguments: &[&str]) -> Output {
        let config = self.folder.path().join("config.toml");
        let mut all = vec!["--config", config.to_str().expect("UTF-8"), "--json"];
        all.extend(arguments);
        hotline(&all)
    }
}

#[test]
fn a_node_is_made_once_and_its_folder_is_private() {
    let outer = tempfile::tempdir().expect("a folder");
    let dir = outer.path().join("node");
    let first = init(&dir);
    assert_eq!(code(&first), 0, "{}", String::from_utf8_lossy(&first.stderr));
    let view = json(&first);
    for key in ["fingerprint", "tls_fingerprint", "signing_key_id", "certificate_not_after"] {
        assert!(view.get(key).is_some(), "{key}");
    }
    assert_eq!(view["id"], "fr-example");
    assert_eq!(view["country"], "FR");
    assert_eq!(view["countries"], serde_json::json!(["FR", "GP"]));
    assert_eq!(view["network"], "production");
    assert_eq!(view["exchange_url"], "https://127.0.0.1:7443");
    for (name, mode) in [("", 0o700), ("keys", 0o700), ("config.toml", 0o600), ("keys/seal.key", 0o600)] {
        let found = fs::metadata(dir.join(name)).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(found, mode, "{name}");
    }
    assert!(dir.join("high-water").exists());

    let second = init(&dir);
    assert_eq!(code(&second), 1);
    assert!(String::from_utf8_lossy(&second.stderr).contains("holds a node already"));
    assert!(second.stdout.is_empty());
}

#[test]
fn a_node_that_cannot_be_made_leaves_nothing_behind() {
    let outer = tempfile::tempdir().expect("a folder");
    let dir = outer.path().join("node");
    let path = dir.to_str().expect("UTF-8");
    let output = hotline(&["init", "--dir", path, "--id", "fr-example", "--country", "DE", "--name", "Example"]);
    assert_eq!(code(&output), 78, "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!dir.exists());
}

#[test]
fn a_faulty_configuration_ends_with_78_and_names_every_key() {
    let node = Node::new();
    assert_eq!(json(&node.call(&["config", "check"]))["ok"], true);
    assert_eq!(json(&node.call(&["config", "show"]))["node"]["id"], "fr-example");
    let file = node.folder.path().join("config.toml");
    let text = fs::read_to_string(&file).expect("the configuration");
    fs::write(&file, text.replace("level = \"info\"", "level = \"loud\"\nfoo = 1")).expect("written");
    let checked = node.call(&["config", "check"]);
    assert_eq!(code(&checked), 78);
    assert_eq!(json(&checked)["ok"], false);
    assert!(String::from_utf8_lossy(&checked.stderr).contains("log."));
    assert_eq!(code(&node.call(&["alert", "list"])), 78);
    assert_eq!(code(&hotline(&["--config", "nowhere.toml", "config", "check"])), 78);
}

#[test]
fn a_new_node_has_its_making_in_the_audit_trail_and_nothing_else() {
    let node = Node::new();
    let acts = json(&node.call(&["audit", "list"]));
    assert_eq!(acts.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&acts[0]["who"], &acts[0]["act"], &acts[0]["what"], &acts[0]["from"]),
        (&"ada".into(), &"init".into(), &"fr-example".into(), &"cli".into())
    );
    let trail = json(&node.call(&["audit", "verify"]));
    assert_eq!((&trail["ok"], &trail["entries"]), (&true.into(), &1.into()));
    assert_eq!(json(&node.call(&["alert", "list"])), serde_json::json!([]));
    assert_eq!(json(&node.call(&["report", "list"])), serde_json::json!([]));
    assert_eq!(json(&node.call(&["migrate", "--check"]))["pending"], serde_json::json!([]));
}

#[test]
fn what_is_not_there_is_refused_with_the_next_step() {
    let node = Node::new();
    for arguments in [&["alert", "acknowledge", "7"][..], &["report", "show", "FR-2026-0000007"]] {
        let output = node.call(arguments);
        assert_eq!(code(&output), 1, "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("hotline-node "), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_undone_is_refused_without_a_terminal_and_without_yes() {
    let node = Node::new();
    let output = node.call(&["report", "withdraw", "FR-2026-0000007", "--reason", "taken in twice"]);
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("--yes"));
}

#[test]
fn the_doctor_names_what_is_wrong_with_advice() {
    let node = Node::new();
    let key = node.folder.path().join("keys/seal.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("set");
    let output = node.call(&["doctor"]);
    assert_eq!(code(&output), 1);
    let checks = json(&output);
    let checks = checks.as_array().expect("a list");
    let is_seal = |check: &&serde_json::Value| check["check"] == "key_file" && check["subject"] == "seal.key";
    let seal = checks.iter().find(is_seal).expect("it is checked");
    assert_eq!(seal["status"], "fault");
    assert!(seal["advice"].as_str().is_some_and(|advice| advice.contains("chmod 600")), "{seal}");
    assert!(checks.iter().all(|check| check["advice"].is_null() == (check["status"] == "ok")));
}

#[test]
fn locate_knows_addresses_and_asks_nobody() {
    let node = Node::new();
    let view = json(&node.call(&["locate", "192.0.2.1", "--offline"]));
    for key in ["country", "ips", "asn", "organisation", "evidence", "route"] {
        assert!(view.get(key).is_some(), "{key}");
    }
    assert_eq!(view["ips"], serde_json::json!(["192.0.2.1"]));
    let file = node.folder.path().join("url.txt");
    fs::write(&file, "https://name.example/path\n").expect("written");
    let view = json(&node.call(&["locate", &format!("@{}", file.display())]));
    assert_eq!(view["route"]["reason"], "untraceable");
}

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    assert_eq!(code(&hotline(&["no-such-command"])), 2);
    assert_eq!(code(&hotline(&["report", "act", "FR-2026-0000001", "no-such-act"])), 2);
    assert_eq!(code(&hotline(&["report", "--help"])), 0);
    let script = hotline(&["completions", "bash"]);
    assert_eq!(code(&script), 0);
    assert!(!script.stdout.is_empty());
}
