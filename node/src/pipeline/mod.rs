//! The order of steps that a report takes: read this file first.
//!
//! 1. `intake` records a report; if it is assessed it is located, routed and written into our log in the same transaction.
//! 2. `exchange::log::Sealer` signs the written entries, in runs.
//! 3. [`deliver`] gives every peer the runs, with the bodies that are addressed to it.
//! 4. [`apply_run`]: a run of a peer is verified, stored and folded in one transaction.
//! 5. [`answer_offers`]: locates the reports offered to this hotline, and accepts or refuses them.
//! 6. [`Reroute`]: offers reports elsewhere, or holds them for a person, where they were refused, left without an
//!    answer, or could not be placed.
//! 7. [`overdue`]: finds offers that nobody answers, to call a person. All else that calls a person stands in
//!    `health`.
//!
//! Every step looks for rows in a state, does one thing, and moves them on; each may run any number of times.

mod alarm;
mod answer;
mod apply;
mod catch_up;
mod deliver;
mod fetch_bodies;
mod fetch_proofs;
mod held_refusals;
mod next_destination;
mod reroute;
mod set_aside;
#[cfg(test)]
mod test_house;

pub use alarm::{Overdue, Patience, mark_called, overdue};
pub use answer::answer_offers;
pub use apply::{AppliedRun, PreparedRun, apply_run};
pub use catch_up::{apply_given_run, may_move, pull_run, silent_logs, verify_run};
pub use deliver::{DeliverFault, deliver, greet};
pub use fetch_bodies::{RefusedBodies, fetch_bodies};
pub use fetch_proofs::{AskedForProof, fetch_proofs};
pub use held_refusals::HeldBack;
pub use reroute::{Placed, Reroute};
use thiserror::Error;

use super::report::ReportError;
use super::storage::StorageError;

/// Why a step did not happen; it is run again.
#[derive(Debug, Error)]
pub enum PipelineError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A report.
    #[error(transparent)]
    Report(#[from] ReportError),
}
