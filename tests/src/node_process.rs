//! A node in a process of its own: made by `init`, run by `serve`, asked by the commands an operator has.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use crate::become_node::{BECOME_NODE, program};
use crate::database::Store;
use crate::independent_verifier::Author;
use crate::ports::free_address;
use crate::wait::until;

/// A node that does not become ready in this time never does.
const READY: Duration = Duration::from_secs(30);
/// A stop is over within ten seconds; the rest is for a busy machine.
const STOP: Duration = Duration::from_secs(15);
/// The suite's federation: practice never meets production.
pub const NETWORK: &str = "practice";

/// Who a node is.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    /// Its id.
    pub id: &'static str,
    /// Its countries, comma-separated, the seat first.
    pub countries: &'static str,
}

/// A node's folder, and its process while it serves. A dropped one is killed.
pub struct ProcessNode {
    /// Who it is.
    pub who: Who,
    folder: PathBuf,
    log: PathBuf,
    exchange: SocketAddr,
    public: SocketAddr,
    operations: SocketAddr,
    child: Option<Child>,
}

impl ProcessNode {
    /// Makes a node under `parent`: its folder has its id's name, and its log stands beside it.
    pub async fn init(parent: &Path, who: Who, store: &Store) -> anyhow::Result<Self> {
        let (exchange, office) = (free_address(), free_address());
        let (public, operations) = (free_address(), free_address());
        let folder = parent.join(who.id);
        let log = parent.join(format!("{}.log", who.id));
        let node = Self { who, folder, log, exchange, public, operations, child: None };
        let dir = node.folder.to_string_lossy().into_owned();
        let addresses = [exchange, office, public, operations].map(|address| address.to_string());
        let mut arguments = vec!["init", "--dir", &dir, "--id", who.id, "--country", who.countries];
        arguments.extend(["--name", "Example hotline", "--network", NETWORK]);
        let names = ["--exchange-listen", "--office-listen", "--public-listen", "--operations-listen"];
        arguments.extend(names.iter().zip(&addresses).flat_map(|(name, value)| [*name, value.as_str()]));
        let database = store.new_database();
        if let Some(url) = &database {
            arguments.extend(["--database-url", url]);
        }
        done(&run(command().args(arguments), None).await?)?;
        Ok(node)
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its configuration file.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    /// Where it listens for peers.
    #[must_use]
    pub const fn exchange_address(&self) -> SocketAddr {
        self.exchange
    }

    /// What it has written to standard error, all its starts together.
    pub fn log(&self) -> anyhow::Result<String> {
        match fs::read(&self.log) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Sets keys of the configuration: `("exchange", "hello_seconds", 1.into())`.
    pub fn configure(&self, values: &[(&str, &str, toml::Value)]) -> anyhow::Result<()> {
        let file = self.config_file();
        let mut config: toml::Table = fs::read_to_string(&file)?.parse()?;
        for (section, key, value) in values {
            let section = config.entry(*section).or_insert_with(|| toml::Table::new().into());
            section.as_table_mut().context("a section is a table")?.insert((*key).to_owned(), value.clone());
        }
        Ok(fs::write(file, toml::to_string(&config)?)?)
    }

    /// Runs a command of this node without `--json`.
    pub async fn call(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        run(self.command().args(arguments), None).await
    }

    /// Runs a command of this node with `--json`, and `input` on its standard input.
    pub async fn cli(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<Output> {
        run(self.command().arg("--json").args(arguments), input).await
    }

    /// What a command that must succeed prints.
    pub async fn json(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        self.json_of(arguments, None).await
    }

    /// What a command that must succeed prints, with `input` on its standard input.
    pub async fn json_of(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<Value> {
        let output = self.cli(arguments, input).await?;
        done(&output).with_context(|| format!("{}: {}", self.who.id, arguments.join(" ")))?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Submits a URL with a finding that is exchanged; gives the report's id.
    pub async fn submit(&self, url: &str) -> anyhow::Result<String> {
        let taken = self.json_of(&["report", "submit", "-", "--assessment", "baseline"], Some(url)).await?;
        Ok(taken["id"].as_str().context("report submit shows the id")?.to_owned())
    }

    /// Imports rows of reference and URL, each with a finding that is exchanged; gives what the command shows.
    pub async fn import(&self, rows: &[(String, String)]) -> anyhow::Result<Value> {
        let mut text = "reference,received_at,url,assessment,assessed_at\n".to_owned();
        for (reference, url) in rows {
            text += &format!("{reference},2026-01-02T03:04:05Z,{url},baseline,2026-01-02T04:04:05Z\n");
        }
        // Beside the node's folder: it holds URLs.
        let file = self.folder.with_extension("csv");
        fs::write(&file, text)?;
        self.json(&["report", "import", &file.to_string_lossy()]).await
    }

    /// A log as it exports it, without bodies.
    pub async fn export(&self, log: &str) -> anyhow::Result<String> {
        let output = self.call(&["log", "export", "--log", log]).await?;
        done(&output)?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// What a verifier of `log` needs, as it shows it.
    pub async fn author(&self, log: &str) -> anyhow::Result<Author> {
        let own = self.who.id == log;
        let card =
            if own { self.json(&["identity", "card"]).await? } else { self.json(&["peer", "show", log]).await? };
        Author::of_card(NETWORK, &card)
    }

    /// What it shows of a report.
    pub async fn show(&self, id: &str) -> anyhow::Result<Value> {
        self.json(&["report", "show", id]).await
    }

    /// What it shows of a report; `None` while the report is not here.
    pub async fn find(&self, id: &str) -> anyhow::Result<Option<Value>> {
        let output = self.cli(&["report", "show", id], None).await?;
        Ok(if output.status.success() { Some(serde_json::from_slice(&output.stdout)?) } else { None })
    }

    /// Starts it and waits until it takes, seals and sends reports.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        self.launch()?;
        self.wait_for("/readyz").await
    }

    /// Starts it and waits until it listens; it may still wait for its peers.
    pub async fn start_listening(&mut self) -> anyhow::Result<()> {
        self.launch()?;
        self.wait_for("/healthz").await
    }

    /// Starts the process, and waits for nothing.
    pub fn launch(&mut self) -> anyhow::Result<()> {
        ensure!(self.child.is_none(), "{} runs already", self.who.id);
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut serve = self.command();
        serve.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).kill_on_drop(true);
        self.child = Some(serve.spawn()?);
        Ok(())
    }

    /// Waits until `path` of the operations listener answers 200.
    pub async fn wait_for(&mut self, path: &str) -> anyhow::Result<()> {
        let id = self.who.id;
        let waited = until(format!("{id} answers {path} with 200"), READY, async || {
            if let Some(status) = self.child.as_mut().context("it was started")?.try_wait()? {
                bail!("{id} ended with {status} before it answered {path}");
            }
            Ok(self.operations(path).await.ok().filter(|(status, _)| *status == 200))
        });
        match waited.await {
            Ok(_) => Ok(()),
            Err(error) => {
                let said = self.operations(path).await.map(|(_, text)| text).unwrap_or_default();
                Err(error.context(format!("it said: {said}\nits log ends with:\n{}", self.log_end())))
            }
        }
    }

    /// Status and text of a page of the operations listener.
    pub async fn operations(&self, path: &str) -> anyhow::Result<(u16, String)> {
        let answer = plain_client()?.get(format!("http://{}{path}", self.operations)).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// Status and text of an answer to JSON posted to the reporting API.
    pub async fn report_publicly(&self, body: &str) -> anyhow::Result<(u16, String)> {
        let request = plain_client()?.post(format!("http://{}/api/v1/reports", self.public));
        let answer = request.header("content-type", "application/json").body(body.to_owned()).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// Kills it (SIGKILL) where it stands.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("it runs")?;
        child.start_kill()?;
        let status = child.wait().await?;
        ensure!(status.signal() == Some(9), "{} had ended by itself: {status}\n{}", self.who.id, self.log_end());
        Ok(())
    }

    /// Stops it (SIGTERM); it must end by itself and in order. Gives the time it took.
    pub async fn stop(&mut self) -> anyhow::Result<Duration> {
        let mut child = self.child.take().context("it runs")?;
        let id = child.id().context("it has not ended")?.to_string();
        let began = tokio::time::Instant::now();
        done(&Command::new("kill").args(["-TERM", &id]).output().await?)?;
        let ended = tokio::time::timeout(STOP, child.wait()).await;
        let status = ended.with_context(|| format!("{} does not stop\n{}", self.who.id, self.log_end()))??;
        ensure!(status.success(), "{} stopped with {status}\n{}", self.who.id, self.log_end());
        Ok(began.elapsed())
    }

    /// The resident memory of its process, in KiB.
    pub fn resident_kib(&self) -> anyhow::Result<u64> {
        let id = self.child.as_ref().and_then(Child::id).context("it runs")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("a process has memory")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    fn command(&self) -> Command {
        let mut command = command();
        command.arg("--config").arg(self.config_file());
        command
    }

    fn log_end(&self) -> String {
        let log = self.log().unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// This program again, as a node, without what the environment of the developer says about nodes.
fn command() -> Command {
    let mut command = Command::new(program());
    command.env(BECOME_NODE, "1").env("SUDO_USER", "ada");
    for name in ["HOTLINE_CONFIG", "HOTLINE_DATABASE_URL"] {
        command.env_remove(name);
    }
    command
}

async fn run(command: &mut Command, input: Option<&str>) -> anyhow::Result<Output> {
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    let piped = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = piped.spawn()?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        stdin.write_all(input.as_bytes()).await?;
    }
    Ok(child.wait_with_output().await?)
}

/// A command that must succeed has succeeded.
pub fn done(output: &Output) -> anyhow::Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {said}", output.status);
    Ok(())
}

fn plain_client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?)
}
