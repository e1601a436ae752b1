//! Figures of a period, exact and for the house: small cells are withheld in everything that leaves it.
//!
//! A report counts in the period of its receipt by this hotline. Its reports are those that have a number of its own:
//! taken in here, cases of the past, and those that peers offered. Everything is counted by the database, in grouped
//! queries: rows stay where they are. Facts from bodies stand beside the reports as codes and times
//! ([`Fact`](super::report::projection::Fact)), as nobody could open millions of sealed bodies for a figure.
//!
//! **For pages** there is `Rollups`: figures counted ahead, day by day, so that millions of reports answer while a
//! page waits. One is made for the node, and every handler has it. Each function takes a [`Filter`] and gives numbers
//! with how fresh they are; `figures()` of each gives them as charts, tables and downloads have them.
//!
//! | asked | gives | readers |
//! | --- | --- | --- |
//! | `Rollups::volumes` | `Volumes`: offers in both directions, answers, removal, times, offers still open or in hand | staff; a partner with `filter.peer` set to his own hotline |
//! | `Rollups::federation` | `Federation`: all logs as totals by step and hosting country | everybody |
//! | `Rollups::world` | `World`: this hotline's reports by hosting country, hoster, network | staff |
//! | `Rollups::year` | `Yearly`: the [`Statistics`] of a calendar year, counted ahead | staff |
//! | `Rollups::reconcile` | `Reconciled`: our log and a peer's held against each other | staff; a partner for his own hotline |
//!
//! `statistics` counts the rows themselves at the moment of asking: exact, and slow where there are millions.

mod annual;
mod code;
pub mod count;
pub mod export;
mod figure;
mod filter;
mod model;
mod period;
pub mod rollup;
#[cfg(test)]
pub(crate) mod sample;
mod suppression;
pub mod volume;

pub use annual::{relations, yearly_figures};
pub use figure::{Cell, Column, Figure, Label, Row, Shape, Unit};
pub use filter::{Filter, Step};
pub use model::{
    Actions, ByCode, Change, Code, CodeCount, ContentFigures, CountryCount, Durations, Handling, NoticeCount,
    NoticeFigures, OffenceCount, PeerFigures, Previous, Removal, RemovalCount, Statistics, Survival, SurvivalPoint,
    TldCount, Victims, YearFigures,
};
pub use period::Period;
pub use suppression::{Order, Place, Relation, withhold};
