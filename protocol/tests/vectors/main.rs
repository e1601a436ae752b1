//! The vectors of `fixtures/protocol`: computed anew and compared, then read as another implementation reads them.
//! `protocol/vectors.md` describes that.
//!
//! After a change of the rules they are written again:
//! `cargo test -p hotline-protocol --test vectors -- --ignored`.

mod bodies;
mod cards;
mod checkpoints;
mod file;
mod forks;
mod headers;
mod hello;
mod histories;
mod names;
mod outcome;
mod pen;
mod runs;
mod signatures;
mod tale;

use serde_json::Value;

/// Every file that is made here, with its vectors.
fn files() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("names.json", names::names()),
        ("countries.json", names::countries()),
        ("endpoints.json", names::endpoints()),
        ("headers.json", headers::vectors()),
        ("bodies.json", bodies::vectors()),
        ("signatures.json", signatures::vectors()),
        ("checkpoints.json", checkpoints::vectors()),
        ("cards.json", cards::vectors()),
        ("runs.json", runs::vectors()),
        ("forks.json", forks::vectors()),
        ("hello.json", hello::vectors()),
        ("histories.json", histories::vectors()),
    ]
}

#[test]
fn every_file_holds_what_the_rules_give() {
    for (name, vectors) in files() {
        let here = std::fs::read_to_string(file::path(name)).expect("the file is there");
        assert!(here == file::file_of(&vectors), "{name} is not what the rules give: write it again");
    }
}

#[test]
fn every_file_is_described() {
    let page = include_str!("../../vectors.md");
    for (name, _) in files() {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
    for name in ["canonical-url.json", "url-digest.json"] {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn every_name_of_a_refusal_is_explained() {
    let page = include_str!("../../vectors.md");
    let names = files().into_iter().flat_map(|(_, vectors)| vectors).filter_map(|vector| {
        let name = vector["refused"].as_str()?;
        Some(name.to_owned())
    });
    for name in names {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
#[ignore = "writes the files"]
fn write_every_file() {
    for (name, vectors) in files() {
        std::fs::write(file::path(name), file::file_of(&vectors)).expect("written");
    }
}
