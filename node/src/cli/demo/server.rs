//! The nodes' processes: this very program, told to serve.

use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use hotline_protocol::id::NodeId;
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::federation::Member;
use crate::cli::console::exit::CliError;
use crate::config::own_program;
use crate::shutdown::Stop;

/// Everything that still runs so long after it was told to end is killed; `serve` itself aims at the same time.
const STOP_DEADLINE: Duration = Duration::from_secs(10);
/// A node that does not listen after this time never will.
const START_DEADLINE: Duration = Duration::from_mins(1);
/// Between two looks at a node that starts.
const LOOK: Duration = Duration::from_millis(50);
/// A port that was free may be taken before the node listens there; the other lets it go again.
const STARTS: u32 = 3;

/// The running nodes. Dropped, it kills them.
#[derive(Default)]
pub(super) struct Servers(Vec<Server>);

struct Server {
    id: NodeId,
    log_file: PathBuf,
    child: Child,
}

impl Servers {
    /// Starts a process for each member, and waits until all listen.
    pub(super) async fn start(&mut self, members: &[Member], stop: &Stop) -> Result<(), CliError> {
        for member in members {
            self.0.push(Server::start(member)?);
        }
        for (server, member) in self.0.iter_mut().zip(members) {
            let listening = server.wait_until_it_listens(member, stop);
            tokio::time::timeout(START_DEADLINE, listening).await.map_err(|_| {
                CliError::refused(format!("{} does not listen; see {}", member.id, log_file(member).display()))
            })??;
        }
        Ok(())
    }

    /// Fails if a node has ended by itself.
    pub(super) fn check_alive(&mut self) -> Result<(), CliError> {
        self.0.iter_mut().try_for_each(|server| match server.ended()? {
            Some(ended) => Err(ended),
            None => Ok(()),
        })
    }

    /// Tells every node to end, and waits for it; kills nodes that do not end in time. Gives those.
    pub(super) async fn stop(self) -> Vec<NodeId> {
        for server in &self.0 {
            server.terminate();
        }
        let all = self.0.into_iter().map(Server::wait_for_its_end);
        futures_util::future::join_all(all).await.into_iter().flatten().collect()
    }
}

fn log_file(member: &Member) -> PathBuf {
    member.folder.join("serve.log")
}

impl Server {
    /// Passes the environment on unchanged, except variables that would make a node another's or a supervisor's.
    fn start(member: &Member) -> Result<Self, CliError> {
        let failed = |cause| CliError::file(&member.id, cause);
        let log_file = log_file(member);
        let log = File::options().create(true).append(true).open(&log_file).map_err(failed)?;
        let child = Command::new(own_program().map_err(failed)?)
            .arg("--config")
            .arg(member.config_file())
            .arg("serve")
            .env_remove("HOTLINE_DATABASE_URL")
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            // Ctrl-C is for this process alone; it ends the nodes in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        Ok(Self { id: member.id.clone(), log_file, child })
    }

    async fn wait_until_it_listens(&mut self, member: &Member, stop: &Stop) -> Result<(), CliError> {
        let mut starts = 1;
        while TcpStream::connect(member.config.exchange.listen).await.is_err() && !stop.is_stopping() {
            if let Some(ended) = self.ended()? {
                if starts == STARTS {
                    return Err(ended);
                }
                starts += 1;
                *self = Self::start(member)?;
            }
            stop.wait(LOOK).await;
        }
        Ok(())
    }

    fn ended(&mut self) -> Result<Option<CliError>, CliError> {
        let status = self.child.try_wait().map_err(|cause| CliError::file(&self.id, cause))?;
        let sentence = |status| format!("{} ended by itself ({status}); see {}", self.id, self.log_file.display());
        Ok(status.map(|status| CliError::refused(sentence(status))))
    }

    fn terminate(&self) {
        // While the child is not waited for, its number is nobody else's.
        let number = self.child.id().and_then(|number| i32::try_from(number).ok());
        if let Some(pid) = number.and_then(Pid::from_raw) {
            // It may have ended in this moment.
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    async fn wait_for_its_end(mut self) -> Option<NodeId> {
        if tokio::time::timeout(STOP_DEADLINE, self.child.wait()).await.is_ok() {
            return None;
        }
        // It may have ended in this moment.
        let _ = self.child.kill().await;
        Some(self.id)
    }
}
