//! A private PostgreSQL server: made in a temporary folder, listening on loopback only, gone when dropped.
//!
//! It keeps its promises as a server in operation does (`fsync` is on): a node refuses one that does not.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

/// The server's only user; it needs no password, and nobody but this machine reaches the port.
const USER: &str = "hotline";
/// The programs used of an installation; all of one version.
const PROGRAMS: [&str; 5] = ["initdb", "pg_ctl", "postgres", "createdb", "pg_basebackup"];
/// Between choosing a free port and taking it, another process may be faster.
const PORT_TRIES: usize = 5;

/// A running server.
#[derive(Debug)]
pub struct PostgresCluster {
    folder: TempDir,
    tools: Tools,
    port: u16,
}

impl PostgresCluster {
    /// Makes a cluster and starts it. `None`, with the reason on standard error, where no PostgreSQL is installed or it
    /// cannot be started.
    #[must_use]
    pub fn start() -> Option<Self> {
        match Self::try_start() {
            Ok(cluster) => Some(cluster),
            Err(reason) => {
                eprintln!("There is no PostgreSQL to use: {reason:#}");
                None
            }
        }
    }

    fn try_start() -> Result<Self> {
        let tools = Tools::find()?;
        let folder = tempfile::Builder::new().prefix("hotline-pg-").tempdir()?;
        if let Some(account) = tools.account {
            chown(folder.path(), Some(account.user), Some(account.group))?;
        }
        tools.make_cluster(folder.path())?;
        tools.start_on_a_free_port(folder.path()).map(|port| Self { folder, tools, port })
    }

    /// Makes an empty database and gives its URL, as `init --database-url` takes it. `name` must be new.
    ///
    /// # Panics
    /// Where the server refuses.
    #[must_use]
    pub fn create_database(&self, name: &str) -> String {
        let mut command = self.tools.command("createdb", self.folder.path());
        command.args(["--host", "127.0.0.1", "--username", USER, "--port", &self.port.to_string(), name]);
        run(&mut command).expect("a server that was started makes a database");
        self.url(name)
    }
}

impl PostgresCluster {
    /// Makes a standby of it and starts that: it follows, and takes no writes.
    pub fn standby(&self) -> Result<Self> {
        let tools = Tools::find()?;
        let folder = tempfile::Builder::new().prefix("hotline-pg-standby-").tempdir()?;
        if let Some(account) = tools.account {
            chown(folder.path(), Some(account.user), Some(account.group))?;
        }
        let mut command = tools.command("pg_basebackup", folder.path());
        command.args(["--host", "127.0.0.1", "--username", USER, "--port", &self.port.to_string()]);
        command.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--pgdata"]);
        run(command.arg(data(folder.path())))?;
        tools.start_on_a_free_port(folder.path()).map(|port| Self { folder, tools, port })
    }

    /// The address of one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Stops it as its operator does: clients are cut off, committed data stays.
    pub fn stop(&self) -> Result<()> {
        let mut command = self.tools.command("pg_ctl", self.folder.path());
        run(command.args(["stop", "-w", "-m", "fast", "-D"]).arg(data(self.folder.path())))
    }

    /// Ends it where it stands, as a power cut does: it recovers at its next start.
    pub fn kill(&self) -> Result<()> {
        let mut command = self.tools.command("pg_ctl", self.folder.path());
        run(command.args(["stop", "-w", "-m", "immediate", "-D"]).arg(data(self.folder.path())))
    }

    /// Starts it again after [`PostgresCluster::stop`], on the same port.
    pub fn start_again(&self) -> Result<()> {
        self.tools.start_server(self.folder.path(), self.port)
    }

    /// Adds a line to `name` (`postgresql.conf`, say) before all others or, where the last one counts, behind them; it
    /// holds from the next start.
    pub fn configure(&self, name: &str, line: &str) -> Result<()> {
        let file = data(self.folder.path()).join(name);
        let text = fs::read_to_string(&file)?;
        let first_counts = name == "pg_hba.conf";
        Ok(fs::write(&file, if first_counts { format!("{line}\n{text}") } else { format!("{text}\n{line}\n") })?)
    }

