//! Figures counted ahead of requests, day by day and year by year, and kept at hand for pages.

mod area;
mod basis;
mod cell;
mod cell_code;
mod cell_filter;
mod cells_in_memory;
mod histogram;
mod names;
mod parallel_scan;
mod refresh;
mod rollup_repository;
mod rollups;
mod time_bucket;
mod yearly;

pub(crate) use area::Areas;
pub use basis::count_anew_where_changed;
pub(crate) use cell::{FederationCell, NEVER, OfferCell, ReportCell};
pub(crate) use cell_code::{country, letters};
pub(crate) use cell_filter::CellFilter;
pub(crate) use cells_in_memory::Kept;
pub(crate) use histogram::{Histogram, Length};
pub(crate) use names::{NOBODY, Names};
pub(crate) use parallel_scan::in_parts;
pub use refresh::{Recounted, Span, marks, refresh};
pub use rollups::Rollups;
pub(crate) use time_bucket::{Steps, days};
pub use yearly::Yearly;
