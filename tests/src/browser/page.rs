//! One page, as somebody has it before him.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use data_encoding::BASE64;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::complaint;
use super::look::Look;
use super::pipe::Pipe;

/// Domains of a page's own events.
const TELLS: [&str; 5] = ["Page.enable", "Network.enable", "Runtime.enable", "Log.enable", "Audits.enable"];

/// A page of the office in a browser.
pub struct Page {
    pipe: Arc<Mutex<Pipe>>,
    pub(super) rules: Arc<str>,
    session: String,
    /// `https://…`, without a slash at its end.
    base: String,
    pub(super) look: Look,
    /// Status and address of the page shown.
    status: u16,
    address: String,
    /// Whether the page that was waited for is there.
    loaded: bool,
    complaints: Vec<String>,
}

impl Page {
    pub(super) async fn new(pipe: Arc<Mutex<Pipe>>, rules: Arc<str>, office: SocketAddr) -> anyhow::Result<Self> {
        let session = {
            let mut pipe = pipe.lock().await;
            let context = pipe.call(None, "Target.createBrowserContext", json!({ "disposeOnDetach": true })).await?;
            let place = json!({ "url": "about:blank", "browserContextId": context["browserContextId"] });
            let target = pipe.call(None, "Target.createTarget", place).await?;
            let target = json!({ "targetId": target["targetId"], "flatten": true });
            let attached = pipe.call(None, "Target.attachToTarget", target).await?;
            attached["sessionId"].as_str().context("a page has a session")?.to_owned()
        };
        let (base, look) = (format!("https://{office}"), Look::Light);
        let (address, complaints) = (String::new(), Vec::new());
        let mut page = Self { pipe, rules, session, base, look, status: 0, address, loaded: false, complaints };
        for tell in TELLS {
            page.call(tell, json!({})).await?;
        }
        // Pages of one browser do not take the focus from one another.
        page.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
        page.allow_script(false).await?;
        page.look(look).await?;
        Ok(page)
    }

    /// Goes to a path of the office, and waits until everything is there.
    pub async fn open(&mut self, path: &str) -> anyhow::Result<()> {
        self.expect_another().await?;
        let went = self.call("Page.navigate", json!({ "url": format!("{}{path}", self.base) })).await?;
        if let Some(error) = went["errorText"].as_str() {
            bail!("{path} is not shown: {error}");
        }
        // A place in the same page.
        if went["loaderId"].is_null() {
            return self.without_complaint();
        }
        self.arrive().await.with_context(|| format!("{path} does not appear"))
    }

    /// The HTTP status of the answer that is shown.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Path and query of the page that is shown.
    pub async fn path(&mut self) -> anyhow::Result<String> {
        self.text_of("location.pathname + location.search").await
    }

    /// Its title.
    pub async fn title(&mut self) -> anyhow::Result<String> {
        self.text_of("document.title").await
    }

    /// Its language, as it says itself.
    pub async fn language(&mut self) -> anyhow::Result<String> {
        self.text_of("document.documentElement.lang").await
    }

    /// Returns its readable text.
    pub async fn text(&mut self) -> anyhow::Result<String> {
        self.text_of("document.body.innerText").await
    }

    /// The texts of all elements that a selector of CSS finds.
    pub async fn texts(&mut self, selector: &str) -> anyhow::Result<Vec<String>> {
        let all = format!("[...document.querySelectorAll({})].map(found => found.innerText)", json!(selector));
        Ok(serde_json::from_value(self.value_of(&all).await?)?)
    }

    /// An attribute of all elements that a selector of CSS finds.
    pub async fn attributes(&mut self, selector: &str, name: &str) -> anyhow::Result<Vec<String>> {
        let all = format!(
            "[...document.querySelectorAll({})].map(found => found.getAttribute({}) ?? '')",
            json!(selector),
            json!(name)
        );
        Ok(serde_json::from_value(self.value_of(&all).await?)?)
    }

    /// Looks at it in another way, from now on.
    pub async fn look(&mut self, look: Look) -> anyhow::Result<()> {
        self.look = look;
        self.call("Emulation.setDeviceMetricsOverride", look.screen()).await?;
        self.call("Emulation.setEmulatedMedia", look.media()).await?;
        Ok(())
    }

