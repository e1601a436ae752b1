//! Impossible orders of events: something done about a report before anybody had it. Compared in whole seconds, as
//! programs write times to different digits.

use chrono::{DateTime, Utc};
use hotline_protocol::vocabulary::State;

use super::cell::Cells;
use super::historical::Past;
use crate::intake::csv::fault::FaultKind;
use crate::intake::csv::file::Column;

/// Names each time that cannot follow the others.
pub(super) fn check_order(
    cells: &mut Cells<'_>,
    received_at: DateTime<Utc>,
    assessed_at: Option<DateTime<Utc>>,
    past: Option<&Past>,
) {
    let mut after_receipt = |column, time: Option<DateTime<Utc>>| {
        if time.is_some_and(|time| time.timestamp() < received_at.timestamp()) {
            cells.fault(column, FaultKind::BeforeReceived);
        }
    };
    // A report from another hotline was perhaps assessed there.
    if past.is_none_or(|past| past.received_from_country.is_none()) {
        after_receipt(Column::AssessedAt, assessed_at);
    }
    let Some(past) = past else { return };
    after_receipt(Column::LeaAt, past.lea_at);
    after_receipt(Column::IspAt, past.isp_at);
    after_receipt(Column::OutcomeAt, past.outcome_at);
    after_receipt(Column::RepliedAt, past.replied_at);
    let is_gone = matches!(past.outcome, Some(State::Removed | State::Unavailable));
    if let (Some(notice), Some(gone)) = (past.isp_at, past.outcome_at)
        && is_gone
        && gone.timestamp() < notice.timestamp()
    {
        cells.fault(Column::OutcomeAt, FaultKind::GoneBeforeNotice);
    }
}
