//! A node in a process of its own: made by `init`, run by `serve`, asked by the commands an operator has.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use sea_orm::{Database, DatabaseConnection};
use tokio::process::{Child, Command};

use super::cli::{Cli, NETWORK, done, program_as_node, run};
use super::database::Store;
use crate::ports::free_address;
use crate::wait::until;

/// A node that does not become ready in this time never does.
const READY: Duration = Duration::from_secs(30);
/// A stop is over within ten seconds; the rest is for a busy machine.
const STOP: Duration = Duration::from_secs(15);
/// A node answers within this time, also where it waits for its database.
const ANSWER: Duration = Duration::from_secs(30);

/// Identity of a node.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    /// Its id.
    pub id: &'static str,
    /// Its countries, comma-separated, the seat first.
    pub countries: &'static str,
}

/// A node's folder, and its process while it serves. A dropped one is killed.
pub struct ProcessNode {
    /// Its identity.
    pub who: Who,
    /// Its operator's commands.
    pub cli: Cli,
    folder: PathBuf,
    log: PathBuf,
    exchange: SocketAddr,
    office: SocketAddr,
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
        let cli = Cli { id: who.id, config_file: folder.join("config.toml"), within: Vec::new() };
        let node = Self { who, cli, folder, log, exchange, office, public, operations, child: None };
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
        done(&run(program_as_node().args(arguments), None).await?)?;
        Ok(node)
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where it listens for peers.
    #[must_use]
    pub const fn exchange_address(&self) -> SocketAddr {
        self.exchange
    }

    /// Where it listens for its own people and its partners'.
    #[must_use]
    pub const fn office_address(&self) -> SocketAddr {
        self.office
    }

    /// Where it listens for the public.
    #[must_use]
    pub const fn public_address(&self) -> SocketAddr {
        self.public
    }

    /// The private key that it shows its people, in PEM.
    #[must_use]
    pub fn office_key(&self) -> PathBuf {
        self.folder.join("keys/office.pem")
    }

    /// Returns its standard error, all its starts together.
    pub fn log(&self) -> anyhow::Result<String> {
        match fs::read(&self.log) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Sets keys of the configuration: `("exchange", "hello_seconds", 1.into())`.
    pub fn configure(&self, values: &[(&str, &str, toml::Value)]) -> anyhow::Result<()> {
        let file = &self.cli.config_file;
        let mut config: toml::Table = fs::read_to_string(file)?.parse()?;
        for (section, key, value) in values {
            let section = config.entry(*section).or_insert_with(|| toml::Table::new().into());
            section.as_table_mut().context("a section is a table")?.insert((*key).to_owned(), value.clone());
        }
        Ok(fs::write(file, toml::to_string(&config)?)?)
    }

    /// The address of its database, as another program takes it.
    pub fn database_url(&self, store: &Store) -> anyhow::Result<String> {
        match store {
            Store::Sqlite => Ok(format!("sqlite://{}", self.folder.join("node.sqlite").display())),
            Store::Postgres(_) => {
                let config: toml::Table = fs::read_to_string(&self.cli.config_file)?.parse()?;
                let url = config.get("database").and_then(|section| section.get("url")).and_then(toml::Value::as_str);
                Ok(url.context("an address")?.to_owned())
            }
        }
    }

    /// Its database, opened by another program.
    pub async fn database(&self, store: &Store) -> anyhow::Result<DatabaseConnection> {
        Ok(Database::connect(self.database_url(store)?).await?)
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
        let mut serve = self.cli.command();
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

    /// Waits until it has ended by itself, refusing to go on with a sentence that has these words.
    pub async fn until_refused(&mut self, words: &str) -> anyhow::Result<()> {
        let mut child = self.child.take().context("it runs")?;
        let ended = tokio::time::timeout(READY, child.wait()).await;
        let status = ended.with_context(|| format!("{} goes on\n{}", self.who.id, self.log_end()))??;
        ensure!(status.code() == Some(1) && self.log_end().contains(words), "{status}\n{}", self.log_end());
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

    /// Files and connections that its process has open.
    pub fn handles(&self) -> anyhow::Result<usize> {
        let id = self.child.as_ref().and_then(Child::id).context("it runs")?;
        Ok(fs::read_dir(format!("/proc/{id}/fd"))?.count())
    }

    /// The time that its process has had a processor, all its threads together that have not ended.
    pub fn processor_time(&self) -> anyhow::Result<Duration> {
        let id = self.child.as_ref().and_then(Child::id).context("it runs")?;
        let mut nanos = 0;
        for thread in fs::read_dir(format!("/proc/{id}/task"))? {
            // It may have ended since it was listed.
            let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
            nanos += text.split_whitespace().next().context("a number")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// How many files and connections its process may have open.
    pub fn handles_limit(&self) -> anyhow::Result<usize> {
        let id = self.child.as_ref().and_then(Child::id).context("it runs")?;
        let limits = fs::read_to_string(format!("/proc/{id}/limits"))?;
        let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).context("there is a limit")?;
        Ok(line.split_whitespace().next().context("a number")?.parse()?)
    }

    fn log_end(&self) -> String {
        let log = self.log().unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

fn plain_client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().timeout(ANSWER).build()?)
}
