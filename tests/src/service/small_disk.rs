//! A disk of a few MiB that can be filled: a file system in memory, seen by the commands that are run on it alone.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::node::cli::run_by;

/// The disk. It is gone when dropped, with its contents.
pub struct SmallDisk {
    /// Holds the name space with the mounted disk, until its standard input is closed.
    keeper: Child,
    place: TempDir,
}

impl SmallDisk {
    /// A disk of so many MiB. `None`, with the reason on standard error, where this machine lets nobody mount one.
    pub async fn new(mebibytes: u32) -> Option<Self> {
        match Self::try_new(mebibytes).await {
            Ok(disk) => Some(disk),
            Err(reason) => {
                eprintln!("\n*** SKIPPED: NOTHING IS SHOWN ON A FULL DISK: {reason:#} ***\n");
                None
            }
        }
    }

    async fn try_new(mebibytes: u32) -> anyhow::Result<Self> {
        let place = tempfile::Builder::new().prefix("hotline-disk-").tempdir()?;
        let script = format!("mount -t tmpfs -o size={mebibytes}m,mode=700 none \"$1\" && echo mounted && cat");
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"]).arg(place.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut keeper = command.spawn().context("unshare does not start")?;
        let stdout = keeper.stdout.take().context("it is piped")?;
        let said = BufReader::new(stdout).lines().next_line().await?;
        ensure!(said.as_deref() == Some("mounted"), "a file system in memory cannot be mounted");
        Ok(Self { keeper, place })
    }

    /// Where the disk is, for commands that run on it.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// The same command, run where the disk is seen.
    pub fn command(&self, inner: &Command) -> anyhow::Result<Command> {
        let way = self.way_in()?;
        let mut nsenter = Command::new(&way[0]);
        nsenter.args(&way[1..]);
        Ok(run_by(nsenter, inner))
    }

    /// The command, with its first arguments, that runs another one where the disk is seen.
    pub fn way_in(&self) -> anyhow::Result<Vec<String>> {
        let target = format!("--target={}", self.keeper_id()?);
        Ok(["nsenter", &target, "--user", "--mount", "--preserve-credentials"].map(str::to_owned).to_vec())
    }

    /// Fills it to the last byte. [`SmallDisk::make_room`] undoes it.
    pub fn fill(&self) -> anyhow::Result<()> {
        let mut file = File::create(self.filler()?)?;
        for size in [64 * 1024, 1] {
            let block = vec![0; size];
            while written(file.write(&block))? {}
        }
        Ok(())
    }

    /// Leaves so many bytes of room, regardless of the room before.
    pub fn leave(&self, bytes: u64) -> anyhow::Result<()> {
        let mut file = File::options().create(true).append(true).open(self.filler()?)?;
        let block = vec![0; 256 * 1024];
        while written(file.write(&block))? {}
        let filled = file.metadata()?.len();
        Ok(file.set_len(filled.saturating_sub(bytes))?)
    }

    /// Removes the filling.
    pub fn make_room(&self) -> anyhow::Result<()> {
        Ok(fs::remove_file(self.filler()?)?)
    }

    /// The disk as it is seen from outside.
    fn filler(&self) -> anyhow::Result<PathBuf> {
        let root = PathBuf::from(format!("/proc/{}/root", self.keeper_id()?));
        Ok(root.join(self.place.path().strip_prefix("/")?).join("filler"))
    }

    fn keeper_id(&self) -> anyhow::Result<u32> {
        self.keeper.id().context("the disk's keeper has ended")
    }
}

/// Whether something was written; the end of the room is no error here.
fn written(result: io::Result<usize>) -> io::Result<bool> {
    match result {
        Err(error) if error.kind() == ErrorKind::StorageFull => Ok(false),
        result => Ok(result? > 0),
    }
}
