//! Entries of other logs at work: which reports they are about, and the fold taken into the rows.

use std::collections::{HashMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entitlement::opened_by_offers;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::log::{Position, VerifiedEntry};
use hotline_protocol::state::{Fold, Seen};

use super::entry_repository::BodyState;
use super::error::ReportError;
use super::fact_book::FactBook;
use super::kept_body::KeptBody;
use super::ledger::{Ledger, Recorded};
use super::model::Report;
use super::offer_book::OfferBook;
use super::repository;
use super::service::{take_own_numbers, take_report_keys};
use super::unapplied::{Receipt, Standstill, receipts_due, standstill};
use super::waited::{Waited, waited};
use crate::context::Context;
use crate::storage::Write;

/// The reports that some entries are about: those that are here, and rows for those that are not yet.
pub struct Concerned {
    reports: Vec<Report>,
    /// For each entry, in their order, the place of its report in `reports`.
    places: Vec<Option<usize>>,
    /// How many of them were here before; of the others nothing was.
    known: usize,
    /// For each report, whether something more was told of it than how it stands.
    told: Vec<bool>,
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

/// An entry that is applied, with its body where this node keeps it.
pub type Applied<'e> = (&'e VerifiedEntry, Option<&'e KeptBody>);

impl Concerned {
    /// Finds the reports of `entries`, and makes rows for new ones.
    pub async fn find(context: &Context, write: &Write<'_>, entries: &[Applied<'_>]) -> Result<Self, ReportError> {
        let mut ids: Vec<ReportId> = Vec::new();
        let mut numbers: HashMap<ReportId, usize> = HashMap::new();
        let mut number_of = |(entry, _): &Applied<'_>| {
            let content = &entry.header.content;
            let id = content.report().filter(|_| content.concerns_report())?;
            Some(*numbers.entry(id).or_insert_with_key(|id| {
                ids.push(id.clone());
                ids.len() - 1
            }))
        };
        let numbered: Vec<Option<usize>> = entries.iter().map(&mut number_of).collect();
        let mut reports = repository::by_ids(&**write, &ids).await?;
        let mut place_of: Vec<Option<usize>> = vec![None; ids.len()];
        for (place, report) in reports.iter().enumerate() {
            if let Some(number) = numbers.get(&report.id) {
                place_of[*number] = Some(place);
            }
        }
        let missing = place_of.iter().filter(|place| place.is_none()).count();
        let known = reports.len();
        if missing > 0 {
            let mut key = take_report_keys(write, missing).await?;
            let now = context.now_micros();
            for (id, place) in ids.into_iter().zip(&mut place_of).filter(|(_, place)| place.is_none()) {
                *place = Some(reports.len());
                reports.push(Report::unknown(key, id, now));
                key += 1;
            }
        }
        let places = numbered.into_iter().map(|number| place_of[number?]).collect();
        let told = vec![false; reports.len()];
        Ok(Self { reports, places, known, told })
    }

    /// The keys of the reports that the entries are about, in their order.
    #[must_use]
    pub fn keys(&self) -> Vec<Option<i64>> {
        self.places.iter().map(|place| Some(self.reports[(*place)?].key)).collect()
    }

    /// Folds every report that the entries are about, and writes the rows. The entries must be stored already.
    pub async fn fold_and_save(
        mut self,
        context: &Context,
        write: &Write<'_>,
        entries: &[Applied<'_>],
    ) -> Result<FoldEffects, ReportError> {
        let ledger = self.ledger(write, entries).await?;
        let mut folds = HashMap::with_capacity(self.reports.len());
        let now = context.now_micros();
        let mut effects = FoldEffects::default();
        let mut heard = HashSet::new();
        for report in &mut self.reports {
            let (fold, about) = (ledger.fold(report.key), ledger.of(report.key));
            effects.receipts.extend(receipts_due(&context.own, report, fold.as_ref(), about, now / 1_000_000));
            effects.standstills.extend(standstill(report, fold.as_ref(), about, entries));
            if let Some(fold) = fold {
                report.take_fold(&context.own, &fold, about, now);
                let entries = ledger.of(report.key).iter().map(Recorded::seen);
                heard.extend(entries.filter(|entry| fold.hears(entry)).map(|entry| entry.hash));
                collect_effects(context, &fold, ledger.of(report.key), &mut effects);
                folds.insert(report.key, fold);
            }
        }
        let digests = self.take_told(context, entries, &heard);
        let waited = self.take_waited(context, write, entries, (&ledger, &heard)).await?;
        self.number_ours(context, write).await?;
        let facts = self.count(context, write, entries, &heard, &waited).await?;
        self.keep_offers(context, write, entries, (&ledger, &folds)).await?;
        repository::insert_digests(write, digests).await?;
        self.save(write, facts).await?;
        Ok(effects)
    }

    /// Fills what rows show from bodies that were here before, and whose entries count from now on.
    async fn take_waited(
        &mut self,
        context: &Context,
        write: &Write<'_>,
        entries: &[Applied<'_>],
        (ledger, heard): (&Ledger, &HashSet<Hash>),
    ) -> Result<Vec<Waited>, ReportError> {
        let keys: Vec<i64> = self.reports[..self.known].iter().map(|report| report.key).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let fresh: HashSet<Hash> = entries.iter().map(|(entry, _)| entry.hash).collect();
        let waited = waited(context, write, (ledger, &keys), (&fresh, heard)).await?;
        for body in &waited {
            let place = keys.iter().position(|key| *key == body.report);
            let Some(place) = place else { continue };
            body.told.take_into(&mut self.reports[place], &context.seal);
            self.told[place] = true;
        }
        Ok(waited)
    }

    /// Takes what bodies tell into what is counted of this hotline's reports.
    async fn count<'c>(
        &self,
        context: &'c Context,
        write: &Write<'_>,
        entries: &[Applied<'_>],
        heard: &HashSet<Hash>,
        waited: &[Waited],
    ) -> Result<FactBook<'c>, ReportError> {
        let (known, fresh) = self.reports.split_at(self.known);
        let told = || known.iter().zip(&self.told).filter(|(_, told)| **told).map(|(report, _)| report);
        let mut facts = FactBook::open(&context.own, write, told()).await?;
        for report in told().chain(fresh) {
            facts.take_up(report);
        }
        for ((entry, kept), place) in entries.iter().zip(&self.places) {
            let Some(place) = place.filter(|_| heard.contains(&entry.hash)) else { continue };
            if let Some(told) = kept.and_then(|kept| kept.told.as_ref()) {
                facts.take_said(&self.reports[place], &entry.header.log, told.said());
            }
        }
        for body in waited {
            if let Some(report) = known.iter().find(|report| report.key == body.report) {
                facts.take_said(report, &body.author, body.told.said());
            }
        }
        Ok(facts)
    }

    /// Takes what the logs tell of offers between this hotline and others.
    async fn keep_offers(
        &self,
        context: &Context,
        write: &Write<'_>,
        entries: &[Applied<'_>],
        (ledger, folds): (&Ledger, &HashMap<i64, Fold>),
    ) -> Result<(), ReportError> {
        let fresh: HashSet<Hash> = entries.iter().map(|(entry, _)| entry.hash).collect();
        let mut offers = OfferBook::new(&context.own);
        for (place, report) in self.reports.iter().enumerate() {
            let about = ledger.of(report.key);
            if place < self.known {
                offers.was(report.key, about.iter().filter(|entry| !fresh.contains(&entry.hash)));
            }
            offers.take(report.key, folds.get(&report.key), about);
        }
        Ok(offers.save(write).await?)
    }

    async fn save(self, write: &Write<'_>, mut facts: FactBook<'_>) -> Result<(), ReportError> {
        let Self { mut reports, known, told, .. } = self;
        let fresh = reports.split_off(known);
        let mut told = told.into_iter();
        let (told, moved): (Vec<Report>, Vec<Report>) = reports.into_iter().partition(|_| told.next() == Some(true));
        let facts_of_fresh: Vec<_> = fresh.iter().map(|report| facts.take_out(report.key)).collect();
        repository::insert(write, &fresh, &facts_of_fresh).await?;
        repository::update(write, &told).await?;
        repository::update_standing(write, &moved).await?;
        Ok(facts.save(write).await?)
    }

    /// Entries of reports that are new stand in the run itself; those of others are loaded.
    async fn ledger(&self, write: &Write<'_>, entries: &[Applied<'_>]) -> Result<Ledger, ReportError> {
        let known: Vec<i64> = self.reports[..self.known].iter().map(|report| report.key).collect();
        let mut ledger = if known.is_empty() { Ledger::default() } else { Ledger::load(&**write, &known).await? };
        for ((entry, kept), place) in entries.iter().zip(&self.places) {
            if let Some(place) = place.filter(|place| *place >= self.known) {
                ledger.add(self.reports[place].key, recorded(entry, kept.is_some()));
            }
        }
        Ok(ledger)
    }

    /// Fills what a row shows from bodies that came with entries that count: a stranger's entry changes nothing. Gives
    /// the digests that count, each with its report's key.
    fn take_told(&mut self, context: &Context, entries: &[Applied<'_>], heard: &HashSet<Hash>) -> Vec<(Hash, i64)> {
        let mut digests = Vec::with_capacity(entries.len());
        for ((entry, kept), place) in entries.iter().zip(&self.places) {
            let Some(place) = place.filter(|_| heard.contains(&entry.hash)) else { continue };
            let report = &mut self.reports[place];
            if report.id.origin == entry.header.log {
                digests.extend(entry.header.content.digests.iter().map(|digest| (digest.h, report.key)));
            }
            if let Some(told) = kept.and_then(|kept| kept.told.as_ref()) {
                told.take_into(report, &context.seal);
                self.told[place] = true;
            }
        }
        digests
    }

    /// Reports that are offered to this hotline get its own numbers.
    async fn number_ours(&mut self, context: &Context, write: &Write<'_>) -> Result<(), ReportError> {
        let ours = |report: &Report| {
            report.number.is_none() && report.offer.as_ref().is_some_and(|offer| offer.target == context.own)
        };
        let mut offered: Vec<(&mut Report, &mut bool)> =
            self.reports.iter_mut().zip(&mut self.told).filter(|(report, _)| ours(report)).collect();
        if !offered.is_empty() {
            let numbers = take_own_numbers(write, context.year(), offered.len()).await?;
            for ((report, told), number) in offered.iter_mut().zip(numbers) {
                **told = true;
                report.number = Some(number);
                report.channel = Some(hotline_protocol::vocabulary::Channel::Exchange);
                report.source = Some(hotline_protocol::vocabulary::Source::PartnerHotline);
            }
        }
        Ok(())
    }
}

fn recorded(entry: &VerifiedEntry, has_body: bool) -> Recorded {
    Recorded {
        hash: entry.hash,
        log: entry.header.log.clone(),
        place: (entry.header.epoch, entry.header.seq),
        content: entry.header.content.clone(),
        body_state: if has_body { BodyState::Here } else { BodyState::None },
    }
}

/// Offers after the first open earlier bodies to their targets; the first names its target in `to`.
pub(super) fn collect_effects(context: &Context, fold: &Fold, entries: &[Recorded], effects: &mut FoldEffects) {
    if fold.offers.iter().all(|offer| offer.entry == fold.create) {
        return;
    }
    let seen: Vec<Seen<'_>> = entries.iter().map(Recorded::seen).collect();
    for (hash, reader) in opened_by_offers(fold, &seen) {
        let Some(entry) = entries.iter().find(|entry| entry.hash == hash) else { continue };
        let place = Position { epoch: entry.place.0, seq: entry.place.1 };
        if reader == context.own && entry.content.body().is_some() && entry.body_state != BodyState::Here {
            effects.wanted.push((entry.log.clone(), place, hash));
        } else if entry.log == context.own {
            effects.opened.push((entry.log.clone(), place, reader));
        }
    }
}
