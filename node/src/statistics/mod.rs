//! Figures of a period, exact and for the house: small cells are withheld in everything that leaves it.
//!
//! A report counts in the period in which this hotline received it. Its reports are those that have a number of its
//! own: taken in here, cases of the past, and those that peers offered. Everything is counted by the database, in
//! grouped queries. What stands in sealed bodies alone (victims, site types, acts and their times) is not counted: such
//! figures are null, never 0.

mod europe;
mod flat;
mod model;
mod period;
mod repository;
mod service;
mod tally;

pub use flat::flat_rows;
pub use model::{
    Actions, ByCode, Change, ContentFigures, CountryCount, Handling, NotCounted, OffenceCount, PeerFigures, Previous,
    Statistics, TldCount, Victims, YearFigures,
};
pub use period::Period;
pub use service::statistics;
