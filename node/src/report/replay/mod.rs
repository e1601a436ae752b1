//! Entries at work: the fold over them, taken into the rows of reports, in any order of arrival.

mod applied;
mod apply;
mod effects;
mod entry_set;
mod late_body;
mod newly_valid_body;
mod rebuild;
mod received_body;
mod rejection;

pub use applied::Applied;
pub use apply::Concerned;
pub use effects::FoldEffects;
pub(crate) use entry_set::ByHash;
pub use entry_set::{EntrySet, Recorded};
pub use late_body::{LateBody, take_late_told};
pub use rebuild::{Refolded, rebuild};
pub use received_body::ReceivedBody;
pub use rejection::{Flood, Receipt, Standstill, counted_in, write_receipts};
