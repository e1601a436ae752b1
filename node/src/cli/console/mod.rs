//! Shared parts of commands for the person in front of them: questions, answers, tables, exit codes.

mod acting_user;
pub mod exit;
pub(crate) mod output;
mod terminal;
mod time;
mod typed_code;

pub use acting_user::acting_user;
pub use exit::CliError;
pub(crate) use terminal::{Confirmation, check_remark, not_read, read_argument, read_url, tell_read};
pub(crate) use time::{in_order, not_in_future, parse_time};
pub(crate) use typed_code::{code, country, year};
