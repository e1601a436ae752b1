//! From the entries about one report to its holder and its state: a pure fold over headers alone.
//!
//! Every member computes the same, in any order of the entries' arrival. The holder is found by walking from tenure to
//! tenure; no clock and no order of arrival takes part. The rules are section 5 of the specification; [`fold`] follows
//! its words.

mod by_hash;
mod fold;
mod limit;
mod offer;
mod paths;
mod present;
mod said_again;
mod seen;
mod tenure;
mod unapplied;

pub use fold::{Fold, fold};
pub use limit::REPORT_ENTRIES_LIMIT;
pub use offer::{Offer, Refusal};
pub(crate) use said_again::by_name;
pub use seen::Seen;
pub use unapplied::{Unapplied, addressee, parties};

#[cfg(test)]
pub(crate) mod histories;
#[cfg(test)]
mod limit_tests;
#[cfg(test)]
pub(crate) mod story;
#[cfg(test)]
mod tests;
