//! Volumes as figures: the source of charts, tables and downloads.

use super::model::{AGES, Counts, Flow, Spread, Volumes, WITHIN_DAYS};
use crate::statistics::figure::{Cell, Column, Figure, Label, Row, Shape, Unit};
use crate::statistics::filter::Step;

const SPREAD: [Column; 3 + WITHIN_DAYS.len()] = [
    Column::count("n"),
    Column { name: "median", unit: Unit::Hours },
    Column { name: "ninetieth", unit: Unit::Hours },
    Column::share("within-1"),
    Column::share("within-2"),
    Column::share("within-3"),
    Column::share("within-5"),
    Column::share("within-7"),
];

impl Spread {
    fn cells(&self) -> Vec<Cell> {
        let hours = |seconds: Option<u64>| seconds.map_or(Cell::Unknown, |seconds| Cell::Measure(hours(seconds)));
        let times = [Cell::Count(self.n), hours(self.median_seconds), hours(self.p90_seconds)];
        let shares = self.within.map(|n| if self.n == 0 { Cell::Unknown } else { Cell::Measure(ratio(n, self.n)) });
        times.into_iter().chain(shares).collect()
    }
}

/// A part of an hour is given to the second.
#[expect(clippy::cast_precision_loss, reason = "no time has 2^53 seconds")]
fn hours(seconds: u64) -> f64 {
    (seconds as f64 / 3_600.0 * 10_000.0).round() / 10_000.0
}

#[expect(clippy::cast_precision_loss, reason = "no hotline has 2^53 offers")]
fn ratio(n: u64, of: u64) -> f64 {
    (n as f64 / of as f64 * 10_000.0).round() / 10_000.0
}

impl Volumes {
    /// All of them: over the steps, by outcome, the times, the ages, and with more than one hotline by peer.
    #[must_use]
    pub fn figures(&self, step: Step) -> Vec<Figure> {
        let mut figures = vec![
            self.exchanged(step),
            self.answers("sent-answers", step, |(_, sent, _)| sent),
            self.answers("received-answers", step, |(_, _, received)| received),
            self.of_directions("time-to-accept", &SPREAD, |flow| flow.to_accept.cells()),
            self.of_directions("time-to-removal", &SPREAD, |flow| flow.to_removal.cells()),
            self.ages("open-ages", |flow| flow.open_ages),
            self.ages("in-hand-ages", |flow| flow.in_hand_ages),
        ];
        if self.peers.len() > 1 {
            figures.push(self.by_peer());
        }
        figures
    }

    /// Offered in each direction, step by step.
    #[must_use]
    pub fn exchanged(&self, step: Step) -> Figure {
        let row = |(begin, sent, received): &(_, Counts, Counts)| Row {
            label: step.label(*begin),
            cells: [sent.offered, received.offered].map(Cell::Count).to_vec(),
        };
        Figure {
            name: "exchanged",
            shape: Shape::Lines,
            of: step.code(),
            columns: vec![Column::count("sent"), Column::count("received")],
            rows: self.steps.iter().map(row).collect(),
        }
    }

    /// The outcomes of offers in one direction, step by step of the offer.
    fn answers(
        &self,
        name: &'static str,
        step: Step,
        of: impl Fn(&(chrono::NaiveDate, Counts, Counts)) -> &Counts,
    ) -> Figure {
        let row = |at: &(chrono::NaiveDate, Counts, Counts)| {
            let counts = of(at);
            // Those that are removed stand among the accepted ones otherwise, and would be shown twice.
            let kept = counts.accepted - counts.removed;
            let cells = [counts.removed, kept, counts.refused, counts.over, counts.open].map(Cell::Count).to_vec();
            Row { label: step.label(at.0), cells }
        };
        Figure {
            name,
            shape: Shape::Lines,
            of: step.code(),
            columns: ["removed", "accepted-not-removed", "refused", "over", "open"].map(Column::count).to_vec(),
            rows: self.steps.iter().map(row).collect(),
        }
    }

    fn of_directions(&self, name: &'static str, columns: &[Column], cells: impl Fn(&Flow) -> Vec<Cell>) -> Figure {
        let rows = [("sent", &self.sent), ("received", &self.received)];
        Figure {
            name,
            shape: Shape::TableOnly,
            of: "direction",
            columns: columns.to_vec(),
            rows: rows.map(|(code, flow)| Row { label: Label::direction(code), cells: cells(flow) }).to_vec(),
        }
    }

    fn ages(&self, name: &'static str, of: impl Fn(&Flow) -> [u64; AGES.len()]) -> Figure {
        let (sent, received) = (of(&self.sent), of(&self.received));
        let row = |(place, (code, _)): (usize, &(&'static str, i64))| Row {
            label: Label::Code { list: "waiting", code },
            cells: [sent[place], received[place]].map(Cell::Count).to_vec(),
        };
        Figure {
            name,
            shape: Shape::Bars,
            of: "waiting",
            columns: vec![Column::count("sent"), Column::count("received")],
            rows: AGES.iter().enumerate().map(row).collect(),
        }
    }

    /// With each hotline, by its id.
    #[must_use]
    pub fn by_peer(&self) -> Figure {
        let row = |(peer, (sent, received)): (&hotline_protocol::id::NodeId, &(Flow, Flow))| {
            let (s, r) = (&sent.counts, &received.counts);
            let counts = [s.offered, s.accepted, s.refused, s.removed, r.offered, r.accepted, r.refused, r.removed];
            let mut cells: Vec<Cell> = counts.map(Cell::Count).to_vec();
            let medians = [sent.to_accept.median_seconds, sent.to_removal.median_seconds];
            cells.extend(medians.map(|median| median.map_or(Cell::Unknown, |it| Cell::Measure(hours(it)))));
            Row { label: Label::Peer(peer.clone()), cells }
        };
        let counts = [
            "sent",
            "sent-accepted",
            "sent-refused",
            "sent-removed",
            "received",
            "received-accepted",
            "received-refused",
            "received-removed",
        ];
        let hours = |name| Column { name, unit: Unit::Hours };
        Figure {
            name: "by-peer",
            shape: Shape::TableOnly,
            of: "peer",
            columns: counts
                .map(Column::count)
                .into_iter()
                .chain(["median-to-accept", "median-to-removal"].map(hours))
                .collect(),
            rows: self.peers.iter().map(row).collect(),
        }
    }
}
