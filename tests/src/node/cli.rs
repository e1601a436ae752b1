//! An operator's tools: the commands of one node, each in a process of its own.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::become_node::{BECOME_NODE, program};
use crate::peer::independent_verifier::Author;

/// The suite's federation: practice never meets production.
pub const NETWORK: &str = "practice";

/// No command of a test takes so long.
const LONGEST: Duration = Duration::from_mins(2);

/// The commands of one node, whether it serves or not. Clones are other terminals.
#[derive(Debug, Clone)]
pub struct Cli {
    /// The node's id.
    pub id: &'static str,
    /// Its configuration.
    pub config_file: PathBuf,
    /// The command that runs its commands, with its first arguments; empty where they run as they are.
    pub within: Vec<String>,
}

impl Cli {
    /// Runs a command without `--json`.
    pub async fn call(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        run(self.command().args(arguments), None).await
    }

    /// Runs a command with `--json`, and `input` on its standard input.
    pub async fn output(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<Output> {
        run(self.command().arg("--json").args(arguments), input).await
    }

    /// Returns the output of a command that must succeed.
    pub async fn json(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        self.json_of(arguments, None).await
    }

    /// Returns the output of a command that must succeed, with `input` on its standard input.
    pub async fn json_of(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<Value> {
        let output = self.output(arguments, input).await?;
        done(&output).with_context(|| format!("{}: {}", self.id, arguments.join(" ")))?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Submits a URL with a finding that is exchanged; gives the report's id.
    pub async fn submit(&self, url: &str) -> anyhow::Result<String> {
        let taken = self.json_of(&["report", "submit", "-", "--assessment", "baseline"], Some(url)).await?;
        Ok(taken["id"].as_str().context("report submit shows the id")?.to_owned())
    }

    /// Imports rows of reference and URL, each with a finding that is exchanged; returns the command's output.
    pub async fn import(&self, rows: &[(String, String)]) -> anyhow::Result<Value> {
        let mut text = "reference,received_at,url,assessment,assessed_at\n".to_owned();
        for (reference, url) in rows {
            writeln!(text, "{reference},2026-01-02T03:04:05Z,{url},baseline,2026-01-02T04:04:05Z")?;
        }
        // Beside the node's folder: it holds URLs.
        let file = self.config_file.parent().context("it stands in a folder")?.with_extension("csv");
        fs::write(&file, text)?;
        self.json(&["report", "import", &file.to_string_lossy()]).await
    }

    /// A log as it exports it, without bodies.
    pub async fn export(&self, log: &str) -> anyhow::Result<String> {
        let output = self.call(&["log", "export", "--log", log]).await?;
        done(&output)?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Returns the data that a verifier of `log` needs, as the node shows it.
    pub async fn author(&self, log: &str) -> anyhow::Result<Author> {
        let own = self.id == log;
        let card =
            if own { self.json(&["identity", "card"]).await? } else { self.json(&["peer", "show", log]).await? };
        Author::of_card(NETWORK, &card)
    }

    /// Returns the node's view of a report.
    pub async fn show(&self, id: &str) -> anyhow::Result<Value> {
        self.json(&["report", "show", id]).await
    }

    /// Returns the node's view of a report; `None` while the report is not here.
    pub async fn find(&self, id: &str) -> anyhow::Result<Option<Value>> {
        let output = self.output(&["report", "show", id], None).await?;
        Ok(if output.status.success() { Some(serde_json::from_slice(&output.stdout)?) } else { None })
    }

    /// The program with this node's configuration.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = program_as_node();
        command.arg("--config").arg(&self.config_file);
        match self.within.split_first() {
            Some((program, arguments)) => {
                let mut outer = Command::new(program);
                outer.args(arguments);
                run_by(outer, &command)
            }
            None => command,
        }
    }
}

/// This program again, as a node, without the developer's environment variables about nodes.
#[must_use]
pub fn program_as_node() -> Command {
    let mut command = Command::new(program());
    command.env(BECOME_NODE, "1").env("SUDO_USER", "ada");
    for name in ["HOTLINE_CONFIG", "HOTLINE_DATABASE_URL"] {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end, with `input` on its standard input. One that does not end is an error: a `serve` that
/// should have been refused, say.
pub async fn run(command: &mut Command, input: Option<&str>) -> anyhow::Result<Output> {
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    let piped = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = piped.spawn()?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        match stdin.write_all(input.as_bytes()).await {
            // It has refused before it read everything.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written?,
        }
    }
    let ended = tokio::time::timeout(LONGEST, child.wait_with_output()).await;
    Ok(ended.context("a command does not end")??)
}

/// `inner` with its arguments and its environment, run by `outer`.
#[must_use]
pub fn run_by(mut outer: Command, inner: &Command) -> Command {
    outer.arg(inner.as_std().get_program()).args(inner.as_std().get_args());
    with_environment(outer, inner)
}

/// `outer` in the environment of `inner`.
#[must_use]
pub fn with_environment(mut outer: Command, inner: &Command) -> Command {
    let inner = inner.as_std();
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    outer
}

/// A command that must succeed has succeeded.
pub fn done(output: &Output) -> anyhow::Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {said}", output.status);
    Ok(())
}
