//! `demo`: a federation of national nodes on this machine, on synthetic fixtures.
//!
//! Five hotlines ([`nation`]) get a folder, keys and each other's cards ([`federation`]), and a process of their own
//! ([`server`]). Reports come in at two of them ([`intake`]), and analysts work on each node's held reports
//! ([`analysts`]). All go through the use cases that the commands have. A [`survey`] feeds the [`table`] and tells when
//! everything is settled; then every node's database is read ([`record`]) and compared ([`settle`]), and a [`summary`]
//! is given.

mod analysts;
mod federation;
mod folder;
mod intake;
mod nation;
mod record;
mod server;
mod settle;
mod summary;
mod survey;
mod table;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use analysts::Analysts;
use clap::Args;
use federation::{Member, make_federation};
use folder::Folder;
use intake::{Progress, take_in_all};
use nation::NATIONS;
use server::Servers;
use summary::Summary;
use survey::Survey;
use table::Table;
use tokio::signal::unix::{SignalKind, signal};

use super::Globals;
use super::console::exit::CliError;
use super::console::output::{show, tell};
use crate::shutdown::{Stop, Tasks};

/// Between two rounds: a look at every node, and the analysts' turn.
const ROUND: Duration = Duration::from_millis(250);
/// Longer than everything that a node leaves for later (a greeting, a poll and the pause before a retry).
const STALLED: Duration = Duration::from_mins(3);

/// How large, and until when.
#[derive(Args, Debug)]
#[command(after_help = "Nothing leaves the machine: nodes listen on loopback, and every report is made up.\n  \
    hotline-node demo --reports 1000 --exit-when-settled --json")]
pub struct DemoArgs {
    /// Where the nodes' folders are made; a temporary folder that is removed at the end if absent
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// How many reports are taken in, over all nodes
    #[arg(long, value_name = "N", default_value_t = nation::SHARES)]
    reports: u32,
    /// End when every log is everywhere and no offer is open, and report the result
    #[arg(long)]
    exit_when_settled: bool,
}

pub(super) async fn run(args: DemoArgs, globals: &Globals) -> Result<(), CliError> {
    let tasks = Tasks::new();
    stop_on_signal(&tasks)?;
    let folder = Folder::make(args.dir.clone())?;
    let mut table = Table::new(NATIONS.len(), u64::from(args.reports));
    let mut servers = Servers::default();
    let stop = tasks.stop_signal();
    let demo = Demo { args: &args, globals, folder: &folder, stop: &stop, began: Instant::now() };
    let ended = tokio::select! {
        biased;
        () = stop.stopped() => demo.interrupted(),
        ended = demo.run(&mut servers, &mut table) => ended,
    };
    table.clear();
    for killed in servers.stop().await {
        tell(&format!("{killed} did not end in time and was killed"));
    }
    folder.end(ended.is_err() && !stop.is_stopping());
    ended
}

/// Ctrl-C, a supervisor's stop, or a terminal that is closed.
fn stop_on_signal(tasks: &Tasks) -> Result<(), CliError> {
    let listen = |kind| signal(kind).map_err(|cause| CliError::file("signals", cause));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hangup = listen(SignalKind::hangup())?;
    tasks.spawn("signals", async move |stop: Stop| {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
            () = stop.stopped() => {}
        }
        stop.stop();
    });
    Ok(())
}

/// One demonstration.
struct Demo<'a> {
    args: &'a DemoArgs,
    globals: &'a Globals,
    folder: &'a Folder,
    stop: &'a Stop,
    began: Instant,
}

impl Demo<'_> {
    async fn run(&self, servers: &mut Servers, table: &mut Table) -> Result<(), CliError> {
        let progress = Progress::of(u64::from(self.args.reports));
        let members = make_federation(self.folder.path()).await?;
        servers.start(&members, self.stop).await?;
        let (survey, ()) = tokio::try_join!(
            self.watch_until_settled(&members, servers, table, &progress),
            take_in_all(&members, self.args.reports, &progress),
        )?;
        let seconds = self.began.elapsed().as_secs_f64();
        let summary = Summary::make(&members, &survey, progress.taken(), seconds).await?;
        table.aside(|| self.tell_summary(&summary))?;
        summary.check()?;
        if self.args.exit_when_settled {
            return Ok(());
        }
        loop {
            servers.check_alive()?;
            table.show(&Survey::take(&members).await?, &progress, "settled; Ctrl-C ends it");
            self.stop.wait(ROUND).await;
        }
    }

    /// Ctrl-C is how the demonstration ends, unless its result is waited for.
    fn interrupted(&self) -> Result<(), CliError> {
        if self.args.exit_when_settled {
            return Err(CliError::refused("interrupted before everything was settled"));
        }
        Ok(())
    }

    /// Lets the analysts work, until the reports are in, nobody has anything left to do, and every node agrees.
    async fn watch_until_settled(
        &self,
        members: &[Member],
        servers: &mut Servers,
        table: &mut Table,
        progress: &Progress,
    ) -> Result<Survey, CliError> {
        let mut analysts = Analysts::default();
        let mut last = (Survey::default(), Instant::now());
        loop {
            servers.check_alive()?;
            let is_in = progress.is_complete();
            let survey = Survey::take(members).await?;
            let under_way = survey.under_way();
            table.show(&survey, progress, if is_in { "analysts at work" } else { "more come in" });
            if analysts.work(members).await? == 0 && is_in && under_way.is_none() {
                return Ok(survey);
            }
            if survey != last.0 {
                last = (survey, Instant::now());
            } else if last.1.elapsed() > STALLED {
                let rest = under_way.unwrap_or_default();
                return Err(CliError::refused(format!("nothing moves any more, and still there are {rest}")));
            }
            self.stop.wait(ROUND).await;
        }
    }

    fn tell_summary(&self, summary: &Summary) -> Result<(), CliError> {
        let is_there = self.folder.stays() || !self.args.exit_when_settled;
        show(self.globals, summary, |summary| summary.for_people(is_there.then(|| self.folder.path())))
    }
}
