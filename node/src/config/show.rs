//! The configuration as an operator may see it.

use serde::Serialize;
use toml::Table;

use super::Config;
use super::section::Section;

impl Config {
    /// Every key with the value in force, as the file would have it; a secret is shown as `hidden`.
    ///
    /// # Panics
    /// Where [`Config::parse`] was given a folder with a name that is not UTF-8; [`Config::load`] refuses one.
    #[must_use]
    pub fn show(&self) -> Table {
        let mut shown = Table::new();
        insert(&mut shown, &self.node);
        insert(&mut shown, &self.database);
        insert(&mut shown, &self.exchange);
        insert(&mut shown, &self.authority);
        insert(&mut shown, &self.office);
        insert(&mut shown, &self.public);
        insert(&mut shown, &self.operations);
        insert(&mut shown, &self.geolocation);
        insert(&mut shown, &self.routing);
        insert(&mut shown, &self.alerts);
        insert(&mut shown, &self.log);
        insert(&mut shown, &self.keys);
        shown
    }
}

fn insert<S: Section + Serialize>(shown: &mut Table, section: &S) {
    let table = Table::try_from(section).expect("a section is a table of texts, numbers and lists");
    shown.insert(S::NAME.to_owned(), table.into());
}
