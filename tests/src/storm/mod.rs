//! Everything that a hostile member and a stranger can do, at once and by chance, beside three honest hotlines at work;
//! and in the end a look whether it harmed anybody but themselves.
//!
//! `weather` runs a `plan`: `honest` reports, `door` answers in the member's name, `stranger` has no certificate.
//! `bystander` and `watch` measure, `calm` looks at the end and `party` at each report. `outcome` holds it against the
//! promises, the disk against the author's `budget`.

mod budget;
mod bystander;
mod calm;
mod course;
mod door;
mod honest;
mod outcome;
mod party;
mod plan;
mod role;
mod stranger;
mod watch;
mod weather;

pub use budget::Budget;
pub use outcome::{Goals, Outcome};
pub use plan::Plan;
pub use weather::weather;
