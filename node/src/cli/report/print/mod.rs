//! A report as text for people.

mod load;
mod text;

pub(crate) use load::load_views;
pub(crate) use text::{report_text, witness_table};
