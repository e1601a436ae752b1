//! A node in its operator's hands.

pub(crate) mod alerts;
pub(crate) mod completions;
pub(crate) mod configuration;
pub(crate) mod full_disk;
pub(crate) mod health;
pub(crate) mod log_lines;
pub(crate) mod migration;
pub(crate) mod questions;
pub(crate) mod walk_through;
