//! The pipe to the browser: JSON with a zero byte behind each message, as `--remote-debugging-pipe` has it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::time::timeout;

/// A browser that has not answered in this time never does.
const ANSWER: Duration = Duration::from_mins(1);

/// Something that happened in a page.
#[derive(Debug)]
pub(super) struct Event {
    /// As `Page.loadEventFired`.
    pub(super) method: String,
    /// Its content.
    pub(super) params: Value,
}

/// Both directions.
pub(super) struct Pipe {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    /// The part read of a message with an end that has not arrived.
    partial: Vec<u8>,
    calls: u64,
    /// Events that nobody has looked at, by page.
    events: HashMap<String, VecDeque<Event>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: Option<u64>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<Value>,
    session_id: Option<String>,
}

impl Pipe {
    pub(super) fn new(to: ChildStdin, from: ChildStdout) -> Self {
        Self { to, from: BufReader::new(from), partial: Vec::new(), calls: 0, events: HashMap::new() }
    }

    /// Calls a method of the browser, or of a page; gives its result.
    pub(super) async fn call(&mut self, page: Option<&str>, method: &str, params: Value) -> anyhow::Result<Value> {
        self.calls += 1;
        let id = self.calls;
        let mut call = json!({ "id": id, "method": method, "params": params });
        if let Some(page) = page {
            call["sessionId"] = page.into();
        }
        let mut bytes = serde_json::to_vec(&call)?;
        bytes.push(0);
        timeout(ANSWER, self.to.write_all(&bytes)).await.context("the browser reads nothing")??;
        loop {
            let message = self.read().await.with_context(|| format!("{method} is not answered"))?;
            if message.id == Some(id) {
                ensure!(message.error.is_none(), "{method}: {}", message.error.unwrap_or_default());
                return Ok(message.result);
            }
        }
    }

    /// Returns the events of a page up to now.
    pub(super) fn happened(&mut self, page: &str) -> VecDeque<Event> {
        self.events.remove(page).unwrap_or_default()
    }

    /// Waits until something happens.
    pub(super) async fn wait(&mut self) -> anyhow::Result<()> {
        self.read().await.map(drop)
    }

    async fn read(&mut self) -> anyhow::Result<Message> {
        let read = self.from.read_until(0, &mut self.partial);
        timeout(ANSWER, read).await.context("the browser says nothing")??;
        if self.partial.pop() != Some(0) {
            bail!("the browser has ended");
        }
        let bytes = std::mem::take(&mut self.partial);
        let mut message: Message = serde_json::from_slice(&bytes)?;
        if let (Some(method), Some(page)) = (message.method.take(), &message.session_id) {
            let event = Event { method, params: message.params.take() };
            self.events.entry(page.clone()).or_default().push_back(event);
        }
        Ok(message)
    }
}
