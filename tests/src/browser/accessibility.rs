//! The rules of WCAG 2.2 AA that a program can check: those of `axe-core`, and that nothing is wider than the screen.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde_json::json;

use super::page::Page;

/// Levels A and AA of WCAG 2.0, 2.1 and 2.2.
const RUN: &str = "axe.run(document, {
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
}).then(found => ({
    passed: found.passes.length,
    violations: found.violations.map(({ id, help, nodes }) => ({
        rule: id, help,
        elements: nodes.map(({ target, failureSummary }) => ({ target: target.join(' '), why: failureSummary })),
    })),
}))";

/// Rules that apply to every page that is one; fewer have not looked at it.
const FEWEST: u32 = 10;

#[derive(Deserialize)]
struct Found {
    passed: u32,
    violations: Vec<Violation>,
}

#[derive(Deserialize)]
struct Violation {
    rule: String,
    help: String,
    elements: Vec<Element>,
}

#[derive(Deserialize)]
struct Element {
    target: String,
    why: String,
}

impl Page {
    /// An error that names every element that breaks a rule, where one does.
    pub async fn is_accessible(&mut self) -> anyhow::Result<()> {
        let found = self.rules_broken().await?;
        ensure!(found.passed >= FEWEST, "only {} rules were held against the page", found.passed);
        let mut faults = sentences(&found.violations);
        let width =
            self.value_of("document.documentElement.scrollWidth").await?.as_u64().context("a page has a width")?;
        if width > self.look.width().into() {
            writeln!(faults, "reflow: the page is {width} pixels wide, the screen is {}", self.look.width())?;
        }
        if !faults.is_empty() {
            bail!("{} ({}) breaks rules of accessibility:\n{faults}", self.path().await?, self.look.name());
        }
        Ok(())
    }

    async fn rules_broken(&mut self) -> anyhow::Result<Found> {
        // The rules wait by timers, and a page without script has none. The page's policy forbids scripts of the page
        // itself.
        self.allow_script(true).await?;
        let frames = self.call("Page.getFrameTree", json!({})).await?;
        let frame = &frames["frameTree"]["frame"]["id"];
        let world = json!({ "frameId": frame, "worldName": "accessibility" });
        let world = self.call("Page.createIsolatedWorld", world).await?["executionContextId"].take();
        let rules = Arc::clone(&self.rules);
        let given = json!({ "expression": &*rules, "contextId": world });
        let given = self.call("Runtime.evaluate", given).await?;
        ensure!(given["exceptionDetails"].is_null(), "the rules cannot be read: {}", given["exceptionDetails"]);
        let run = json!({ "expression": RUN, "contextId": world, "awaitPromise": true, "returnByValue": true });
        let mut ran = self.call("Runtime.evaluate", run).await?;
        ensure!(ran["exceptionDetails"].is_null(), "the rules cannot be run: {}", ran["exceptionDetails"]);
        self.allow_script(false).await?;
        self.without_complaint()?;
        Ok(serde_json::from_value(ran["result"]["value"].take())?)
    }
}

/// Returns a line for each element: the rule, the element, the demand.
fn sentences(violations: &[Violation]) -> String {
    let mut text = String::new();
    for violation in violations {
        for element in &violation.elements {
            let why = element.why.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "{}: {}: {} ({why})", violation.rule, element.target, violation.help);
        }
    }
    text
}
