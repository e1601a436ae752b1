//! Entries of other logs at work: which reports they are about, and the fold taken into the rows.

use std::collections::{HashMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entitlement::opened_by_offers;
use hotline_protocol::entry::EntryType;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::log::{Position, VerifiedEntry};
use hotline_protocol::state::{Fold, Seen};
use hotline_protocol::url::UrlDigest;

use super::error::ReportError;
use super::ledger::{Ledger, Recorded};
use super::model::Report;
use super::repository::{self, BodyState};
use super::service::{take_own_numbers, take_report_keys};
use super::unapplied::{Receipt, Standstill, receipts_due, standstill};
use crate::context::Context;
use crate::storage::Write;

/// The reports that some entries are about: those that are here, and rows for those that are not yet.
pub struct Concerned {
    reports: Vec<Report>,
    by_id: HashMap<ReportId, usize>,
    /// Keys of reports of which nothing was here before.
    fresh: HashSet<i64>,
}

/// What the fold asks for beyond the rows.
#[derive(Debug, Default)]
pub struct FoldEffects {
    /// Bodies that an offer opens to this node and that are not here: log, place, hash.
    pub wanted: Vec<(NodeId, Position, Hash)>,
    /// Bodies of our own log that an offer opens to another: log, place, reader.
    pub opened: Vec<(NodeId, Position, NodeId)>,
    /// Receipts that this node owes for what it cannot apply.
    pub receipts: Vec<Receipt>,
    /// Reports that stand still from now on.
    pub standstills: Vec<Standstill>,
}

impl Concerned {
    /// Finds the reports of `entries`, and makes rows for new ones.
    pub async fn find(context: &Context, write: &Write<'_>, entries: &[VerifiedEntry]) -> Result<Self, ReportError> {
        let mut ids: Vec<ReportId> = Vec::new();
        let mut met = HashSet::new();
        for entry in entries {
            if !entry.header.content.concerns_report() {
                continue;
            }
            if let Some(id) = entry.header.content.report()
                && met.insert(id.clone())
            {
                ids.push(id);
            }
        }
        let mut reports = repository::by_ids(&**write, &ids).await?;
        let known: HashSet<ReportId> = reports.iter().map(|report| report.id.clone()).collect();
        ids.retain(|id| !known.contains(id));
        let mut fresh = HashSet::new();
        if !ids.is_empty() {
            let first = take_report_keys(write, ids.len()).await?;
            let now = context.now_micros();
            for (id, key) in ids.into_iter().zip(first..) {
                fresh.insert(key);
                reports.push(Report::unknown(key, id, now));
            }
        }
        let by_id = reports.iter().enumerate().map(|(place, report)| (report.id.clone(), place)).collect();
        Ok(Self { reports, by_id, fresh })
    }

    /// The keys of the reports that the entries are about, in their order.
    #[must_use]
    pub fn keys_of(&self, entries: &[VerifiedEntry]) -> Vec<Option<i64>> {
        entries.iter().map(|entry| self.key_of(entry)).collect()
    }

    fn key_of(&self, entry: &VerifiedEntry) -> Option<i64> {
        if !entry.header.content.concerns_report() {
            return None;
        }
        self.by_id.get(&entry.header.content.report()?).map(|place| self.reports[*place].key)
    }

    /// Folds every report that the entries are about, and writes the rows. The entries must be stored already.
    pub async fn fold_and_save(
        mut self,
        context: &Context,
        write: &Write<'_>,
        entries: &[VerifiedEntry],
    ) -> Result<FoldEffects, ReportError> {
        let ledger = self.ledger(context, write, entries).await?;
        let now = context.now_micros();
        let mut effects = FoldEffects::default();
        let mut heard = HashSet::new();
        for report in &mut self.reports {
            let (fold, about) = (ledger.fold(report.key), ledger.of(report.key));
            effects.receipts.extend(receipts_due(&context.own, report, fold.as_ref(), about, now / 1_000_000));
            effects.standstills.extend(standstill(report, fold.as_ref(), about, entries));
            if let Some(fold) = fold {
                report.take_fold(&fold, now);
                let entries = ledger.of(report.key).iter().map(Recorded::seen);
                heard.extend(entries.filter(|entry| fold.hears(entry)).map(|entry| entry.hash));
                collect_effects(context, &fold, ledger.of(report.key), &mut effects);
            }
        }
        self.take_bodies(context, entries.iter().filter(|entry| heard.contains(&entry.hash)));
        self.number_ours(context, write).await?;
        let digests: Vec<(UrlDigest, i64)> = entries
            .iter()
            .filter(|entry| heard.contains(&entry.hash) && entry.header.content.org.as_ref() == Some(&entry.header.log))
            .filter_map(|entry| Some((&entry.header.content.digests, self.key_of(entry)?)))
            .flat_map(|(digests, key)| digests.iter().map(move |digest| (digest.clone(), key)))
            .collect();
        repository::insert_digests(&**write, digests).await?;
        repository::save(&**write, &self.reports).await?;
        Ok(effects)
    }

    /// Entries of reports that are new stand in the run itself; those of others are loaded.
    async fn ledger(
        &self,
        context: &Context,
        write: &Write<'_>,
        entries: &[VerifiedEntry],
    ) -> Result<Ledger, ReportError> {
        let known: Vec<i64> =
            self.reports.iter().map(|report| report.key).filter(|key| !self.fresh.contains(key)).collect();
        let mut ledger =
            if known.is_empty() { Ledger::default() } else { Ledger::load(&**write, &context.own, &known).await? };
        for entry in entries {
            if let Some(key) = self.key_of(entry).filter(|key| self.fresh.contains(key)) {
                ledger.add(key, recorded(entry));
            }
        }
        Ok(ledger)
    }

    /// Fills what a row shows from bodies that came with entries that count: a stranger's entry changes nothing.
    fn take_bodies<'a>(&mut self, context: &Context, entries: impl Iterator<Item = &'a VerifiedEntry>) {
        for entry in entries {
            let Some(place) = entry.header.content.report().and_then(|id| self.by_id.get(&id).copied()) else {
                continue;
            };
            let Some(Ok(body)) = entry.body.as_ref().map(hotline_protocol::entry::BodyLine::body) else { continue };
            let report = &mut self.reports[place];
            if let Some(last) = body.assessments.last() {
                report.assessment = last.assessment.known().copied();
                report.reason = last.reason.as_ref().and_then(|reason| reason.known().copied());
                report.offence = last.offence.known().copied();
            }
            if matches!(entry.header.content.entry_type, EntryType::Create | EntryType::Transfer) {
                report.urgency = body.urgency.as_ref().and_then(|urgency| urgency.known().copied());
                if let Some(url) = &body.url {
                    report.take_url(&context.seal, url.canonical());
                }
                report.reported_offence = report.reported_offence.or(report.offence);
                if let Some(hosting) = body.hosting.iter().rfind(|found| found.country == report.country) {
                    report.asn = hosting.asn;
                    report.organisation.clone_from(&hosting.organisation);
                }
            }
        }
    }

    /// Reports that are offered to this hotline get its own numbers.
    async fn number_ours(&mut self, context: &Context, write: &Write<'_>) -> Result<(), ReportError> {
        let ours = |report: &&mut Report| {
            report.number.is_none() && report.offer.as_ref().is_some_and(|offer| offer.target == context.own)
        };
        let mut offered: Vec<&mut Report> = self.reports.iter_mut().filter(ours).collect();
        if !offered.is_empty() {
            let numbers = take_own_numbers(write, context.year(), offered.len()).await?;
            for (report, number) in offered.iter_mut().zip(numbers) {
                report.number = Some(number);
                report.channel = Some(hotline_protocol::vocabulary::Channel::Exchange);
                report.source = Some(hotline_protocol::vocabulary::Source::PartnerHotline);
            }
        }
        Ok(())
    }
}

fn recorded(entry: &VerifiedEntry) -> Recorded {
    Recorded {
        hash: entry.hash,
        log: entry.header.log.clone(),
        place: (entry.header.epoch, entry.header.seq),
        content: entry.header.content.clone(),
        body_state: if entry.body.is_some() { BodyState::Here } else { BodyState::None },
    }
}

/// Offers after the first open earlier bodies to their targets; the first names its target in `to`.
fn collect_effects(context: &Context, fold: &Fold, entries: &[Recorded], effects: &mut FoldEffects) {
    if fold.offers.iter().all(|offer| offer.entry == fold.create) {
        return;
    }
    let seen: Vec<Seen<'_>> = entries.iter().map(Recorded::seen).collect();
    for (hash, reader) in opened_by_offers(fold, &seen) {
        let Some(entry) = entries.iter().find(|entry| entry.hash == hash && !entry.is_draft()) else { continue };
        let place = Position { epoch: entry.place.0, seq: entry.place.1 };
        if reader == context.own && entry.content.body().is_some() && entry.body_state != BodyState::Here {
            effects.wanted.push((entry.log.clone(), place, hash));
        } else if entry.log == context.own {
            effects.opened.push((entry.log.clone(), place, reader));
        }
    }
}
