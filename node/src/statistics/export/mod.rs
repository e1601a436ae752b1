//! Figures as they leave for spreadsheets.

mod flat;
mod harmless;

pub use flat::flat_rows;
pub use harmless::harmless;
