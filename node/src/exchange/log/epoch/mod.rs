//! Epochs: a log that continues after a restore or a theft, and the entries that it leaves behind.

mod epoch_chain;
mod epoch_repository;
mod left_behind;
mod left_behind_repository;
mod lost_entry;
mod open_epoch;
mod position_repository;

pub use epoch_chain::{Line, Onward};
pub(crate) use epoch_repository::{EPOCH_STEP_LIMIT, EPOCHS_LIMIT};
pub use epoch_repository::{epochs_of, line_of};
pub use left_behind::{ReportLeftBehind, reports_left_behind};
pub use left_behind_repository::insert_lost;
pub use lost_entry::LostEntry;
pub use open_epoch::{EPOCH_SETTING, LeftBehind, OpenedEpoch, good_places, open_epoch, take_epoch, was_taken};
pub(crate) use position_repository::{stands_after, stands_up_to};
