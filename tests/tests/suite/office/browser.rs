//! The browser of the harness sees faults: a test of a page that cannot fail would show nothing.

use anyhow::{Context as _, ensure};
use hotline_tests::browser::{Browser, BrowserProgram, Page};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::sentences;
use libtest_mimic::Trial;

/// No page of this kind is made anywhere.
const NOWHERE: &str = "/no-such-page";

pub(crate) fn trials() -> Vec<Trial> {
    sentences!(
        "browser",
        &Store::Sqlite,
        [
            it_sees_every_fault_that_is_made_in_a_page,
            it_sees_what_a_telephone_does_not_show,
            it_trusts_no_other_certificate,
        ]
    )
}

/// Makes a fault in the page before us, and returns the complaint about it.
async fn fault(page: &mut Page, made: &str) -> anyhow::Result<String> {
    page.open(NOWHERE).await?;
    page.is_accessible().await?;
    let said = match page.value_of(made).await {
        Ok(_) => page.is_accessible().await.err(),
        Err(error) => Some(error),
    };
    Ok(format!("{:#}", said.with_context(|| format!("nobody sees: {made}"))?))
}

async fn it_sees_every_fault_that_is_made_in_a_page(_: Store) -> anyhow::Result<()> {
    let Some(program) = BrowserProgram::find()? else { return Ok(()) };
    let federation = Federation::started(&Store::Sqlite, &THREE[..1]).await?;
    let browser = program.start(&[&federation[0].office_key()]).await?;
    let mut page = browser.page(federation[0].office_address()).await?;
    for (made, seen) in [
        ("document.documentElement.removeAttribute('lang'); 0", "html-has-lang: html"),
        ("document.querySelector('h1').style.color = 'silver'; 0", "color-contrast: h1"),
        (
            "document.querySelector('main').append(Object.assign(document.createElement('input'), { id: 'x' })); 0",
            "label: #x",
        ),
        ("document.querySelector('h1').style.width = '3000px'; 0", "reflow: "),
        ("document.querySelector('h1').setAttribute('style', 'color: red'); 0", "style-src 'self'"),
        (
            "document.head.append(document.createElement('style')); document.querySelector('style').append('a{}')",
            "style",
        ),
        ("document.querySelector('h1').append(new Image()); document.querySelector('img').src = '/x.png'", "/x.png"),
        ("console.log('a word')", "a word"),
    ] {
        let said = fault(&mut page, made).await?;
        ensure!(said.contains(seen), "{seen} is expected of {made}, it is: {said}");
    }
    Ok(())
}

async fn it_sees_what_a_telephone_does_not_show(_: Store) -> anyhow::Result<()> {
    /// A table as pages have them.
    const TABLE: &str = "document.querySelector('main').insertAdjacentHTML('beforeend', '<div class=\"scroll\"><table>\
        <thead><tr><th>Report</th><th>Holder</th></tr></thead>\
        <tbody><tr><th>FR-1</th><td data-label=\"Holder\">nl-birch</td></tr></tbody></table></div>'); 0";
    let Some(program) = BrowserProgram::find()? else { return Ok(()) };
    let federation = Federation::started(&Store::Sqlite, &THREE[..1]).await?;
    let browser = program.start(&[&federation[0].office_key()]).await?;
    let mut page = browser.page(federation[0].office_address()).await?;
    let on_a_telephone = |rule: &str| {
        format!(
            "document.styleSheets[0].insertRule('@media (max-width: 40rem) {{ {rule} }}', document.styleSheets[0].cssRules.length); 0"
        )
    };
    for (made, seen) in [
        (on_a_telephone("td { display: none !important }"), Some("cell named: nl-birch")),
        (on_a_telephone("td { visibility: hidden !important }"), Some("cell named: nl-birch")),
        (on_a_telephone("tbody th { clip-path: inset(50%) }"), Some("cell: FR-1")),
        (on_a_telephone("td { position: absolute; left: 500px }"), Some("cell named: nl-birch")),
        (on_a_telephone("td { width: 2px !important; overflow: hidden; white-space: nowrap }"), Some("nl-birch")),
        (on_a_telephone(".scroll td[data-label]::before { content: none !important }"), Some("cell named: nl-birch")),
        ("document.querySelector('td').removeAttribute('data-label'); 0".to_owned(), Some("cell named: nl-birch")),
        (on_a_telephone("h1 { opacity: 0 }"), Some("h1 ")),
        ("0".to_owned(), None),
    ] {
        page.open(NOWHERE).await?;
        page.value_of(TABLE).await?;
        page.value_of(&made).await?;
        let said = page.nothing_vanishes().await.err().map(|error| format!("{error:#}"));
        let is_seen = match seen {
            Some(seen) => said.as_ref().is_some_and(|said| said.contains(seen)),
            None => said.is_none(),
        };
        ensure!(is_seen, "{seen:?} is expected of {made}, it is: {said:?}");
    }
    Ok(())
}

async fn it_trusts_no_other_certificate(_: Store) -> anyhow::Result<()> {
    let Some(program) = BrowserProgram::find()? else { return Ok(()) };
    let federation = Federation::started(&Store::Sqlite, &THREE[..2]).await?;
    let browser: Browser = program.start(&[&federation[0].office_key()]).await?;
    browser.page(federation[0].office_address()).await?.open(NOWHERE).await?;
    let other = browser.page(federation[1].office_address()).await?.open(NOWHERE).await;
    let said = format!("{:#}", other.err().context("another node's certificate is trusted")?);
    ensure!(said.contains("ERR_CERT_AUTHORITY_INVALID"), "{said}");
    Ok(())
}
