//! The volumes of the exchange: offers between this hotline and others, and their outcomes.
//!
//! Volumes count **offers**, as the logs tell them ([`OfferRow`](crate::report::projection::OfferRow)), on the day when
//! the offer was written. Both sides of a pair count the same, as soon as they have the same logs: every time is the
//! one that an entry's author wrote.
//!
//! [`PeerFigures`](crate::statistics::PeerFigures) (`exchange` in `statistics --json`) counts otherwise: this hotline's
//! **reports**, in the period of their receipt here, each with the one hotline that holds it now or is offered it. The
//! two agree where no report is offered twice and each was offered on the day of its receipt. They differ so:
//!
//! | history | here | there |
//! | --- | --- | --- |
//! | offered to B, refused, offered to C | one with each | with C alone |
//! | offered to B, passed on by B to C | with B as passed on; nothing with C | with C alone |
//! | taken over from B, then offered to C | one with each | `received` of B alone |
//! | removed by C after B had passed it on | not removed with B | removed with C |
//! | received in December, offered in January | in January | in December |

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hotline_protocol::id::NodeId;

/// The highest ages of open offers and of reports in hand, in seconds: each beyond the one before, and the last without
/// an end.
pub const AGES: [(&str, i64); 6] = [
    ("hour", 3_600),
    ("day", 86_400),
    ("three-days", 3 * 86_400),
    ("week", 7 * 86_400),
    ("four-weeks", 28 * 86_400),
    ("more", i64::MAX),
];

/// Within so many days.
pub const WITHIN_DAYS: [u32; 5] = [1, 2, 3, 5, 7];

/// The lag of the figures counted ahead behind the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fresh {
    /// When something was counted last, microseconds since 1970; none where nothing was counted yet.
    pub counted_at: Option<i64>,
    /// Days (of yearly figures: years) that have changed since and are about to be counted anew.
    pub waiting: u64,
}

/// The volumes of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Volumes {
    /// How fresh they are.
    pub fresh: Fresh,
    /// Offered by this hotline.
    pub sent: Flow,
    /// Offered to this hotline.
    pub received: Flow,
    /// Every step of the period in its order, those without any offer too: its first day, and both directions.
    pub steps: Vec<(NaiveDate, Counts, Counts)>,
    /// With each hotline: both directions.
    pub peers: BTreeMap<NodeId, (Flow, Flow)>,
}

/// The outcomes of offers. Each stands in `offered` and in exactly one of `open`, `refused`, `over`, `accepted`; those
/// in `removed` and `in_hand` are among those in `accepted`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Offered.
    pub offered: u64,
    /// Nobody answered yet.
    pub open: u64,
    /// Refused by the target.
    pub refused: u64,
    /// Taken back, or over with the report: by its offerer, after a silence or because the holder was gone; withdrawn.
    pub over: u64,
    /// The target took the report over.
    pub accepted: u64,
    /// The content was gone while the target held the report, as its log says.
    pub removed: u64,
    /// The target has the report in hand: neither gone nor found legal, passed on nor withdrawn.
    pub in_hand: u64,
}

/// Offers in one direction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    /// Their outcomes.
    pub counts: Counts,
    /// From the offer to its acceptance.
    pub to_accept: Spread,
    /// From the offer to the removal.
    pub to_removal: Spread,
    /// Since when those are offered that nobody answered: how many of each of [`AGES`].
    pub open_ages: [u64; AGES.len()],
    /// Since when those were accepted that the target has in hand: how many of each of [`AGES`].
    pub in_hand_ages: [u64; AGES.len()],
}

/// How long something took, to the second. An unfinished one has no time, and counts in no share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many are done.
    pub n: u64,
    /// The shortest time that covers half of them; none of nothing.
    pub median_seconds: Option<u64>,
    /// The shortest time that covers nine in ten of them.
    pub p90_seconds: Option<u64>,
    /// How many took so many days at most, each of 24 hours: one for each of [`WITHIN_DAYS`].
    pub within: [u64; WITHIN_DAYS.len()],
}
