//! Figures as they leave for spreadsheets.

mod csv_escape;
mod flat;

pub use csv_escape::csv_escape;
pub use flat::flat_rows;