    /// The languages that the browser asks for, as `Accept-Language` has them, from now on.
    pub async fn ask_for(&mut self, languages: &str) -> anyhow::Result<()> {
        let headers = json!({ "headers": { "Accept-Language": languages } });
        self.call("Network.setExtraHTTPHeaders", headers).await.map(drop)
    }

    /// Gives it a cookie, as the office would.
    pub async fn set_cookie(&mut self, name: &str, value: &str) -> anyhow::Result<()> {
        let cookie = json!({ "name": name, "value": value, "url": self.base, "path": "/", "secure": true });
        let set = self.call("Network.setCookie", cookie).await?;
        ensure!(set["success"] == true, "the browser refuses the cookie {name}");
        Ok(())
    }

    /// Its cookies, as the browser keeps them (`name`, `value`, `httpOnly`, `secure`, `sameSite`, …).
    pub async fn cookies(&mut self) -> anyhow::Result<Vec<Value>> {
        let kept = self.call("Network.getCookies", json!({ "urls": [self.base] })).await?;
        Ok(kept["cookies"].as_array().cloned().unwrap_or_default())
    }

    /// Writes a picture of the whole page (PNG).
    pub async fn screenshot(&mut self, file: &Path) -> anyhow::Result<()> {
        let wanted = json!({ "format": "png", "captureBeyondViewport": true });
        let taken = self.call("Page.captureScreenshot", wanted).await?;
        let picture = taken["data"].as_str().context("a picture has data")?;
        Ok(fs::write(file, BASE64.decode(picture.as_bytes())?)?)
    }

    /// Returns the value of an expression in the page, as JSON. It is the developer's own hand: no policy of the page
    /// forbids it.
    pub async fn value_of(&mut self, expression: &str) -> anyhow::Result<Value> {
        let wanted = json!({ "expression": expression, "returnByValue": true });
        let told = self.call("Runtime.evaluate", wanted).await?;
        ensure!(told["exceptionDetails"].is_null(), "{expression}: {}", told["exceptionDetails"]);
        self.without_complaint()?;
        Ok(told["result"]["value"].clone())
    }

    async fn text_of(&mut self, expression: &str) -> anyhow::Result<String> {
        Ok(self.value_of(expression).await?.as_str().with_context(|| format!("{expression} is a text"))?.to_owned())
    }

    pub(super) async fn allow_script(&mut self, allowed: bool) -> anyhow::Result<()> {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !allowed })).await.map(drop)
    }

    pub(super) async fn call(&mut self, method: &str, params: Value) -> anyhow::Result<Value> {
        let pipe = Arc::clone(&self.pipe);
        let mut pipe = pipe.lock().await;
        let result = pipe.call(Some(&self.session), method, params).await;
        self.learn(&mut pipe);
        result
    }

    /// Makes the next load the awaited one.
    pub(super) async fn expect_another(&mut self) -> anyhow::Result<()> {
        // The answer comes behind everything that has happened.
        self.call("Page.getFrameTree", json!({})).await?;
        self.loaded = false;
        self.without_complaint()
    }

    /// Waits until the page that was expected is there.
    pub(super) async fn arrive(&mut self) -> anyhow::Result<()> {
        let pipe = Arc::clone(&self.pipe);
        while !self.loaded {
            let mut pipe = pipe.lock().await;
            pipe.wait().await?;
            self.learn(&mut pipe);
        }
        self.expect_another().await
    }

    fn learn(&mut self, pipe: &mut Pipe) {
        for event in pipe.happened(&self.session) {
            match event.method.as_str() {
                "Page.loadEventFired" => self.loaded = true,
                "Network.responseReceived" if event.params["type"] == "Document" => self.answered(&event.params),
                _ => self.complaints.extend(complaint::of_event(&event, &self.address)),
            }
        }
    }

    fn answered(&mut self, params: &Value) {
        let status = params["response"]["status"].as_u64().unwrap_or_default();
        self.status = u16::try_from(status).unwrap_or_default();
        params["response"]["url"].as_str().unwrap_or_default().clone_into(&mut self.address);
    }

    /// Returns an error where the page has caused a complaint.
    pub(super) fn without_complaint(&mut self) -> anyhow::Result<()> {
        let complaints = std::mem::take(&mut self.complaints);
        ensure!(complaints.is_empty(), "at {}:\n{}", self.address, complaints.join("\n"));
        Ok(())
    }
}
