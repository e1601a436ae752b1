//! What is done with a report, and what it writes into the log: taken in, assessed, published, changed.

mod assess;
mod carried;
mod create;
mod finding;
mod moves;
mod past;
mod publish;
mod work;

pub use assess::{Finding, assess_report, check_assessable};
pub use create::{PreparedReport, create_reports, prepare_report, prepare_reports};
pub use finding::{FindingRefused, check_finding, closing};
pub(crate) use moves::check_room;
pub use moves::{Move, MoveRefused};
pub use past::PastCase;
pub use publish::{NewReport, Publication, is_exchanged};
pub use work::WorkTaken;
pub(crate) use work::{is_worked_on, work_taken};
