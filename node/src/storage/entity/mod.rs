//! The tables, one a file.

pub mod account;
pub mod alert;
pub mod alert_telling;
pub mod audit;
pub mod counter;
pub mod day_taken;
pub mod digest;
pub mod digest_key;
pub mod entry;
pub mod epoch;
pub mod fork;
pub mod given_answer;
pub mod link;
pub mod log;
pub mod lost_entry;
pub mod opened;
pub mod peer;
pub mod peer_certificate;
pub mod peer_key;
pub mod report;
pub mod run;
pub mod setting;
pub mod sighting;
pub mod want;
