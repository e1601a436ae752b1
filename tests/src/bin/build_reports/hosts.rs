//! The names of a hosts file.

use std::collections::BTreeSet;

/// Every name once, in the order of the alphabet, so that moving a line changes no report.
pub(crate) fn names(hosts: &str) -> Vec<&str> {
    hosts
        .lines()
        .map(|line| line.split_once('#').map_or(line, |(before, _)| before))
        .flat_map(|line| line.split_whitespace().skip(1))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}
