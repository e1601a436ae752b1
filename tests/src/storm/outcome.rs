//! What came of a storm, held against what is promised.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::bystander::Times;
use super::calm::Calm;
use super::honest::Work;
use super::watch::Taken;
use super::weather::Plan;
use crate::hostile::Answers;

/// What is promised of honest nodes and of those who use them.
#[derive(Debug, Clone, Copy)]
pub struct Goals {
    /// Most resident memory of a node.
    pub rss_mib: u64,
    /// Ninety-nine of a hundred calls of others take no longer.
    pub p99_ms: u64,
    /// What a node's folder grows by.
    pub disk_mib: u64,
}

/// Everything that was seen.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// The hostile ones' time.
    pub seconds: u64,
    attacks: Answers,
    honest: Vec<Work>,
    bystanders: BTreeMap<&'static str, Times>,
    nodes: Vec<Taken>,
    calm: Calm,
}

impl Outcome {
    pub(super) fn new(
        plan: &Plan,
        attacks: Answers,
        honest: Vec<Work>,
        bystanders: BTreeMap<&'static str, Times>,
        nodes: Vec<Taken>,
        calm: Calm,
    ) -> Self {
        Self { seed: plan.seed, seconds: plan.time.as_secs(), attacks, honest, bystanders, nodes, calm }
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
            if node.disk_mib > goals.disk_mib {
                wrong.push(format!("{id} grew by {} MiB on disk, {} are promised.", node.disk_mib, goals.disk_mib));
            }
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
        writeln!(out, "seed {}, {} seconds", self.seed, self.seconds)?;
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
            let Taken { rss_peak_mib, handles_peak, disk_mib, error_lines, .. } = node;
            let line =
                format!("{rss_peak_mib} MiB, {handles_peak} handles, disk +{disk_mib} MiB, {error_lines} errors");
            writeln!(out, "  {:36} {line}", node.node)?;
        }
        writeln!(out, "  agreed after {:?} s; honest reports: {:?}", self.calm.agreed_after_s, self.calm.reports)?;
        writeln!(out, "  alerts: {:?}", self.calm.alerts)
    }
}
