//! Questions about many reports, each one statement or a batch of them.

mod duplicate_repository;
mod placed_repository;
pub(crate) mod repository;
mod silent_holder_repository;
mod silent_repository;
mod stuck_repository;
mod tally_repository;
mod waiting_repository;
mod waits_for;

pub use duplicate_repository::{UrlDigests, earlier_reports};
pub use placed_repository::placed_lately;
pub use repository::{
    Filter, by_case, by_digests, by_ids, by_keys, by_reference, by_references, by_url_digest, hold_reports, newest_key,
    offered_to, oldest_of_newest, references_after, refused_for, unplaced, waiting_for_people,
};
pub use silent_holder_repository::{SilentAbout, silent_about};
pub use silent_repository::{Part, awaiting, is_not_located, not_located, unanswered_since};
pub use stuck_repository::{
    Stuck, by_state, held, held_for, missing_bodies, refused, unanswered, unassessed, unplaced_by_reason,
};
pub use tally_repository::{Tally, tally};
pub use waiting_repository::{OverdueOffers, mark_alarmed, overdue_offers};
pub use waits_for::WaitsFor;
