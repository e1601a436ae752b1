//! Somebody's actions in a page: elements are found by the names that a screen reader would read out.

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use super::page::Page;

/// Roles of elements that can be pressed.
const PRESSED: [&str; 7] = ["button", "link", "checkbox", "radio", "tab", "menuitem", "DisclosureTriangle"];
/// Roles of elements that can be written into, or chosen from.
const FILLED: [&str; 9] =
    ["textbox", "searchbox", "spinbutton", "combobox", "listbox", "Date", "DateTime", "InputTime", "ComboBoxSelect"];

/// Writes, as if somebody had emptied the field and typed.
const EMPTY: &str = "function () { this.focus(); this.value = ''; return this.type; }";
/// A field that has its own way of typing.
const SET: &str = "function (text) { this.value = text; return this.value === text; }";
/// Chooses an option by its visible text.
const CHOOSE: &str = "function (text) {
    const option = [...this.options].find(option => option.label.trim() === text);
    if (option) option.selected = true;
    return Boolean(option);
}";

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// On to the next.
    Tab,
    /// Back to the one before: shift and tab.
    BackTab,
    /// Follows a link, presses a button, sends a form.
    Enter,
    /// Presses a button, opens a disclosure.
    Space,
    /// Leaves.
    Escape,
}

impl Key {
    /// Returns its name, its code, and the text that it types.
    const fn told(self) -> (&'static str, u32, &'static str) {
        match self {
            Self::Tab | Self::BackTab => ("Tab", 9, ""),
            Self::Enter => ("Enter", 13, "\r"),
            Self::Space => (" ", 32, " "),
            Self::Escape => ("Escape", 27, ""),
        }
    }
}

/// A screen reader's words for an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its role, such as `link`.
    pub role: String,
    /// Its name.
    pub name: String,
}

impl Page {
    /// Presses the element of this name, with the mouse, and stays on the page.
    pub async fn click(&mut self, name: &str) -> anyhow::Result<()> {
        let node = self.find(name, &PRESSED).await?;
        self.call("DOM.scrollIntoViewIfNeeded", json!({ "backendNodeId": node })).await?;
        let quads = self.call("DOM.getContentQuads", json!({ "backendNodeId": node })).await?;
        let corners: Vec<f64> = serde_json::from_value(quads["quads"][0].clone()).context("it has a place")?;
        let [x1, y1, _, _, x2, y2, ..] = corners[..] else { bail!("{name} has no place") };
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": f64::midpoint(x1, x2), "y": f64::midpoint(y1, y2), "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event).await?;
        }
        self.without_complaint()
    }

    /// Presses the element of this name, with the mouse, and waits for the next page.
    pub async fn follow(&mut self, name: &str) -> anyhow::Result<()> {
        self.expect_another().await?;
        self.click(name).await?;
        self.arrive().await.with_context(|| format!("{name} leads nowhere"))
    }

    /// Writes into the field with this label, in place of its present text.
    pub async fn fill(&mut self, label: &str, text: &str) -> anyhow::Result<()> {
        let field = self.find(label, &FILLED).await?;
        let kind = self.do_with(field, EMPTY, &[]).await?;
        if ["date", "month", "time"].iter().any(|own| kind == *own) {
            ensure!(self.do_with(field, SET, &[text]).await? == true, "{label} does not take {text}");
        } else {
            self.call("Input.insertText", json!({ "text": text })).await?;
        }
        self.without_complaint()
    }

    /// Chooses the option with this text in the field with this label.
    pub async fn choose(&mut self, label: &str, option: &str) -> anyhow::Result<()> {
        let field = self.find(label, &FILLED).await?;
        ensure!(self.do_with(field, CHOOSE, &[option]).await? == true, "{label} has no {option}");
        Ok(())
    }

    /// Presses a key, and stays on the page.
    pub async fn press(&mut self, key: Key) -> anyhow::Result<()> {
        let (name, code, text) = key.told();
        let shift = if key == Key::BackTab { 8 } else { 0 };
        for kind in [if text.is_empty() { "rawKeyDown" } else { "keyDown" }, "keyUp"] {
            let mut event = json!({ "type": kind, "key": name, "windowsVirtualKeyCode": code, "modifiers": shift });
            if kind == "keyDown" {
                event["text"] = text.into();
            }
            self.call("Input.dispatchKeyEvent", event).await?;
        }
        self.without_complaint()
    }

    /// Presses a key, and waits for the page that it leads to.
    pub async fn follow_key(&mut self, key: Key) -> anyhow::Result<()> {
        self.expect_another().await?;
        self.press(key).await?;
        self.arrive().await.with_context(|| format!("{key:?} leads nowhere"))
    }

    /// Where the keyboard is.
    pub async fn focused(&mut self) -> anyhow::Result<Named> {
        let element = self.call("Runtime.evaluate", json!({ "expression": "document.activeElement" })).await?;
        let asked = json!({ "objectId": element["result"]["objectId"], "fetchRelatives": false });
        let tree = self.call("Accessibility.getPartialAXTree", asked).await?;
        let text = |key: &str| tree["nodes"][0][key]["value"].as_str().unwrap_or_default().to_owned();
        Ok(Named { role: text("role"), name: text("name") })
    }

    /// The one element with this name that is of one of these kinds.
    async fn find(&mut self, name: &str, roles: &[&str]) -> anyhow::Result<u64> {
        let document = self.call("DOM.getDocument", json!({ "depth": 0 })).await?;
        let asked = json!({ "nodeId": document["root"]["nodeId"], "accessibleName": name });
        let found = self.call("Accessibility.queryAXTree", asked).await?;
        let found = found["nodes"].as_array().cloned().unwrap_or_default();
        let is_one = |node: &&Value| node["role"]["value"].as_str().is_some_and(|role| roles.contains(&role));
        let nodes: Vec<&Value> = found.iter().filter(is_one).collect();
        match nodes[..] {
            [node] => node["backendDOMNodeId"].as_u64().context("an element has a number"),
            [] => {
                let others: Vec<&Value> = found.iter().map(|node| &node["role"]["value"]).collect();
                bail!("nothing on the page is called {name:?} and one of {roles:?}; so called are {others:?}")
            }
            _ => bail!("{} things on the page are called {name:?}", nodes.len()),
        }
    }

    /// Calls a function on an element.
    async fn do_with(&mut self, node: u64, function: &str, arguments: &[&str]) -> anyhow::Result<Value> {
        let element = self.call("DOM.resolveNode", json!({ "backendNodeId": node })).await?;
        let arguments: Vec<Value> = arguments.iter().map(|value| json!({ "value": value })).collect();
        let call = json!({
            "objectId": element["object"]["objectId"], "functionDeclaration": function,
            "arguments": arguments, "returnByValue": true,
        });
        let done = self.call("Runtime.callFunctionOn", call).await?;
        ensure!(done["exceptionDetails"].is_null(), "{}", done["exceptionDetails"]);
        Ok(done["result"]["value"].clone())
    }
}
