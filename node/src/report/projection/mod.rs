//! Records of a report for the figures: its facts, its offers, its course, and the buckets that must be counted anew.

mod dirty_bucket;
mod dirty_bucket_repository;
mod fact;
mod fact_book;
mod fact_code;
mod fact_repository;
mod offer;
mod offer_book;
mod offer_repository;
mod pair;
mod plausible_time;
mod timeline;

pub use dirty_bucket::{Bucket, Counted, id_seconds};
pub(crate) use dirty_bucket_repository::{mark_notices, mark_reports};
pub use fact::Fact;
pub(crate) use fact::Said;
pub(crate) use fact_book::FactBook;
pub use fact_repository::facts_of;
pub(crate) use fact_repository::{add_fact, update_facts, with_fact_columns};
pub use offer::{OfferRow, Stand};
pub(crate) use offer_book::OfferBook;
pub use offer_repository::{OPEN, differing_offers};
pub use pair::key_between;
pub(crate) use plausible_time::time;
pub use timeline::Timeline;
pub(crate) use timeline::stamp;
