//! The summary at the end.

use std::path::Path;

use hotline_protocol::id::NodeId;
use serde::Serialize;

use super::federation::Member;
use super::record::NodeRecord;
use super::settle::{Account, Findings, compare};
use super::survey::Survey;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{fields, table};

/// `demo --json`.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    nodes: Vec<NodeSummary>,
    reports: u64,
    published: u64,
    accepted: u64,
    refused_first: u64,
    passed_on: u64,
    unroutable: u64,
    states: std::collections::BTreeMap<&'static str, u64>,
    entries: u64,
    seconds: f64,
    lost: u64,
    duplicated: u64,
    disagreeing: u64,
    misplaced: u64,
    #[serde(skip)]
    fault: Option<String>,
}

/// One node.
#[derive(Debug, Serialize)]
struct NodeSummary {
    id: NodeId,
    /// Reports that came in here.
    reports_created: u64,
    /// Reports of others that it holds.
    reports_accepted: u64,
    /// Of its own log.
    entries: u64,
}

impl Summary {
    /// Reads and compares every node's database after `taken` reports were taken in.
    pub(super) async fn make(members: &[Member], survey: &Survey, taken: u64, seconds: f64) -> Result<Self, CliError> {
        let mut accounts: Vec<Account> = Vec::with_capacity(members.len());
        for member in members {
            accounts.push((member.id.clone(), member.country, NodeRecord::read(member).await?));
        }
        let findings = compare(&accounts, taken);
        let nodes: Vec<NodeSummary> = survey
            .nodes
            .iter()
            .map(|node| NodeSummary {
                id: node.id.clone(),
                reports_created: node.created(),
                reports_accepted: node.accepted(),
                entries: node.entries(),
            })
            .collect();
        Ok(Self::of(nodes, taken, seconds, findings))
    }

    fn of(nodes: Vec<NodeSummary>, reports: u64, seconds: f64, findings: Findings) -> Self {
        Self {
            fault: findings.fault(),
            entries: nodes.iter().map(|node| node.entries).sum(),
            nodes,
            reports,
            published: findings.published,
            accepted: findings.accepted,
            refused_first: findings.refused,
            passed_on: findings.passed_on,
            unroutable: findings.unroutable,
            states: findings.states,
            seconds: (seconds * 1_000.0).round() / 1_000.0,
            lost: findings.lost,
            duplicated: findings.duplicated,
            disagreeing: findings.disagreeing,
            misplaced: findings.misplaced,
        }
    }

    /// Fails with the fault, if there is one.
    pub(super) fn check(&self) -> Result<(), CliError> {
        match &self.fault {
            Some(fault) => Err(CliError::refused(fault.clone())),
            None => Ok(()),
        }
    }

    /// For people; `folder` where the nodes' folders are still there to be looked at.
    pub(super) fn for_people(&self, folder: Option<&Path>) -> String {
        let rows = self.nodes.iter().map(|node| {
            let figures = [node.reports_created, node.reports_accepted, node.entries];
            std::iter::once(node.id.to_string()).chain(figures.map(|figure| figure.to_string())).collect()
        });
        let nodes = table(&["node", "reports created", "accepted from others", "entries in its log"], rows, "");
        format!("{nodes}\n\n{}\n{}", self.figures(), look(folder))
    }

    fn figures(&self) -> String {
        let states: Vec<String> = self.states.iter().map(|(state, count)| format!("{count} {state}")).collect();
        fields(&[
            ("reports taken in", self.reports.to_string()),
            ("published", format!("{} (the others wait for an assessment, or are not illegal csam)", self.published)),
            ("accepted by another hotline", self.accepted.to_string()),
            ("of these refused elsewhere first", self.refused_first.to_string()),
            ("passed on to a third country", self.passed_on.to_string()),
            ("nobody to offer them to", self.unroutable.to_string()),
            ("state, as every node sees it", states.join(", ")),
            ("lost", self.lost.to_string()),
            ("duplicated", self.duplicated.to_string()),
            ("seconds until settled", format!("{:.1}", self.seconds)),
        ])
    }
}

fn look(folder: Option<&Path>) -> String {
    match folder {
        Some(folder) => format!(
            "The nodes' folders are in {}. To look around, as an analyst, and into the office of one of them:\n  \
             hotline-node --config {config} report list\n  hotline-node --config {config} account add you --role \
             admin\n",
            folder.display(),
            config = folder.join("fr-demo/config.toml").display()
        ),
        None => "The nodes' folders were temporary; to keep them, name a new folder with --dir.\n".to_owned(),
    }
}
