//! Reading the specification: its examples and the first column of its tables.

use std::collections::BTreeMap;

pub(crate) const README: &str = include_str!("../../README.md");

/// The beginning of an example's fence; its name follows.
const FENCE: &str = "```text ";

/// The worked examples by name: the text between the fences, without the line feed before the closing one.
pub(crate) fn examples() -> BTreeMap<&'static str, &'static str> {
    let mut found = BTreeMap::new();
    for part in README.split(FENCE).skip(1) {
        let (name, rest) = part.split_once('\n').expect("a name ends with its line");
        let (text, _) = rest.split_once("\n```").expect("every fence is closed");
        assert!(found.insert(name, text).is_none(), "two examples are called {name}");
    }
    found
}

/// The cells of every table's lines, trimmed.
pub(crate) fn table_lines() -> impl Iterator<Item = Vec<&'static str>> {
    README
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'))
        .map(|line| line.split('|').map(str::trim).collect())
}
