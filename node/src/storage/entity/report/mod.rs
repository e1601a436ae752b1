//! Tables of reports.

pub mod counter;
pub mod digest;
pub mod given_answer;
pub mod row;
pub mod setting;
pub mod sighting;
