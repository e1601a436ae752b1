//! Names by number, so that cells need not hold them.

use std::collections::HashMap;

/// No name.
pub(crate) const NOBODY: u32 = u32::MAX;

/// Names by number: a hotline's or a hoster's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    /// The number of a name.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(NOBODY);
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// All of them, in the order of their numbers.
    pub(super) fn all(&self) -> &[String] {
        &self.names
    }

    /// How many there are: numbers begin with 0.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of a name that is known.
    pub(crate) fn known(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The name of a number.
    pub(crate) fn name(&self, number: u32) -> Option<&str> {
        self.names.get(number as usize).map(String::as_str)
    }
}
