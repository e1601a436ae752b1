//! `demo` as a user meets it: five processes, and everything at its place in the end.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn demo(dir: &std::path::Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hotline-node"))
        .args(["demo", "--reports", "120", "--exit-when-settled", "--json", "--dir"])
        .arg(dir)
        // One database for all nodes would be no federation.
        .env("HOTLINE_DATABASE_URL", "sqlite:one-for-all.sqlite")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs")
}

#[test]
fn a_federation_settles_with_nothing_lost_and_its_folder_is_not_used_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = demo(folder.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let summary: Value = serde_json::from_slice(&output.stdout).expect("one JSON document on standard output");
    for (key, expected) in [("reports", 120), ("lost", 0), ("duplicated", 0), ("disagreeing", 0), ("misplaced", 0)] {
        assert_eq!(summary[key], expected, "{key}");
    }
    let nodes = summary["nodes"].as_array().expect("a list");
    let ids: Vec<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
    assert_eq!(ids, ["fr-demo", "nl-demo", "us-demo", "de-demo", "cz-demo"]);
    let sum = |key: &str| nodes.iter().filter_map(|node| node[key].as_u64()).sum::<u64>();
    assert_eq!(summary["accepted"], sum("reports_accepted"));
    assert_eq!(summary["reports"], sum("reports_created"));
    assert!(sum("reports_accepted") > 0 && summary["seconds"].is_number() && summary["unroutable"].is_u64());
    for id in ids {
        assert!(folder.path().join(id).join("node.sqlite").exists(), "{id}");
    }

    let again = demo(folder.path());
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("holds a node already"));
}
