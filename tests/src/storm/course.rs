//! The course of a storm.

use std::collections::BTreeMap;

use super::bystander::Times;
use super::honest::Work;
use super::watch::{Load, Taken};
use crate::hostile::Answers;

/// Events until the hostile ones ended.
pub(super) struct Timeline {
    /// Attacks at a time.
    pub(super) hands: usize,
    /// Days (UTC) that it touched: each has a budget.
    pub(super) days: u64,
    pub(super) attacks: Answers,
    pub(super) honest: Vec<Work>,
    pub(super) bystanders: BTreeMap<&'static str, Times>,
    pub(super) nodes: Vec<Taken>,
    pub(super) load: Load,
}
