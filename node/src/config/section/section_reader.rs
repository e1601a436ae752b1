//! Reading one section so that every one of its faults is found, not only the first.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use toml::{Table, Value};

use crate::config::fault::ConfigFault;

/// A key without a default.
pub(crate) struct Required {
    /// Its name.
    pub(super) key: &'static str,
    /// A value that can be used in its place while the other keys are checked.
    pub(super) stands_in: fn() -> Value,
}

/// A section of the file: a struct that refuses unknown keys and has a default for every key but the required.
pub(crate) trait Section: DeserializeOwned {
    /// Its name between the brackets.
    const NAME: &'static str;
    /// The keys without a default.
    const REQUIRED: &'static [Required] = &[];
}

/// Takes the section out of `file`, and adds its faults to `faults`. Faulty keys then have their default, or their
/// stand-in, so that the rest can be checked too. Nothing of the section may be used otherwise. `None` where it cannot
/// be read even so.
pub(crate) fn take<S: Section>(file: &mut Table, faults: &mut Vec<ConfigFault>) -> Option<S> {
    let mut table = match file.remove(S::NAME) {
        Some(Value::Table(table)) => table,
        found => {
            if found.is_some() {
                faults.push(ConfigFault::new(S::NAME, format!("a section is expected: [{}]", S::NAME)));
            }
            Table::new()
        }
    };
    let is_section = faults.last().is_none_or(|fault| fault.key != S::NAME);
    // Where the section is none, its keys are not missing beside that.
    for key in stand_in::<S>(&mut table).into_iter().filter(|_| is_section) {
        faults.push(ConfigFault::new(format!("{}.{key}", S::NAME), "this key is required"));
    }
    // How many elements were taken out of each list, for the places of those that follow.
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    loop {
        let error = match serde_path_to_error::deserialize(Value::Table(table.clone())) {
            Ok(section) => return Some(section),
            Err(error) => error,
        };
        let path: Vec<Segment> = error.path().iter().cloned().collect();
        let shown = shown(&path, &taken);
        let fault = error.into_inner();
        if shown.is_empty() {
            faults.push(ConfigFault::new(S::NAME, fault.message()));
            return None;
        }
        faults.push(ConfigFault::new(format!("{}.{shown}", S::NAME), fault.message()));
        // Without the faulty element the rest can be read.
        if !take_out(&mut table, &path, &mut taken) {
            return None;
        }
        stand_in::<S>(&mut table);
    }
}

/// Fills in the required keys that are not there, and names them.
fn stand_in<S: Section>(table: &mut Table) -> Vec<&'static str> {
    let missing: Vec<&Required> = S::REQUIRED.iter().filter(|required| !table.contains_key(required.key)).collect();
    table.extend(missing.iter().map(|required| (required.key.to_owned(), (required.stands_in)())));
    missing.into_iter().map(|required| required.key).collect()
}

/// The path of an element as it stands in the file: elements that were taken out before count.
fn shown(path: &[Segment], taken: &BTreeMap<String, usize>) -> String {
    let mut shown = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                let before = taken.get(&shown).copied().unwrap_or(0);
                shown = format!("{shown}[{}]", index + before);
            }
            Segment::Map { key } if shown.is_empty() => shown.clone_from(key),
            Segment::Map { key } => shown = format!("{shown}.{key}"),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    shown
}

/// Takes out the element at the path, or the whole key where the path leads nowhere. `false` where there was nothing.
fn take_out(table: &mut Table, path: &[Segment], taken: &mut BTreeMap<String, usize>) -> bool {
    let Some((Segment::Map { key }, rest)) = path.split_first() else { return false };
    let is_out = table.get_mut(key).is_some_and(|value| take_out_of(value, rest, key.clone(), taken));
    is_out || table.remove(key).is_some()
}

/// Takes the element at the path out of the value at `at`. Returns `false` where that element is the value itself, or
/// nothing.
fn take_out_of(value: &mut Value, path: &[Segment], at: String, taken: &mut BTreeMap<String, usize>) -> bool {
    match (path, value) {
        ([Segment::Map { key }, rest @ ..], Value::Table(table)) => {
            let below = format!("{at}.{key}");
            let is_out = table.get_mut(key).is_some_and(|value| take_out_of(value, rest, below, taken));
            is_out || table.remove(key).is_some()
        }
        ([Segment::Seq { index }, rest @ ..], Value::Array(list)) if *index < list.len() => {
            let below = format!("{at}[{}]", index + taken.get(&at).copied().unwrap_or(0));
            if !take_out_of(&mut list[*index], rest, below, taken) {
                list.remove(*index);
                *taken.entry(at).or_default() += 1;
            }
            true
        }
        _ => false,
    }
}