    /// The server's data folder: the loot of a thief of its disk.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        data(self.folder.path())
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        // Nothing of it is kept, so it need not end in good order.
        let mut command = self.tools.command("pg_ctl", self.folder.path());
        command.arg("stop").args(["-w", "-m", "immediate", "-D"]).arg(data(self.folder.path()));
        if let Err(reason) = run(&mut command) {
            eprintln!("the PostgreSQL server on port {} is left running: {reason:#}", self.port);
        }
    }
}

/// The installed programs, and the account that runs them.
#[derive(Debug)]
struct Tools {
    folder: PathBuf,
    account: Option<Account>,
}

/// The account that runs the server where we are root: PostgreSQL refuses to run as root.
#[derive(Debug, Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Tools {
    fn find() -> Result<Self> {
        let is_whole = |folder: &PathBuf| PROGRAMS.iter().all(|program| folder.join(program).is_file());
        let folder = installed().into_iter().find(is_whole);
        let folder = folder.context("no folder of PATH or /usr/lib/postgresql has all its programs")?;
        let is_root = fs::metadata("/proc/self")?.uid() == 0;
        Ok(Self { folder, account: is_root.then(Account::of_postgres).transpose()? })
    }

    /// A command of the installation, run by the account that owns the server, in a folder it may enter.
    fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.current_dir(folder).env("LC_ALL", "C");
        if let Some(account) = self.account {
            command.uid(account.user).gid(account.group);
        }
        command
    }

    fn make_cluster(&self, folder: &Path) -> Result<()> {
        let mut command = self.command("initdb", folder);
        command.args(["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username", USER, "--pgdata"]);
        run(command.arg(data(folder)))
    }

    /// Gives the port.
    fn start_on_a_free_port(&self, folder: &Path) -> Result<u16> {
        let mut refused = None;
        for _ in 0..PORT_TRIES {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            match self.start_server(folder, port) {
                Ok(()) => return Ok(port),
                Err(error) => refused = Some(error),
            }
        }
        Err(refused.context("no try was made")?)
    }

    fn start_server(&self, folder: &Path, port: u16) -> Result<()> {
        let socket = folder.display();
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c unix_socket_directories={socket} -c port={port} -c max_connections=400"
        );
        let mut command = self.command("pg_ctl", folder);
        command.args(["start", "-w", "-o", &options, "-l"]).arg(folder.join("server.log"));
        run(command.arg("-D").arg(data(folder)))
    }
}

impl Account {
    fn of_postgres() -> Result<Self> {
        let number = |flag: &str| -> Result<u32> {
            let output = Command::new("id").args([flag, "postgres"]).output()?;
            ensure!(output.status.success(), "we are root, and there is no user postgres to run the server");
            Ok(String::from_utf8(output.stdout)?.trim().parse()?)
        };
        Ok(Self { user: number("-u")?, group: number("-g")? })
    }
}

/// Folders that may hold the programs: those of PATH, then Debian's, the newest version first.
fn installed() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<u32> = versions.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable();
    folders.extend(versions.iter().rev().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))));
    folders
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Runs a command to its end. Its words go to a file, because a server that it leaves behind would hold a pipe open.
fn run(command: &mut Command) -> Result<()> {
    let said = tempfile::NamedTempFile::new()?;
    let out = said.reopen()?;
    command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
    let status = command.status().with_context(|| format!("{} does not start", command.get_program().display()))?;
    if !status.success() {
        let words = fs::read_to_string(said.path())?;
        bail!("{} failed: {}", command.get_program().display(), words.trim());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cluster_gives_databases_that_keep_what_is_committed() {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let Some(cluster) = PostgresCluster::start() else { return };
        let url = cluster.create_database("one");
        let database = hotline_node::storage::Database::create_or_migrate(&url).await;
        database.expect("a node's tables can be made in it");
    }
}
