//! An entry's demands on its reader: pure.

use super::{Content, EntryType};

impl Content {
    /// Whether this version understands all that the entry calls critical (`crit`). Version 1 defines no such name.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        self.crit.is_empty()
    }

    /// Whether the entry belongs to the report that it names. One of an unknown type does where it calls something
    /// critical: the report stands still for it. Without that it is passed over.
    #[must_use]
    pub fn concerns_report(&self) -> bool {
        let must_be_known = matches!(self.entry_type, EntryType::Unknown(_)) && !self.is_understood();
        self.entry_type.concerns_report() || must_be_known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_type_belongs_to_a_report_only_where_it_must_be_understood() {
        for (code, crit, concerns) in [
            ("report.status/1", false, true),
            ("report.status/1", true, true),
            ("report.note/1", false, false),
            ("report.note/1", true, true),
            ("key.announce/1", true, false),
        ] {
            let mut content = Content::new(EntryType::of_code(code), 0);
            content.crit = crit.then(|| "later".into()).into_iter().collect();
            assert_eq!((content.concerns_report(), content.is_understood()), (concerns, !crit), "{code} {crit}");
        }
    }
}
