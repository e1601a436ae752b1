//! Work done in the past, as a row of a historical file tells it.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::State;

use super::cell::{Cells, country};
use crate::intake::csv::fault::FaultKind;
use crate::intake::csv::file::Column;

/// The possible final states of a case of the past.
const OUTCOMES: &[State] = &[
    State::Removed,
    State::Unavailable,
    State::NotIllegal,
    State::Moved,
    State::Refused,
    State::Withdrawn,
    State::Closed,
];

/// Work done in the past.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Where it was hosted; `None` where unknown.
    pub hosting_country: Option<Country>,
    /// The hosting address.
    pub hosting_ip: Option<IpAddr>,
    /// The country of the hotline that it was sent to.
    pub sent_to_country: Option<Country>,
    /// The country of the hotline that it came from.
    pub received_from_country: Option<Country>,
    /// When the police were informed.
    pub lea_at: Option<DateTime<Utc>>,
    /// When the hoster was informed.
    pub isp_at: Option<DateTime<Utc>>,
    /// How it ended: removed, unavailable, `not_illegal`, moved, refused, withdrawn or closed.
    pub outcome: Option<State>,
    /// When it ended.
    pub outcome_at: Option<DateTime<Utc>>,
    /// When the reporter was answered.
    pub replied_at: Option<DateTime<Utc>>,
}

impl Past {
    /// Reads the cells of the historical columns.
    pub(super) fn parse(cells: &mut Cells<'_>) -> Self {
        let past = Self {
            hosting_country: cells.optional(Column::HostingCountry, country).flatten(),
            hosting_ip: cells.optional(Column::HostingIp, |text| text.parse().map_err(|_| FaultKind::IpMalformed)),
            sent_to_country: cells.optional(Column::SentToCountry, country).flatten(),
            received_from_country: cells.optional(Column::ReceivedFromCountry, country).flatten(),
            lea_at: cells.time(Column::LeaAt),
            isp_at: cells.time(Column::IspAt),
            outcome: cells.optional(Column::Outcome, outcome),
            outcome_at: cells.time(Column::OutcomeAt),
            replied_at: cells.time(Column::RepliedAt),
        };
        if past.outcome_at.is_some() && cells.text(Column::Outcome).is_none() {
            cells.fault(Column::Outcome, FaultKind::OutcomeMissing);
        }
        past
    }
}

fn outcome(text: &str) -> Result<State, FaultKind> {
    let known = || OUTCOMES.iter().map(|state| state.code()).collect::<Vec<_>>().join(", ");
    let outcome = OUTCOMES.iter().copied().find(|state| state.code() == text);
    outcome.ok_or_else(|| FaultKind::OutcomeUnknown { known: known() })
}
