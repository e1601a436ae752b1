//! What commands share of the person in front of them: questions, answers, tables, exit codes.

pub mod exit;
pub(crate) mod output;
mod terminal;
mod time;
mod who;
mod word;

pub use exit::CliError;
pub(crate) use terminal::{Confirmation, check_remark, not_read, read_argument, read_url, tell_read};
pub(crate) use time::{in_order, not_in_future, parse_time};
pub use who::acting_user;
pub(crate) use word::{code, country, year};
