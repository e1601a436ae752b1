//! A comparison of this hotline's log and another's on the reports between them.
//!
//! Both logs are here, so the question is not either side's count, but where a statement of one log has no counterpart
//! in the other. Such places: an offer without an answer, an answer without an offer, an offer that was taken back.

use std::collections::HashMap;

use hotline_protocol::id::{NodeId, ReportId};

use super::model::{Counts, Fresh};
use crate::context::Context;
use crate::report::projection::{OfferRow, Stand, differing_offers, key_between};
use crate::report::query::repository::by_keys;
use crate::report::{Number, Report, ReportError};
use crate::storage::StorageError;

/// Both logs, of all times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// How fresh the counts are; the differences are as of now.
    pub fresh: Fresh,
    /// Our offers by our log, and their state by the peer's log.
    pub sent: Counts,
    /// The peer's offers to us by its log, and their state by our log.
    pub received: Counts,
    /// Differences, by when the report came: about as many as were asked for, and all of a report together.
    pub differences: Vec<Difference>,
    /// The place to ask for next; none where these were the last.
    pub next: Option<After>,
}

/// Where a list of differences goes on: behind all that one report has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The house's own key. It stays here: two of them tell how many reports came in between.
    key: i64,
    /// The report's id, the same on both sides.
    report: ReportId,
}

impl After {
    /// Behind a report; `None` where it is none between this hotline and the peer.
    pub async fn behind(context: &Context, peer: &NodeId, report: ReportId) -> Result<Option<Self>, ReportError> {
        let key = key_between(context, peer, &report).await?;
        Ok(key.map(|key| Self { key, report }))
    }

    /// The report; it serves to find the place again.
    #[must_use]
    pub const fn report(&self) -> &ReportId {
        &self.report
    }
}

/// Something that one log says and the other does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The report.
    pub report: ReportId,
    /// This hotline's own number of it; none where it is none of its business.
    pub number: Option<Number>,
    /// Whether this hotline is the one that offers.
    pub is_sent: bool,
    /// The kind of difference.
    pub kind: DifferenceKind,
    /// When it was offered, or answered where there is no offer; seconds since 1970, as the entry's author wrote.
    pub at: i64,
    /// When it was answered.
    pub answered_at: Option<i64>,
}

/// A statement of one log that the other lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Offered, and neither accepted nor refused in the target's log as far as that is here.
    Unanswered,
    /// Offered, and taken back or over before the target answered.
    TakenBack,
    /// Offered, accepted in the target's log, and taken back all the same: by the origin of a report after its holder
    /// was gone, or before the answer had arrived.
    TakenBackAfterAccept,
    /// An entry that offers the report, and that no log may answer: it came second, or was not its author's to write.
    OfferWithoutEffect,
    /// Accepted or refused in the target's log, and no offer that this answers is here.
    AnswerWithoutOffer,
}

impl DifferenceKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Unanswered,
        Self::TakenBack,
        Self::TakenBackAfterAccept,
        Self::OfferWithoutEffect,
        Self::AnswerWithoutOffer,
    ];

    /// Lower case with hyphens: the key in texts and downloads.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unanswered => "unanswered",
            Self::TakenBack => "taken-back",
            Self::TakenBackAfterAccept => "taken-back-after-accept",
            Self::OfferWithoutEffect => "offer-without-effect",
            Self::AnswerWithoutOffer => "answer-without-offer",
        }
    }
}

/// The differences with a peer after one of them, and where they go on.
pub(crate) async fn reconciled(
    context: &Context,
    peer: &NodeId,
    after: Option<After>,
    limit: u32,
) -> Result<(Vec<Difference>, Option<After>), StorageError> {
    let connection = context.database.read();
    let after = after.map_or(0, |after| after.key);
    let pair = (&context.own, peer);
    let rows = differing_offers(connection, pair, after, limit).await?;
    let is_full = rows.len() >= limit as usize;
    let goes_on = match rows.last().filter(|_| is_full) {
        Some(last) => !differing_offers(connection, pair, last.report, 1).await?.is_empty(),
        None => false,
    };
    let keys: Vec<i64> = rows.iter().map(|row| row.report).collect();
    let reports: HashMap<i64, Report> =
        by_keys(connection, &keys).await?.into_iter().map(|report| (report.key, report)).collect();
    let last = rows.last().filter(|_| goes_on).and_then(|row| reports.get(&row.report));
    let next = last.map(|last| After { key: last.key, report: last.id.clone() });
    let difference = |row: OfferRow| {
        let report = reports.get(&row.report)?;
        let (report, number) = (report.id.clone(), report.number);
        let (kind, is_sent) = (kind(&row)?, row.is_outgoing);
        Some(Difference { report, number, is_sent, kind, at: row.at, answered_at: row.answered_at })
    };
    Ok((rows.into_iter().filter_map(difference).collect(), next))
}

/// The kind of difference in a row; none where both logs agree.
const fn kind(row: &OfferRow) -> Option<DifferenceKind> {
    match (row.stand, row.answered_at) {
        (Stand::Open, _) => Some(DifferenceKind::Unanswered),
        (Stand::Over, None) => Some(DifferenceKind::TakenBack),
        (Stand::Over, Some(_)) => Some(DifferenceKind::TakenBackAfterAccept),
        (Stand::StrayOffer, _) => Some(DifferenceKind::OfferWithoutEffect),
        (Stand::StrayAnswer, _) => Some(DifferenceKind::AnswerWithoutOffer),
        _ => None,
    }
}
