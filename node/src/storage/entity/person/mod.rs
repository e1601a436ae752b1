//! Tables of people, their actions, and the messages to them.

pub mod account;
pub mod alert;
pub mod alert_telling;
pub mod audit;
