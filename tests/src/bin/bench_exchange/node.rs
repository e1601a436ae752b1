//! One node as a process of its own: this program, become the node's.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use hotline_node::config::Config;
use hotline_node::context::Context;
use hotline_tests::ports::free_address;

/// Where this variable is set, the program is the node's and takes its arguments.
pub(crate) const BECOME_NODE: &str = "HOTLINE_BECOME_NODE";

/// A node in a folder.
pub(crate) struct Node {
    pub(crate) id: &'static str,
    pub(crate) folder: PathBuf,
    operations: SocketAddr,
    process: Option<Child>,
}

/// Data that one node gives to another.
pub(crate) struct Card {
    file: PathBuf,
    fingerprint: String,
}

impl Node {
    /// Makes a node in a new folder of `parent`. Its names are found in `hosts`.
    pub(crate) fn make(
        parent: &Path,
        id: &'static str,
        country: &str,
        database: Option<&str>,
        hosts: &Path,
    ) -> Result<Self> {
        let folder = parent.join(id);
        let operations = free_address();
        let listen = || free_address().to_string();
        let mut command = node_command();
        command.args(["init", "--id", id, "--country", country, "--name", id, "--network", "bench", "--dir"]);
        command.arg(&folder).args(["--exchange-listen", &listen()]);
        command.args(["--office-listen", &listen(), "--public-listen", &listen()]);
        command.args(["--operations-listen", &operations.to_string()]);
        if let Some(url) = database {
            command.args(["--database-url", url]);
        }
        run(&mut command)?;
        let node = Self { id, folder, operations, process: None };
        let text = fs::read_to_string(node.config())?;
        let located = format!("[geolocation]\nhosts_file = {:?}\n", hosts.display().to_string());
        fs::write(node.config(), text.replacen("[geolocation]\n", &located, 1))?;
        Ok(node)
    }

    /// Its configuration file.
    pub(crate) fn config(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    /// A command on this node.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = node_command();
        command.arg("--config").arg(self.config()).args(arguments);
        command
    }

    /// Its card, in a file of its folder.
    pub(crate) fn card(&self) -> Result<Card> {
        let shown: serde_json::Value = serde_json::from_str(&run(&mut self.command(&["--json", "identity", "card"]))?)?;
        let text = |name: &str| shown[name].as_str().with_context(|| format!("a card has no {name}"));
        let file = self.folder.join("card");
        fs::write(&file, text("card")?)?;
        Ok(Card { file, fingerprint: text("fingerprint")?.to_owned() })
    }

    /// Takes another node's card.
    pub(crate) fn add_peer(&self, card: &Card) -> Result<()> {
        let mut command = self.command(&["peer", "add", "--fingerprint", &card.fingerprint]);
        run(command.arg(&card.file)).map(drop)
    }

    /// Starts serving.
    pub(crate) fn serve(&mut self) -> Result<()> {
        let log = File::create(self.folder.join("serve.log"))?;
        let mut command = self.command(&["serve"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.process = Some(command.spawn()?);
        Ok(())
    }

    /// The number of its process; it must serve.
    pub(crate) fn pid(&self) -> Result<u32> {
        Ok(self.process.as_ref().context("the node does not serve")?.id())
    }

    /// Opens its database and the context that a command works with.
    pub(crate) async fn open(&self) -> Result<(Config, Context)> {
        hotline_node::cli::open(&self.config()).await.with_context(|| format!("node {} cannot be opened", self.id))
    }

    /// Its metrics in Prometheus' text form.
    pub(crate) async fn metrics(&self) -> Result<String> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answer = client.get(format!("http://{}/metrics", self.operations)).send().await?;
        Ok(answer.error_for_status()?.text().await?)
    }

    /// Stops it in order.
    pub(crate) fn stop(&mut self) -> Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        run(Command::new("kill").args(["-TERM", &process.id().to_string()]))?;
        let status = process.wait()?;
        ensure!(status.success(), "node {} did not stop in order", self.id);
        Ok(())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // A measurement that failed leaves no process behind; whether it was alive does not matter any more.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn node_command() -> Command {
    // Not the program's path: it may have been built anew since it started.
    let mut command = Command::new("/proc/self/exe");
    command.env(BECOME_NODE, "1").env_remove("HOTLINE_CONFIG");
    command
}

/// Runs a command to its end and returns its output.
fn run(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "a command failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
