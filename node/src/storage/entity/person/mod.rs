//! Tables of people, what they did, and what they are told.

pub mod account;
pub mod alert;
pub mod alert_telling;
pub mod audit;
