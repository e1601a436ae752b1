//! Figures as they leave for spreadsheets.

mod csv_escape;
mod flat;

pub use csv_escape::harmless;
pub use flat::flat_rows;
