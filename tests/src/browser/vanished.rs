//! Whether a telephone shows everything that a desk shows.

use std::collections::BTreeMap;

use anyhow::ensure;

use super::look::Look;
use super::page::Page;

/// Everything readable and usable, in page order: headings, paragraphs, list items, facts, table cells (each with the
/// name of its column), links, buttons and fields. Leaves out everything invisible: text for ears alone, say.
const READ: &str = "(() => {
    const style = (it, of) => getComputedStyle(it, of);
    const clipped = it => style(it).clipPath !== 'none' || (it.parentElement !== null && clipped(it.parentElement));
    const cut = it => style(it).overflowX === 'hidden' && it.scrollWidth > it.clientWidth + 1;
    const shown = it => {
        const box = it.getBoundingClientRect();
        return it.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !clipped(it) && !cut(it)
            && box.width > 1 && box.height > 1 && box.left >= -1 && box.right <= innerWidth + 1;
    };
    const words = it => (it.innerText || it.value || '').replace(/\\s+/g, ' ').trim();
    const column = it => {
        const heads = [...(it.closest('table').tHead?.rows ?? [])].flatMap(row => [...row.cells]).filter(shown);
        if (heads.length > 0) return 'named';
        return it.dataset.label && style(it, '::before').content !== 'none' ? 'named' : 'without a name';
    };
    const kinds = 'h1, h2, main p, main li, main dt, main dd, main a, nav a, main button, main input, main select, summary';
    const texts = [...document.querySelectorAll(kinds)].filter(shown).map(it => `${it.localName} ${words(it)}`);
    const rows = [...document.querySelectorAll('tbody th, tbody td')].filter(it => words(it) !== '' && shown(it));
    const cells = rows.map(it => it.localName === 'td' && it.closest('table').tHead !== null
        ? `cell ${column(it)}: ${words(it)}` : `cell: ${words(it)}`);
    return [...texts, ...cells];
})()";

impl Page {
    /// An error that names the elements shown on a desk and not on a telephone.
    pub async fn nothing_vanishes(&mut self) -> anyhow::Result<()> {
        let before = self.look;
        self.look(Look::Light).await?;
        let desk = self.read().await?;
        self.look(Look::Phone).await?;
        let telephone = self.read().await?;
        self.look(before).await?;
        let is_less = |(text, count): &(&String, &usize)| telephone.get(*text).is_none_or(|found| found < count);
        let vanished: Vec<&String> = desk.iter().filter(is_less).map(|(text, _)| text).collect();
        let path = self.path().await?;
        ensure!(vanished.is_empty(), "{path}: a telephone does not show {vanished:#?}");
        Ok(())
    }

    /// Returns the readable texts, each with the number of its occurrences.
    async fn read(&mut self) -> anyhow::Result<BTreeMap<String, usize>> {
        let texts: Vec<String> = serde_json::from_value(self.value_of(READ).await?)?;
        ensure!(!texts.is_empty(), "nothing can be read");
        let mut counts = BTreeMap::new();
        for text in texts {
            *counts.entry(text).or_default() += 1;
        }
        Ok(counts)
    }
}
