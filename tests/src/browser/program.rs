//! The browser's program and its process.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use rcgen::{KeyPair, PublicKeyData as _};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

use super::page::Page;
use super::pipe::Pipe;
use crate::places::repository;

/// Its names in distributions.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// The rules of accessibility, from the repository's root.
const RULES: &str = "tests/browser/node_modules/axe-core/axe.min.js";

/// The browser hears commands on descriptor 3 and answers on 4; it gets the pipes of standard input and output there.
const WITH_PIPE: &str = r#"exec 3<&0 4>&1 0</dev/null 1>&2; exec "$@""#;

/// Without a window, without a sandbox (root has none), and without a word to anybody outside.
const FLAGS: [&str; 20] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--hide-scrollbars",
    "--font-render-hinting=none",
    "--lang=en",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    // Nobody listens there; loopback goes past every proxy.
    "--proxy-server=http://127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-features=OptimizationHints,MediaRouter,Translate,CertificateTransparencyComponentUpdater",
];

/// A browser that is installed on this machine, and the rules that pages are held against.
#[derive(Debug, Clone)]
pub struct BrowserProgram {
    program: PathBuf,
    rules: Arc<str>,
}

impl BrowserProgram {
    /// The program. Where it or the rules are not installed: `None`, said loudly; an error where `CI=true` or
    /// `HOTLINE_REQUIRE_BROWSER=1` stands in the environment.
    pub fn find() -> anyhow::Result<Option<Self>> {
        match Self::try_find() {
            Ok(found) => Ok(Some(found)),
            Err(error) => {
                let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
                if is("CI", "true") || is("HOTLINE_REQUIRE_BROWSER", "1") {
                    bail!("there is no browser to use: {error:#}");
                }
                eprintln!("\n*** SKIPPED: NO PAGE IS LOOKED AT, FOR THERE IS NO BROWSER TO USE: {error:#} ***\n");
                Ok(None)
            }
        }
    }

    fn try_find() -> anyhow::Result<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let mut places = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        let program = places.find(|place| place.is_file()).context("install chromium")?;
        let rules = fs::read_to_string(repository().join(RULES)).context("run `npm ci --prefix tests/browser`")?;
        Ok(Self { program, rules: rules.into() })
    }

    /// Starts a browser that trusts the holders of these private keys (files in PEM), and nobody else.
    pub async fn start(&self, keys: &[&Path]) -> anyhow::Result<Browser> {
        let profile = tempfile::Builder::new().prefix("hotline-browser-").tempdir()?;
        let trusted = keys.iter().map(|key| pin(key)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut command = Command::new("sh");
        command.args(["-c", WITH_PIPE, "sh"]).arg(&self.program).args(FLAGS);
        command.arg(format!("--ignore-certificate-errors-spki-list={}", trusted.join(",")));
        command.arg(format!("--user-data-dir={}", profile.path().join("profile").display())).arg("about:blank");
        command.env("HOME", profile.path()).env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
        for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "http_proxy", "https_proxy"] {
            command.env_remove(name);
        }
        let log = profile.path().join("log");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&log)?);
        let mut process = command.process_group(0).kill_on_drop(true).spawn()?;
        let (to, from) = (process.stdin.take().context("it is piped")?, process.stdout.take().context("it is piped")?);
        let mut pipe = Pipe::new(to, from);
        if let Err(error) = pipe.call(None, "Browser.getVersion", json!({})).await {
            let said = fs::read_to_string(log).unwrap_or_default();
            return Err(error.context(format!("the browser does not start: {said}")));
        }
        Ok(Browser { pipe: Arc::new(Mutex::new(pipe)), rules: Arc::clone(&self.rules), process, _profile: profile })
    }
}

/// SHA-256 of the public key, as the browser takes it.
fn pin(key: &Path) -> anyhow::Result<String> {
    let key = KeyPair::from_pem(&fs::read_to_string(key)?)?;
    Ok(BASE64.encode(digest(&SHA256, &key.subject_public_key_info()).as_ref()))
}

/// A running browser with a profile of its own. Dropped, it is killed and nothing of it is left; a test that is killed
/// closes the pipe, and the browser ends by itself.
pub struct Browser {
    pipe: Arc<Mutex<Pipe>>,
    rules: Arc<str>,
    process: Child,
    /// Removed after the process is gone.
    _profile: TempDir,
}

impl Browser {
    /// A new page before the office at this address, for a new visitor: other pages' cookies are not its own.
    pub async fn page(&self, office: SocketAddr) -> anyhow::Result<Page> {
        Page::new(Arc::clone(&self.pipe), Arc::clone(&self.rules), office).await
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its children hold files of the profile. One that has ended already is no fault.
        if let Some(group) = self.process.id() {
            let _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status();
        }
    }
}
