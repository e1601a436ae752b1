//! What goes on between this hotline and others, and what waits for its people.

mod alerts;
mod peers;
mod reports;

pub(super) use alerts::check as alerts;
pub(super) use peers::check as peers;
pub(super) use reports::check as reports;
