//! What is counted ahead of being asked for, day by day and year by year, and kept at hand for pages.

mod area;
mod basis;
mod cell;
mod cell_code;
mod kept;
mod lengths;
mod names;
mod parts;
mod recount;
mod rollup_repository;
mod rollups;
mod steps;
mod wanted;
mod yearly;

pub(crate) use area::Areas;
pub use basis::count_anew_where_changed;
pub(crate) use cell::{FederationCell, NEVER, OfferCell, ReportCell};
pub(crate) use cell_code::{country, letters};
pub(crate) use kept::Kept;
pub(crate) use lengths::{Length, Lengths};
pub(crate) use names::{NOBODY, Names};
pub(crate) use parts::in_parts;
pub use recount::{Recounted, Span, marks, recount};
pub use rollups::Rollups;
pub(crate) use steps::{Steps, days};
pub(crate) use wanted::Wanted;
pub use yearly::Yearly;
