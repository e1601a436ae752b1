//! Real proxies on loopback, Debian's `nginx` and `haproxy`, as houses put them before a node. Told to end when dropped.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::wait::until;

/// A proxy that does not listen in this time never does.
const START: Duration = Duration::from_secs(30);

/// The proxies that are installed on this machine.
#[derive(Debug, Clone)]
pub struct ProxyPrograms {
    nginx: PathBuf,
    haproxy: PathBuf,
}

/// One that runs.
pub struct ProxyServer {
    child: Child,
    _folder: TempDir,
}

impl ProxyServer {
    /// Ends it; when this returns, its address is free.
    pub async fn end(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}

/// How an `haproxy` names its caller to the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// It does not.
    Nothing,
    /// By a PROXY header of version 1.
    Version1,
    /// Of version 2.
    Version2,
}

impl ProxyPrograms {
    /// Both programs. Where one is not installed: `None`, said loudly; an error where `CI=true` or
    /// `HOTLINE_REQUIRE_PROXIES=1` stands in the environment.
    pub fn find() -> anyhow::Result<Option<Self>> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        // Debian puts them where an ordinary user's path may not lead.
        folders.push("/usr/sbin".into());
        let find = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file());
        if let (Some(nginx), Some(haproxy)) = (find("nginx"), find("haproxy")) {
            return Ok(Some(Self { nginx, haproxy }));
        }
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
        if is("CI", "true") || is("HOTLINE_REQUIRE_PROXIES", "1") {
            bail!("there is no proxy to use: install nginx-light and haproxy");
        }
        eprintln!("\n*** SKIPPED: NO PROXY STANDS BEFORE A NODE, FOR nginx OR haproxy IS NOT INSTALLED ***\n");
        Ok(None)
    }

    /// An `nginx` with these `server` blocks, one of them listening at `address`.
    pub async fn nginx(&self, address: SocketAddr, servers: &str) -> anyhow::Result<ProxyServer> {
        let folder = tempfile::Builder::new().prefix("hotline-nginx-").tempdir()?;
        let at = |name: &str| folder.path().join(name).display().to_string();
        let temporary: Vec<String> = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {};", at(kind)))
            .collect();
        let settings = format!(
            "daemon off; master_process off; pid {pid}; error_log stderr; events {{}}\n\
             http {{ access_log off; {temporary} {servers} }}\n",
            pid = at("pid"),
            temporary = temporary.join(" "),
        );
        fs::write(at("settings"), settings)?;
        let mut command = Command::new(&self.nginx);
        command.args(["-e", "stderr", "-c", &at("settings")]);
        start(command, folder, address).await
    }

    /// An `haproxy` that listens at `address` and passes connections on to `node` as they are; without one it has nowhere
    /// to pass them.
    pub async fn haproxy(
        &self,
        address: SocketAddr,
        node: Option<SocketAddr>,
        says: Says,
    ) -> anyhow::Result<ProxyServer> {
        self.tcp(address, "", node, says).await
    }

    /// An `haproxy` behind another proxy: its caller names the client by a PROXY header, and it repeats that name to
    /// `node`.
    pub async fn haproxy_behind_another(&self, address: SocketAddr, node: SocketAddr) -> anyhow::Result<ProxyServer> {
        self.tcp(address, "accept-proxy", Some(node), Says::Version2).await
    }

    async fn tcp(
        &self,
        address: SocketAddr,
        hears: &str,
        node: Option<SocketAddr>,
        says: Says,
    ) -> anyhow::Result<ProxyServer> {
        let folder = tempfile::Builder::new().prefix("hotline-haproxy-").tempdir()?;
        let says = match says {
            Says::Nothing => "",
            Says::Version1 => "send-proxy",
            Says::Version2 => "send-proxy-v2",
        };
        let server = node.map(|node| format!("server node {node} {says}\n")).unwrap_or_default();
        let settings = format!(
            "global\n maxconn 500\ndefaults\n mode tcp\n timeout connect 5s\n timeout client 5m\n timeout server 5m\n\
             frontend peers\n bind {address} {hears}\n default_backend nodes\nbackend nodes\n {server}\n"
        );
        let file = folder.path().join("settings");
        fs::write(&file, settings)?;
        let mut command = Command::new(&self.haproxy);
        command.args(["-db", "-q", "-f"]).arg(&file);
        start(command, folder, address).await
    }
}

async fn start(mut command: Command, folder: TempDir, address: SocketAddr) -> anyhow::Result<ProxyServer> {
    let log = folder.path().join("log");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(&log)?).kill_on_drop(true);
    let mut child = command.spawn().context("the proxy does not start")?;
    until(format!("the proxy listens at {address}"), START, async || {
        if let Some(status) = child.try_wait()? {
            bail!("the proxy ended with {status}: {}", said(&log));
        }
        Ok(TcpStream::connect(address).await.ok().map(drop))
    })
    .await?;
    Ok(ProxyServer { child, _folder: folder })
}

fn said(log: &Path) -> String {
    fs::read_to_string(log).unwrap_or_default()
}

/// An `nginx` block that ends TLS with a node's own office certificate and passes requests on to its office under the
/// name that the browser asked for, without its port, as `proxy_set_header Host $host` does. It also keeps back newer
/// browsers' statements about a request's origin (`Sec-Fetch-Site`), so that the office knows as little as of an older
/// one.
#[must_use]
pub fn before_office(address: SocketAddr, keys: &Path, office: SocketAddr) -> String {
    format!(
        "server {{ listen {address} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};\n\
         location / {{ proxy_pass https://{office}; proxy_set_header Host $host; proxy_set_header Sec-Fetch-Site \"\"; }} }}",
        certificate = keys.join("office.crt.pem").display(),
        key = keys.join("office.pem").display(),
    )
}

/// An `nginx` block before a node's public listener: it names its caller's address as the last entry of
/// `X-Forwarded-For`.
#[must_use]
pub fn before_public(address: SocketAddr, public: SocketAddr) -> String {
    format!(
        "server {{ listen {address}; location / {{ proxy_pass http://{public};\n\
         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }} }}"
    )
}
