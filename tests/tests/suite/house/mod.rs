//! The house's own order, read from the sources: uses go one way, folders and files are small, libraries stay in their
//! rooms, and documentation names files that exist.

mod circle;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use circle::Modules;
use hotline_tests::places::repository;
use hotline_tests::trial;
use libtest_mimic::Trial;

/// The rooms of `node/src`, level by level. A room uses the rooms above it, and itself; on the ground each other, too.
const LEVELS: [&[&str]; 14] = [
    &[
        "clock",
        "config",
        "file_fault",
        "plural",
        "problem",
        "randomness",
        "secret",
        "shutdown",
        "telemetry",
        "watched_file",
        "written",
        "zone",
    ],
    &["storage"],
    &["context"],
    &["access", "geolocation", "trust"],
    &["alerting", "report"],
    &["routing"],
    &["intake"],
    &["assessment", "takedown"],
    &["exchange"],
    &["statistics", "pipeline"],
    &["health"],
    &["web"],
    &["server"],
    &["cli"],
];

/// Longest source file, in lines.
const LINES: usize = 500;
/// Most sources of a folder: a newcomer reads its list at one look.
const SOURCES: usize = 15;

pub(crate) fn trials() -> Vec<Trial> {
    let test = |sentence, test| trial::plain("house", sentence, test);
    vec![
        test("every_room_uses_only_what_stands_above_it", every_room_uses_only_what_stands_above_it as fn() -> _),
        test("libraries_are_named_only_where_they_belong", libraries_are_named_only_where_they_belong),
        test("no_files_import_each_other_in_a_circle", no_files_import_each_other_in_a_circle),
        test("a_circle_through_a_re_export_is_noticed", a_circle_through_a_re_export_is_noticed),
        test("no_folder_holds_too_many_sources_to_find_one", no_folder_holds_too_many_sources_to_find_one),
        test("no_source_file_is_too_long_to_read", no_source_file_is_too_long_to_read),
        test("nobody_is_asked_inside_a_transaction", nobody_is_asked_inside_a_transaction),
        test("every_path_in_the_documentation_exists", every_path_in_the_documentation_exists),
        test("the_readme_and_the_decisions_are_short", the_readme_and_the_decisions_are_short),
    ]
}

fn every_room_uses_only_what_stands_above_it() -> anyhow::Result<()> {
    let mut faults = Vec::new();
    for source in sources("node/src")? {
        let Some(room) = source.room().filter(|room| !["lib", "main"].contains(&room.as_str())) else { continue };
        let level = level_of(&room).with_context(|| format!("{room} has no level: give it one in {}", file!()))?;
        for used in source.used_rooms() {
            let above = level_of(&used).with_context(|| format!("{used} has no level"))?;
            if used != room && above >= level && level > 0 {
                faults.push(format!("{}: {room} uses {used}", source.name));
            }
        }
    }
    none(&faults)
}

/// Whether a library may be named in a file.
type Belongs<'a> = &'a dyn Fn(&str) -> bool;

fn libraries_are_named_only_where_they_belong() -> anyhow::Result<()> {
    let is_repository = |name: &str| name.starts_with("node/src/storage/") || name.ends_with("repository.rs");
    let rules: [(&str, Belongs<'_>); 3] = [
        ("sea_orm::", &is_repository),
        ("x509_parser::", &|name| name.starts_with("node/src/trust/")),
        ("std::env", &|name| name.starts_with("node/src/config/")),
    ];
    let mut faults = Vec::new();
    for source in sources("node/src")? {
        for (library, belongs) in rules {
            if source.code().contains(library) && !belongs(&source.name) {
                faults.push(format!("{} names {library}", source.name));
            }
        }
    }
    none(&faults)
}

fn no_files_import_each_other_in_a_circle() -> anyhow::Result<()> {
    let mut faults = Vec::new();
    for crate_folder in ["node/src", "protocol/src", "tests/src", "tests/tests/suite"] {
        let root = repository().join(crate_folder);
        let modules = Modules::read(&root, &files(&root, "rs")?)?;
        ensure!(modules.edges() > 10, "{crate_folder} has {} imports: this test reads them no more", modules.edges());
        let circles = modules.circles().into_iter();
        faults.extend(circles.map(|circle| circle.into_iter().map(shown).collect::<Vec<_>>().join(" ↔ ")));
    }
    none(&faults)
}

fn a_circle_through_a_re_export_is_noticed() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text);
    fs::create_dir(folder.path().join("room"))?;
    write("lib.rs", "mod first;\nmod room;\n")?;
    write("first.rs", "use crate::room::Second;\n\npub struct First(Second);\n")?;
    write("room/mod.rs", "mod second;\n\npub use second::Second;\n")?;
    let circles = |second: &str| -> anyhow::Result<usize> {
        write("room/second.rs", second)?;
        Ok(Modules::read(folder.path(), &files(folder.path(), "rs")?)?.circles().len())
    };
    ensure!(circles("pub struct Second(Option<Box<super::super::first::First>>);\n")? == 1, "each names the other");
    ensure!(circles("// crate::first::First\npub struct Second(&'static str);\n")? == 0, "a comment is no import");
    Ok(())
}

fn no_folder_holds_too_many_sources_to_find_one() -> anyhow::Result<()> {
    let mut folders = BTreeMap::<String, usize>::new();
    for crate_folder in ["node", "protocol", "tests"] {
        for file in files(&repository().join(crate_folder), "rs")? {
            *folders.entry(shown(file.parent().context("a file stands in a folder")?)).or_default() += 1;
        }
    }
    let full = folders.into_iter().filter(|(_, sources)| *sources > SOURCES);
    none(
        &full
            .map(|(folder, sources)| format!("{folder} has {sources} sources, more than {SOURCES}"))
            .collect::<Vec<_>>(),
    )
}

