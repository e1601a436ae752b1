//! Following every way from the first page on.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use hotline_tests::browser::html::{Form, addresses, forms};
use hotline_tests::browser::kind::kind;
use hotline_tests::browser::office::{Office, Page};

/// More pages than the office has: a way that never ends is a fault.
const MOST: usize = 2_000;
/// Of links to pages of one kind, so many are followed.
const OF_EACH: usize = 12;

/// Paths that nothing is posted to: without a session, nothing is shown.
pub(super) const ENDS_THE_SESSION: [&str; 2] = ["/sign-out", "/account/sign-out-everywhere"];

/// Everything that was found.
#[derive(Default)]
pub(super) struct Crawl {
    /// Every address with its answer.
    pub(super) pages: BTreeMap<String, Page>,
    /// Forms that are posted: where to, and their fields.
    pub(super) posts: BTreeSet<(String, Vec<(String, String)>)>,
    /// Names of parameters and fields.
    pub(super) names: BTreeSet<String>,
}

/// Asks for the first page, and for all that it leads to, without sending anything.
pub(super) async fn crawl(office: &Office) -> anyhow::Result<Crawl> {
    let mut crawl = Crawl::default();
    let mut waiting = vec!["/".to_owned()];
    let mut of_each: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(address) = waiting.pop() {
        let path = address.split('?').next().unwrap_or_default();
        let seen = of_each.entry(kind(path).unwrap_or(path).to_owned()).or_default();
        if crawl.pages.contains_key(&address) || *seen >= OF_EACH {
            continue;
        }
        *seen += 1;
        ensure!(crawl.pages.len() < MOST, "the office has more than {MOST} pages");
        let page = office.get(&address).await?;
        let text = if page.header("content-type").starts_with("text/html") { page.text.as_str() } else { "" };
        let mut found = addresses(text);
        found.push(page.header("location").to_owned());
        for form in forms(text) {
            found.extend(crawl.take(&address, form));
        }
        waiting.extend(found.iter().filter_map(|found| local(&address, found)));
        crawl
            .names
            .extend(address.split(['?', '&']).skip(1).filter_map(|pair| Some(pair.split_once('=')?.0.to_owned())));
        crawl.pages.insert(address, page);
    }
    Ok(crawl)
}

impl Crawl {
    /// Keeps a form; one that is not posted is a link.
    fn take(&mut self, page: &str, form: Form) -> Option<String> {
        let action = form.action.unwrap_or_else(|| page.to_owned());
        self.names.extend(form.fields.iter().map(|(name, _)| name.clone()));
        if form.is_posted {
            if !ENDS_THE_SESSION.contains(&action.as_str()) {
                self.posts.insert((action, form.fields));
            }
            return None;
        }
        let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form.fields).finish();
        Some(format!("{}?{query}", action.split('?').next().unwrap_or_default()))
    }
}

/// A link as an address of the office; `None` where it leads out of it, or to a place of the same page.
fn local(page: &str, link: &str) -> Option<String> {
    let base = url::Url::parse("https://office.invalid").ok()?.join(page).ok()?;
    let there = base.join(link).ok()?;
    let is_ours = there.host_str() == Some("office.invalid") && !link.is_empty();
    is_ours.then(|| there[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
}
