//! The specification matches the code: its worked examples are computed anew, its tables are held against the enums
//! that they describe. So `README.md` cannot drift.

mod examples;
mod readme;
mod tables;
mod worked_examples;
