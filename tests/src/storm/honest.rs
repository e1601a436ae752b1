//! An honest hotline at work: it imports, submits, assesses reports of the public, and acts on the reports it holds.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::chance::Chance;
use crate::node::federation::Federation;
use crate::places::url_in;

/// Between two of its commands.
const PAUSE: Duration = Duration::from_secs(2);
/// Where its reports are hosted: mostly at the honest, sometimes at the hostile member or at nobody's.
const COUNTRIES: [&str; 10] = ["FR", "NL", "DE", "FR", "NL", "DE", "NL", "DE", "SE", "US"];

/// The work of an honest hotline's people.
#[derive(Debug, Default, Serialize)]
pub(super) struct Work {
    /// Its node.
    pub(super) node: &'static str,
    /// Reports with a finding that it took in.
    pub(super) reports: u64,
    /// Actions on reports that it held.
    pub(super) acts: u64,
    /// Commands that failed, with their messages.
    pub(super) failed: Vec<String>,
}

/// Works until `end`.
pub(super) async fn work(federation: Arc<Federation>, place: usize, mut chance: Chance, end: Instant) -> Work {
    let mut work = Work { node: federation[place].who.id, ..Work::default() };
    let mut pause = interval(PAUSE);
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut number = u32::try_from(place).unwrap_or(0) * 1_000_000;
    while Instant::now() < end {
        pause.tick().await;
        number += 100;
        if let Err(error) = one(&federation, place, &mut chance, number, &mut work).await {
            work.failed.push(format!("{error:#}").chars().take(300).collect());
        }
    }
    work
}

async fn one(
    federation: &Federation,
    place: usize,
    chance: &mut Chance,
    number: u32,
    work: &mut Work,
) -> anyhow::Result<()> {
    let cli = &federation[place].cli;
    let mut country = || COUNTRIES[usize::try_from(chance.within(0..COUNTRIES.len() as u64)).unwrap_or(0)];
    match number / 100 % 4 {
        0 => {
            let row = |at: u32, country| (format!("{}-{}", cli.id, number + at), url_in(country, number + at));
            let rows: Vec<_> = (0..8).map(|at| row(at, country())).collect();
            cli.import(&rows).await?;
            work.reports += 8;
        }
        1 => {
            cli.submit(&url_in(country(), number)).await?;
            work.reports += 1;
        }
        2 => {
            let received = cli.json(&["report", "list", "--state", "received", "--limit", "1"]).await?;
            if let Some(id) = received[0]["id"].as_str() {
                cli.json(&["report", "assess", id, "--assessment", "baseline"]).await?;
                work.reports += 1;
            }
        }
        _ => {
            let held = ["report", "list", "--state", "accepted", "--holder", cli.id, "--limit", "3"];
            for report in cli.json(&held).await?.as_array().into_iter().flatten() {
                if let Some(id) = report["id"].as_str() {
                    cli.json(&["report", "act", id, "removed"]).await?;
                    work.acts += 1;
                }
            }
        }
    }
    Ok(())
}
