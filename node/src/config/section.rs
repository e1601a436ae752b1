//! Reading one section so that every one of its faults is found, not only the first.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use toml::{Table, Value};

use super::fault::ConfigFault;

/// A section of the file: a struct that refuses unknown keys and has a default for every key but the required.
pub(super) trait Section: DeserializeOwned {
    /// Its name between the brackets.
    const NAME: &'static str;
    /// The keys without a default.
    const REQUIRED: &'static [&'static str] = &[];
}

/// Takes the section out of `file`; adds its faults to `faults` and gives `None` if it has any.
pub(super) fn take<S: Section>(file: &mut Table, faults: &mut Vec<ConfigFault>) -> Option<S> {
    let mut table = match file.remove(S::NAME) {
        None => Table::new(),
        Some(Value::Table(table)) => table,
        Some(_) => {
            faults.push(ConfigFault::new(S::NAME, format!("a section is expected: [{}]", S::NAME)));
            return None;
        }
    };
    let before = faults.len();
    for key in S::REQUIRED.iter().filter(|key| !table.contains_key(**key)) {
        faults.push(ConfigFault::new(format!("{}.{key}", S::NAME), "this key is required"));
    }
    loop {
        match serde_path_to_error::deserialize(Value::Table(table.clone())) {
            Ok(section) => return (faults.len() == before).then_some(section),
            Err(error) => {
                let path = error.path().to_string();
                let key = match error.path().iter().next() {
                    Some(Segment::Map { key }) => key.clone(),
                    _ => String::new(),
                };
                // Without the faulty key the rest can be read; where the fault is no key's, the rest is a
                // required key that is missing, which has been said already.
                if table.remove(&key).is_none() {
                    if faults.len() == before {
                        faults.push(ConfigFault::new(S::NAME, error.into_inner().message()));
                    }
                    return None;
                }
                faults.push(ConfigFault::new(format!("{}.{path}", S::NAME), error.into_inner().message()));
            }
        }
    }
}
