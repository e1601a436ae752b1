//! A private `PgBouncer` before a private PostgreSQL, on loopback, gone when dropped.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::ports::free_address;
use crate::wait::until;

/// It listens within this time.
const STARTED: Duration = Duration::from_secs(10);

/// A running pooler. Dropped, it is killed.
pub struct PgBouncer {
    _child: Child,
    _folder: TempDir,
    port: u16,
}

impl PgBouncer {
    /// Starts one before the server of `url`, that pools by `mode` and passes over the parameters `ignored` of a session's
    /// start. `None`, with the reason on standard error, where the program is not installed; an error instead where
    /// PostgreSQL is required.
    pub async fn start(url: &str, mode: &str, ignored: &str) -> Result<Option<Self>> {
        if Command::new("pgbouncer").arg("--version").stdout(Stdio::null()).status().await.is_err() {
            anyhow::ensure!(
                crate::node::database::WithoutPostgres::of_environment()
                    == crate::node::database::WithoutPostgres::Skip,
                "the suite needs the program pgbouncer"
            );
            eprintln!("\n*** SKIPPED: NOTHING IS SHOWN THROUGH A POOLER: pgbouncer is not installed ***\n");
            return Ok(None);
        }
        let server = url.rsplit_once('@').and_then(|(_, rest)| rest.split_once('/')).context("an address")?.0;
        let (host, server_port) = server.split_once(':').context("an address with its port")?;
        let folder = tempfile::Builder::new().prefix("hotline-pool-").tempdir()?;
        let port = free_address().port();
        let (config, users) = (folder.path().join("pool.ini"), folder.path().join("users"));
        fs::write(&users, "\"hotline\" \"\"\n")?;
        let ignored =
            if ignored.is_empty() { String::new() } else { format!("ignore_startup_parameters = {ignored}\n") };
        let text = format!(
            "[databases]\n* = host={host} port={server_port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = {mode}\n{ignored}",
            users.display()
        );
        fs::write(&config, text)?;
        // It refuses to run as root, and then reads its files as somebody else.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let mut command = Command::new("pgbouncer");
        if fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own))? == 0 {
            command.args(["-u", "postgres"]);
        }
        command.arg("-q").arg(&config).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.kill_on_drop(true).spawn()?;
        until("the pooler listens", STARTED, async || Ok(TcpStream::connect(("127.0.0.1", port)).await.ok())).await?;
        Ok(Some(Self { _child: child, _folder: folder, port }))
    }

    /// The address of a server's database through this pooler.
    #[must_use]
    pub fn before(&self, url: &str) -> String {
        let database = url.rsplit('/').next().unwrap_or_default();
        format!("postgres://hotline@127.0.0.1:{}/{database}", self.port)
    }
}
