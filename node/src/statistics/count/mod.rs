//! The figures of a period, counted from the rows at the moment of asking: exact.

mod duration;
mod europe;
mod fact_repository;
mod finding;
mod illegal;
mod notice;
mod removal;
mod repository;
mod service;
mod survival;
mod tally;

pub(crate) use duration::DAYS;
#[cfg(test)]
pub(crate) use duration::{End, Removals, Spans};
#[cfg(test)]
pub(crate) use europe::is_european;
pub(crate) use illegal::ILLEGAL;
pub(crate) use service::figures_of_year;
pub use service::statistics;
#[cfg(test)]
pub(crate) use survival::Watched;
pub(crate) use tally::{change_of, share};
#[cfg(test)]
pub(crate) use tally::{codes, countries, top_level_domains};