fn no_source_file_is_too_long_to_read() -> anyhow::Result<()> {
    let mut faults = Vec::new();
    for folder in ["node", "protocol", "tests"] {
        for source in sources(folder)? {
            let lines = source.text.lines().count();
            if lines > LINES {
                faults.push(format!("{} has {lines} lines, more than {LINES}", source.name));
            }
        }
    }
    none(&faults)
}

/// A writer keeps all others waiting: commands and the public would be refused while somebody thinks.
fn nobody_is_asked_inside_a_transaction() -> anyhow::Result<()> {
    let questions = [".ask(", "ask_fingerprint(", "stdin(", "read_argument(", "read_url(", "read_line("];
    let mut faults = Vec::new();
    let mut transactions = 0;
    for source in sources("node/src")? {
        let code = source.code();
        for transaction in code.split(".write(\"").skip(1) {
            transactions += 1;
            // To its commit, or to the end of the function that drops it or gives it away.
            let ends = [".commit()", "\n}\n", "\n    }\n"].map(|end| transaction.find(end).unwrap_or(usize::MAX));
            let inside = transaction.get(..ends.into_iter().min().unwrap_or(usize::MAX)).unwrap_or(transaction);
            let asked = questions.iter().filter(|question| inside.contains(**question));
            faults.extend(asked.map(|question| format!("{} asks with {question} while it writes", source.name)));
        }
    }
    ensure!(transactions > 30, "{transactions} transactions are found: this test looks for another name");
    none(&faults)
}

fn every_path_in_the_documentation_exists() -> anyhow::Result<()> {
    let root = repository();
    let mut faults = Vec::new();
    for file in files(&root, "md")? {
        let text = fs::read_to_string(&file)?;
        let folder = file.parent().context("a file stands in a folder")?;
        for path in paths_in(&text) {
            if !folder.join(path).exists() && !root.join(path).exists() {
                faults.push(format!("{} names {path}", shown(&file)));
            }
        }
    }
    none(&faults)
}

/// The purpose of a page is told elsewhere, a page a task: the README leads there.
fn the_readme_and_the_decisions_are_short() -> anyhow::Result<()> {
    let decisions = files(&repository().join("node/docs/decisions"), "md")?;
    ensure!(decisions.len() > 10, "{} pages of decisions: this test looks for another folder", decisions.len());
    let pages = decisions.into_iter().map(|page| (page, 20)).chain([(repository().join("README.md"), 150)]);
    let mut faults = Vec::new();
    for (page, most) in pages {
        let lines = fs::read_to_string(&page)?.lines().count();
        if lines > most {
            faults.push(format!("{} has {lines} lines, more than {most}", shown(&page)));
        }
    }
    none(&faults)
}

fn is_rust(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// Returns the texts in back-ticks that are paths into the repository, and the targets of links.
fn paths_in(text: &str) -> Vec<&str> {
    let tops = ["node/", "protocol/", "fixtures/", "tests/", "src/", "../", ".ci/", ".config/", ".cargo/"];
    let prose = || text.split("```").step_by(2);
    let quoted = prose().flat_map(|prose| prose.split('`').skip(1).step_by(2)).filter(|part| {
        let is_one = !part.contains(|letter: char| letter.is_whitespace() || "*<>{}$…".contains(letter));
        is_one && (tops.iter().any(|top| part.starts_with(top)) || (part.contains('/') && is_rust(part)))
    });
    let linked = prose().flat_map(|prose| prose.split("](").skip(1)).filter_map(|rest| {
        let target = rest.split([')', '#']).next()?;
        (!target.is_empty() && !target.contains("://") && !target.starts_with("mailto:")).then_some(target)
    });
    quoted.chain(linked).collect()
}

/// A source file.
struct Source {
    /// From the repository's root.
    name: String,
    text: String,
}

impl Source {
    /// The room of `node/src` that it stands in.
    fn room(&self) -> Option<String> {
        let rest = self.name.strip_prefix("node/src/")?;
        Some(rest.split('/').next()?.trim_end_matches(".rs").to_owned())
    }

    /// Returns the text without comments, so that a sentence may name things that code may not.
    fn code(&self) -> String {
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        self.text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
    }

    /// Returns the rooms behind `crate::`, one or several in braces.
    fn used_rooms(&self) -> Vec<String> {
        let code = self.code();
        let mut rooms = Vec::new();
        for rest in code.split("crate::").skip(1) {
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default().split(',').collect(),
                None => vec![rest],
            };
            let word = |name: &str| name.trim().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            rooms.extend(names.into_iter().map(word).filter(|room: &String| !room.is_empty()));
        }
        rooms
    }
}

fn level_of(room: &str) -> Option<usize> {
    LEVELS.iter().position(|level| level.contains(&room))
}

fn sources(folder: &str) -> anyhow::Result<Vec<Source>> {
    let read = |file: PathBuf| Ok(Source { name: shown(&file), text: fs::read_to_string(&file)? });
    files(&repository().join(folder), "rs")?.into_iter().map(read).collect()
}

/// Returns every file under `folder` that ends so, except built or installed ones.
fn files(folder: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            let is_ours = !["target", ".git", "node_modules"].iter().any(|other| path.ends_with(other));
            if is_ours {
                found.extend(files(&path, ending)?);
            }
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn shown(file: &Path) -> String {
    file.strip_prefix(repository()).unwrap_or(file).display().to_string()
}

fn none(faults: &[String]) -> anyhow::Result<()> {
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}
