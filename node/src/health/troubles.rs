//! Findings of the loops of a node that serves, until they find otherwise.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::check::{Check, CheckName};

/// Troubles by check; each loop has a check of its own.
#[derive(Debug, Default)]
pub struct Troubles(Mutex<BTreeMap<CheckName, Check>>);

impl Troubles {
    /// Notes how a check stands: a fault, or that there is none any more. Gives whether that is new.
    pub fn set(&self, name: CheckName, found: Option<Check>) -> bool {
        let mut troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &found {
            Some(check) => troubles.insert(name, check.clone()),
            None => troubles.remove(&name),
        };
        before.map(|check| check.text) != found.map(|check| check.text)
    }

    /// All of them.
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_new_once_and_once_when_it_is_over() {
        let troubles = Troubles::default();
        let full = || Some(Check::stop(CheckName::Database, "full", "make room"));
        let changes = [full(), full(), None, None, full()].map(|found| troubles.set(CheckName::Database, found));
        assert_eq!(changes, [true, false, true, false, true]);
        assert_eq!(troubles.checks().len(), 1);
    }
}
