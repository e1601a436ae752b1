//! The state of one node's database in the end, folded anew from its entries.

use std::collections::HashMap;

use hotline_protocol::country::Country;
use hotline_protocol::entry::EntryType;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::state::Fold;
use hotline_protocol::vocabulary::{RouteReason, State};

use super::federation::Member;
use crate::cli::console::exit::CliError;
use crate::report::query::Filter;
use crate::report::replay::EntrySet;
use crate::report::{Report, list_reports};

/// Reports that are folded at once.
const PAGE: u64 = 2_000;

/// One node's account of all reports.
#[derive(Debug, Default)]
pub(super) struct NodeRecord {
    /// Reports that came in here, also those that were never published.
    pub created: u64,
    /// Reports that its own log creates.
    pub published: Vec<ReportId>,
    /// Published reports of its own that nobody could be offered.
    pub unroutable: u64,
    /// Ids under one reference, the reference as the node keeps it.
    pub by_reference: HashMap<i64, Vec<ReportId>>,
    /// How every published report stands, its own and others'.
    pub standings: HashMap<ReportId, Standing>,
}

/// How a report stands in one node's fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub holder: NodeId,
    /// The holder in the report's row; the fold must give the same.
    pub row_holder: NodeId,
    pub state: State,
    /// Depth of the walk.
    pub tenure: u32,
    /// The hosting country that the last valid offer, or the create, names.
    pub country: Option<Country>,
    /// Offers that were neither answered nor taken back.
    pub unanswered: usize,
    /// Offers that were refused.
    pub refused: usize,
    /// It was accepted more than once.
    pub passed_on: bool,
}

impl Standing {
    fn of(report: &Report, fold: &Fold) -> Self {
        let count = |which: fn(&&hotline_protocol::state::Offer) -> bool| fold.offers.iter().filter(which).count();
        Self {
            holder: fold.holder.clone(),
            row_holder: report.holder.clone(),
            state: fold.state,
            tenure: fold.tenure,
            country: fold.country,
            unanswered: count(|offer| offer.accepted.is_none() && offer.refusal.is_none() && !offer.resumed),
            refused: count(|offer| offer.refusal.is_some()),
            passed_on: count(|offer| offer.accepted.is_some()) > 1,
        }
    }
}

impl NodeRecord {
    /// Reads a node's whole database, a page at a time.
    pub(super) async fn read(member: &Member) -> Result<Self, CliError> {
        let mut record = Self::default();
        let mut before = None;
        loop {
            let filter = Filter { before, limit: PAGE, ..Filter::default() };
            let reports = list_reports(member.context.database.read(), &filter).await?;
            let Some(last) = reports.last() else { return Ok(record) };
            before = Some(last.key);
            record.add(member, &reports).await?;
        }
    }

    async fn add(&mut self, member: &Member, reports: &[Report]) -> Result<(), CliError> {
        let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
        let ledger = EntrySet::load(member.context.database.read(), &keys).await?;
        for report in reports {
            self.created += u64::from(report.id.origin == member.id);
            if let Some(reference) = report.reference {
                self.by_reference.entry(reference).or_default().push(report.id.clone());
            }
            let Some(fold) = ledger.fold(report.key) else { continue };
            let creates = ledger
                .of(report.key)
                .iter()
                .filter(|entry| entry.content.entry_type == EntryType::Create && entry.log == member.id);
            self.published.extend(creates.map(|_| report.id.clone()));
            self.unroutable += u64::from(is_unroutable(member, report));
            self.standings.insert(report.id.clone(), Standing::of(report, &fold));
        }
        Ok(())
    }
}

fn is_unroutable(member: &Member, report: &Report) -> bool {
    let nobody = report
        .route
        .as_ref()
        .is_some_and(|route| route.destination.is_none() && route.reason != RouteReason::HostedHere);
    report.id.origin == member.id && report.holder == member.id && nobody
}
