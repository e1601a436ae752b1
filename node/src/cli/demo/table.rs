//! The live table: redrawn in place at a terminal, elsewhere a line from time to time.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use hotline_protocol::vocabulary::State;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::intake::Progress;
use super::survey::{NodeSurvey, Survey};
use crate::cli::console::output::tell;

/// Where nothing is redrawn, a line comes so often.
const LINE_EVERY: Duration = Duration::from_secs(3);

/// Titles and widths of the columns behind the node's name; all together fit into 100 columns.
const COLUMNS: [(&str, usize); 11] = [
    ("created", 8),
    ("accepted", 9),
    ("offered", 8),
    ("open", 7),
    ("informed", 9),
    ("removed", 8),
    ("gone", 7),
    ("legal", 7),
    ("held", 7),
    ("entries", 8),
    ("behind", 8),
];

/// The table shown while the nodes work.
pub(super) struct Table {
    progress: ProgressBar,
    rows: Vec<ProgressBar>,
    all: MultiProgress,
    live: bool,
    told: Option<Instant>,
}

impl Table {
    /// For `nodes` nodes and `reports` reports.
    pub(super) fn new(nodes: usize, reports: u64) -> Self {
        let all = MultiProgress::new();
        let row = |text: String| {
            let style = ProgressStyle::with_template("{wide_msg}").expect("a template");
            all.add(ProgressBar::new(1).with_style(style).with_message(text))
        };
        let style =
            ProgressStyle::with_template("{elapsed_precise} {bar:20} {human_pos}/{human_len} reports in; {wide_msg}");
        let progress = all.add(ProgressBar::new(reports).with_style(style.expect("a template")));
        let rows = std::iter::once(heading()).chain((0..nodes).map(|_| String::new())).map(row).collect();
        Self { progress, rows, all, live: io::stderr().is_terminal(), told: None }
    }

    /// Shows a survey; `phase` names the current work.
    pub(super) fn show(&mut self, survey: &Survey, taken: &Progress, phase: &str) {
        if self.live {
            self.progress.set_position(taken.taken());
            self.progress.set_message(phase.to_owned());
            for (row, node) in self.rows.iter().skip(1).zip(&survey.nodes) {
                row.set_message(row_of(survey, node));
            }
            self.rows[0].tick();
        } else if self.told.is_none_or(|told| told.elapsed() >= LINE_EVERY) {
            self.told = Some(Instant::now());
            tell(&line_of(survey, taken, phase));
        }
    }

    /// Writes something above the table, or where it was.
    pub(super) fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        self.all.suspend(write)
    }

    /// Takes the table off the terminal.
    pub(super) fn clear(&self) {
        // A terminal that is gone needs no clearing.
        let _ = self.all.clear();
    }
}

fn heading() -> String {
    line("node", COLUMNS.iter().map(|(title, _)| *title))
}

fn row_of(survey: &Survey, node: &NodeSurvey) -> String {
    let figures = [
        node.created(),
        node.accepted(),
        node.offered(),
        node.held_in(&[State::Accepted, State::Assessed, State::Reopened]),
        node.held_in(&[State::LeaInformed, State::IspInformed]),
        node.held_in(&[State::Removed]),
        node.held_in(&[State::Unavailable]),
        node.held_in(&[State::NotIllegal]),
        node.held_in(&[State::Held]),
        node.entries(),
        survey.behind(node),
    ];
    line(node.id.as_str(), figures)
}

fn line(name: &str, cells: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let cells = cells.into_iter().zip(COLUMNS);
    cells.fold(format!("{name:9}"), |line, (cell, (_, width))| line + &format!("{cell:>width$}"))
}

fn line_of(survey: &Survey, taken: &Progress, phase: &str) -> String {
    let sum = |count: fn(&NodeSurvey) -> u64| survey.nodes.iter().map(count).sum::<u64>();
    format!(
        "{}/{} reports in, {} accepted abroad, {} offered, {} entries, {} behind; {phase}",
        taken.taken(),
        taken.total,
        sum(NodeSurvey::accepted),
        sum(NodeSurvey::offered),
        sum(NodeSurvey::entries),
        survey.nodes.iter().map(|node| survey.behind(node)).sum::<u64>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_fits_into_a_hundred_columns_and_under_its_heading() {
        let node = NodeSurvey {
            id: "fr-demo".parse().expect("a node's id"),
            tallies: Vec::new(),
            unsealed: 0,
            missing_bodies: 0,
            heads: std::collections::BTreeMap::new(),
        };
        let row = row_of(&Survey { nodes: vec![node.clone()] }, &node);
        assert_eq!(row.len(), heading().len());
        assert!(row.len() <= 100, "{row}");
    }
}
