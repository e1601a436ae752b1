//! Work on a report and the entries that it writes into the log: taken in, assessed, published, changed.

mod assess;
mod create;
mod finding;
mod historical;
mod own_work;
mod publish;
mod transition;
mod unsendable_time;

pub use assess::{Finding, assess_report, check_assessable};
pub use create::{PreparedReport, create_reports, prepare_report, prepare_reports};
pub use finding::{FindingRefused, check_finding, closing};
pub use historical::PastCase;
pub use own_work::WorkTaken;
pub(crate) use own_work::{is_worked_on, work_taken};
pub use publish::{NewReport, Publication, is_exchanged};
pub(crate) use transition::check_room;
pub use transition::{Move, MoveRefused};
