//! The exchange between this hotline and others, and the work that waits for its people.

mod alerts;
mod day_used_up;
mod facts;
mod holders;
mod offers;
mod peer_trouble;
mod peers;
mod reports;
mod trouble;

pub(super) use alerts::check as alerts;
pub(super) use holders::check as holders;
pub(super) use offers::check as offers;
pub use offers::patience;
pub(super) use peers::{check as peers, links};
pub(super) use reports::check as reports;
