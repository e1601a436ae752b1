//! The pages that somebody has: those of the menu, and one of each kind linked from them.

use std::collections::BTreeSet;

use super::kind::kind;
use super::page::Page;

impl Page {
    /// The paths of the menu.
    pub async fn menu(&mut self) -> anyhow::Result<Vec<String>> {
        self.attributes("nav a", "href").await
    }

    /// Returns the paths of the menu, and of one page of each other kind linked from there on, in order of discovery.
    pub async fn tour(&mut self) -> anyhow::Result<Vec<String>> {
        let mut paths = self.menu().await?;
        let mut kinds: BTreeSet<&str> = paths.iter().filter_map(|path| kind(path)).collect();
        let mut place = 0;
        while let Some(path) = paths.get(place).cloned() {
            place += 1;
            self.open(&path).await?;
            for link in self.attributes("a:not([download])", "href").await? {
                let is_new = kind(&link).is_some_and(|kind| kinds.insert(kind));
                if is_new {
                    paths.push(link);
                }
            }
        }
        Ok(paths)
    }
}
