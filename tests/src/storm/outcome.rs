//! The result of a storm, held against the promises.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::budget::{Budget, Today};
use super::bystander::Times;
use super::calm::Calm;
use super::course::Timeline;
use super::honest::Work;
use super::plan::Plan;
use super::watch::{Load, Taken};
use crate::hostile::Answers;

/// Members that are hostile.
const HOSTILE_AUTHORS: u64 = 1;

/// Promises about honest nodes and their users.
#[derive(Debug, Clone, Copy)]
pub struct Goals {
    /// Most resident memory of a node.
    pub rss_mib: u64,
    /// Ninety-nine of a hundred calls of others take no longer.
    pub p99_ms: u64,
    /// A node's growth on disk; by default the author's budget gives the limit.
    pub disk_mib: Option<u64>,
}

/// Everything that was seen.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// The hostile ones' time.
    pub seconds: u64,
    /// Attacks at a time.
    pub hands: usize,
    /// The author's day at honest nodes.
    pub budget: Budget,
    /// A node's allowed growth for it, in MiB.
    pub disk_goal_mib: u64,
    load: Load,
    attacks: Answers,
    honest: Vec<Work>,
    bystanders: BTreeMap<&'static str, Times>,
    nodes: Vec<Taken>,
    calm: Calm,
}

impl Outcome {
    pub(super) fn new(plan: &Plan, course: Timeline, calm: Calm) -> Self {
        let Timeline { hands, days, attacks, honest, bystanders, nodes, load } = course;
        let disk_goal_mib = plan.budget.disk_mib(HOSTILE_AUTHORS, days);
        let (seed, seconds, budget) = (plan.seed, plan.time.as_secs(), plan.budget);
        Self { seed, seconds, hands, budget, disk_goal_mib, load, attacks, honest, bystanders, nodes, calm }
    }

    /// A sentence for each thing that did not hold.
    #[must_use]
    pub fn wrong(&self, goals: &Goals) -> Vec<String> {
        let mut wrong = self.calm.wrong.clone();
        for node in &self.nodes {
            let id = node.node;
            if node.rss_peak_mib > goals.rss_mib {
                wrong.push(format!("{id} took {} MiB of memory, {} are promised.", node.rss_peak_mib, goals.rss_mib));
            }
            let disk_mib = goals.disk_mib.unwrap_or(self.disk_goal_mib);
            if node.disk_mib > disk_mib {
                wrong.push(format!("{id} grew by {} MiB on disk, {disk_mib} are promised.", node.disk_mib));
            }
            wrong.extend(self.budget.exceeded(&node.today).map(|how| format!("{id} {how}.")));
            if node.panics > 0 {
                wrong.push(format!("{id} panicked {} times.", node.panics));
            }
        }
        for (what, times) in &self.bystanders {
            if times.p99_ms > goals.p99_ms {
                wrong.push(format!("{what}: 99 of 100 took up to {} ms, {} are promised.", times.p99_ms, goals.p99_ms));
            }
            for (status, count) in times.answers.iter().filter(|(status, _)| !(200..300).contains(*status)) {
                wrong.push(format!("{what}: answered {status} {count} times."));
            }
        }
        for work in self.honest.iter().filter(|work| !work.failed.is_empty()) {
            wrong.push(format!("{}: {} commands failed, the first: {}", work.node, work.failed.len(), work.failed[0]));
        }
        wrong
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Load { before, mean, most } = self.load;
        writeln!(out, "seed {}, {} seconds, {} hands", self.seed, self.seconds, self.hands)?;
        writeln!(out, "load average before {before:.1}, meanwhile {mean:.1}, at most {most:.1}")?;
        for (attack, answers) in &self.attacks {
            let answers: Vec<_> = answers.iter().map(|(answer, count)| format!("{answer} {count}")).collect();
            writeln!(out, "  {attack:36} {}", answers.join(", "))?;
        }
        for (what, times) in &self.bystanders {
            let Times { p50_ms, p99_ms, longest_ms, answers } = times;
            writeln!(out, "  {what:36} p50 {p50_ms} ms, p99 {p99_ms} ms, longest {longest_ms} ms, {answers:?}")?;
        }
        for work in &self.honest {
            let (reports, acts, failed) = (work.reports, work.acts, work.failed.len());
            writeln!(out, "  {:36} {reports} reports, {acts} acts, {failed} commands failed", work.node)?;
        }
        for node in &self.nodes {
            let Taken { rss_peak_mib, handles_peak, disk_mib, log_kib, error_lines, .. } = node;
            let Today { entries, bytes, epochs } = node.today;
            let disk = format!("disk +{disk_mib} MiB of {} (log {log_kib} KiB)", self.disk_goal_mib);
            let line = format!("{rss_peak_mib} MiB, {handles_peak} handles, {disk}, {error_lines} errors");
            let taken = format!("taken {entries} entries, {} MiB, {epochs} epochs", bytes / (1_024 * 1_024));
            writeln!(out, "  {:36} {line}, {taken}", node.node)?;
        }
        writeln!(out, "  {} honest reports were shown at every node", self.calm.shown)?;
        writeln!(out, "  agreed after {:?} s; honest reports: {:?}", self.calm.agreed_after_s, self.calm.reports)?;
        writeln!(out, "  alerts: {:?}", self.calm.alerts)
    }
}
