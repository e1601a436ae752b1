//! Entries at work: the fold over them, taken into the rows of reports, in whatever order they arrived.

mod applied;
mod apply;
mod effects;
mod kept_body;
mod late_body;
mod ledger;
mod refold;
mod unapplied;
mod waited;

pub use applied::Applied;
pub use apply::Concerned;
pub use effects::FoldEffects;
pub use kept_body::KeptBody;
pub use late_body::{LateBody, take_late_told};
pub(crate) use ledger::ByHash;
pub use ledger::{Ledger, Recorded};
pub use refold::{Refolded, refold};
pub use unapplied::{Flood, Receipt, Standstill, counted_in, write_receipts};
