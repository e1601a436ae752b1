//! The report itself: its row, its moves, its repository, and the fold at work.
//!
//! A report is created once (`(origin, rid)`), and every change of it is an entry of somebody's log; the row is what
//! the fold over those entries finds, kept so that it can be searched. Every context changes a report through this
//! room. A URL stands nowhere here but sealed.

mod apply;
mod assess;
mod carried;
mod course;
mod create;
mod dossier;
mod duplicate_repository;
mod effects;
mod entry_repository;
mod error;
mod fact;
mod fact_book;
mod fact_code;
mod fact_repository;
mod finding;
mod history;
mod journal;
mod kept_body;
mod late_body;
mod ledger;
mod listed;
mod model;
mod moves;
mod name;
mod offer;
mod offer_book;
mod offer_repository;
mod pair;
mod past;
mod placed_repository;
mod publish;
mod refold;
mod repository;
mod row_repository;
mod sealed_body;
mod service;
mod shown;
mod silent_holder_repository;
mod silent_repository;
mod stale;
mod stale_repository;
mod stuck_repository;
mod tally_repository;
#[cfg(test)]
pub(crate) mod test_report;
mod unapplied;
mod urls;
mod view;
mod waited;
mod waiting_repository;
mod waits_for;
mod work;

pub use apply::{Applied, Concerned};
pub use assess::{Finding, assess_report, check_assessable};
pub use course::Course;
pub use create::{PreparedReport, create_reports, prepare_report, prepare_reports};
pub use dossier::{Dossier, Informed, PrivateContent, Replaced, keep_informed, keep_location};
pub use duplicate_repository::{UrlDigests, earlier_reports};
pub use effects::FoldEffects;
pub use entry_repository::{
    BodyState, EntryToStore, SealedBody, beyond, bodies_about, head, insert_entries, is_beyond, left_behind, report_of,
    set_head, signed,
};
pub use error::ReportError;
pub use fact::Fact;
pub use fact_repository::facts_of;
pub use finding::{FindingRefused, check_finding, closing};
pub use history::HistoryView;
pub use journal::record_own_entry;
pub use kept_body::KeptBody;
pub use late_body::{LateBody, take_late_told};
pub use ledger::{Ledger, Recorded};
pub use listed::{ListedReport, load_listed};
pub use model::{House, Number, OpenOffer, Report, Route, url_digest};
pub use moves::{Move, MoveRefused};
pub use name::{NameRefused, ReportName};
pub use offer::{OfferRow, Stand};
pub use offer_repository::{OPEN, differing_offers};
pub use pair::key_between;
pub use past::PastCase;
pub use placed_repository::placed_lately;
pub use publish::{NewReport, Publication, is_exchanged};
pub use refold::{Refolded, refold};
pub use repository::{
    Filter, by_case, by_digests, by_ids, by_keys, by_reference, by_references, by_url_digest, hold_reports, newest_key,
    offered_to, oldest_of_newest, references_after, refused_for, unplaced, waiting_for_people,
};
pub use sealed_body::{open_body, seal_body};
pub use service::*;
#[cfg(test)]
pub(crate) use shown::test_fields;
pub use shown::{AccessView, ContentView, Line, ReplacedView, ReporterView, Section, Told};
pub use silent_holder_repository::{SilentAbout, silent_about};
pub use silent_repository::{Part, awaiting, is_not_located, not_located, unanswered_since};
pub use stale::{Bucket, Counted, id_seconds};
pub use stuck_repository::{
    Stuck, by_state, held, held_for, missing_bodies, refused, unanswered, unassessed, unplaced_by_reason,
};
pub use tally_repository::{Tally, tally};
pub use unapplied::{Flood, Receipt, Standstill, counted_in, write_receipts};
pub use urls::{Reveal, Urls};
pub use view::{HostingView, ReportView, RouteView, WitnessView, load_views};
pub use waiting_repository::{OverdueOffers, mark_alarmed, overdue_offers};
pub use waits_for::WaitsFor;
pub use work::WorkTaken;
