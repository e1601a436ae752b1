//! Reports that this hotline works on, and acts of others upon them. Pure.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::state::Fold;
use hotline_protocol::vocabulary::State;

use crate::report::model::Report;
use crate::report::number::Number;

/// A report that this hotline worked on, and that another took back, withdrew or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkTaken {
    /// The report.
    pub report: ReportId,
    /// This hotline's own number of it.
    pub number: Option<Number>,
    /// The hotline that did it.
    pub by: NodeId,
}

/// Whether this hotline has taken a report of another one over and is not done with it.
pub(crate) fn is_worked_on(own: &NodeId, report: &Report) -> bool {
    let is_open = matches!(report.state, State::Accepted | State::LeaInformed | State::IspInformed | State::Reopened);
    report.holder == *own && report.id.origin != *own && is_open
}

/// Returns the work taken if entries of `by` take a report away that was worked on, or change it; `has_arrived`
/// identifies new entries.
pub(crate) fn work_taken(
    own: &NodeId,
    (report, by): (&Report, &NodeId),
    fold: &Fold,
    has_arrived: impl Fn(&Hash) -> bool,
) -> Option<WorkTaken> {
    // A hotline that was offered it by this one has it by this hotline's own will.
    let gave_away = fold.offers.iter().any(|offer| offer.by == *own && offer.accepted.is_some() && !offer.resumed);
    let is_gone = fold.holder != *own && !gave_away;
    let is_withdrawn = fold.state == State::Withdrawn;
    let is_amended = fold.amends.iter().any(has_arrived);
    (is_gone || is_withdrawn || is_amended).then(|| WorkTaken {
        report: report.id.clone(),
        number: report.number,
        by: by.clone(),
    })
}
