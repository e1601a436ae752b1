//! Entries of other logs at work: finds their reports, and takes the fold into the rows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::ReportId;
use hotline_protocol::log::VerifiedEntry;
use hotline_protocol::state::{Fold, REPORT_ENTRIES_LIMIT};

use super::applied::Applied;
use super::effects::{FoldEffects, collect_effects};
use super::entry_set::{EntrySet, Recorded};
use super::newly_valid_body::{EarlyBody, waited};
use super::rejection::{Arrived, floods, receipts_due, standstill};
use crate::context::Context;
use crate::report::entry_repository::{BodyState, beyond, entry_counts};
use crate::report::error::ReportError;
use crate::report::lifecycle::{is_worked_on, work_taken};
use crate::report::model::Report;
use crate::report::projection::{FactBook, OfferBook};
use crate::report::query::repository;
use crate::report::service::{take_own_numbers, take_report_keys};
use crate::storage::{StorageError, Write};

/// The reports that some entries are about: those that are here, and rows for those that are not yet.
pub struct Concerned {
    reports: Vec<Report>,
    /// For each entry, in their order, the place of its report in `reports`.
    places: Vec<Option<Place>>,
    /// How many of them were here before; of the others nothing was.
    known: usize,
    /// For each report, whether its details changed, not only its status.
    told: Vec<bool>,
    /// For each report, whether anything arrived that may change it.
    touched: Vec<bool>,
    /// The stored entries about them, and the arriving ones as far as they may count.
    ledger: EntrySet,
    /// Reports with unreadable content here: arriving entries are stored, and change nothing of them.
    faults: BTreeMap<i64, ReportError>,
}

/// Where the report of an entry stands.
#[derive(Clone, Copy)]
struct Place {
    report: usize,
    /// Its author has written as much about the report as is looked at.
    is_beyond: bool,
}

impl Concerned {
    /// Finds the reports of `entries`, all of one log and not stored yet, and makes rows for new ones. Takes the first
    /// entries alone, one at least, where more than `looked_at` entries are here about their reports.
    pub async fn find(
        context: &Context,
        write: &Write<'_>,
        entries: &[Applied<'_>],
        looked_at: u64,
    ) -> Result<Self, ReportError> {
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
        let known_keys = |number: &Option<usize>| Some(reports[place_of[(*number)?]?].key);
        let keys: Vec<Option<i64>> = numbered.iter().map(known_keys).collect();
        let part = if known == 0 { entries.len() } else { bounded_part(write, &keys, looked_at).await? };
        if part < entries.len() {
            return Box::pin(Self::find(context, write, &entries[..part], u64::MAX)).await;
        }
        if missing > 0 {
            let mut key = take_report_keys(write, missing).await?;
            let now = context.now_micros();
            for (id, place) in ids.into_iter().zip(&mut place_of).filter(|(_, place)| place.is_none()) {
                *place = Some(reports.len());
                reports.push(Report::unknown(key, id, now));
                key += 1;
            }
        }
        let keys: Vec<i64> = reports[..known].iter().map(|report| report.key).collect();
        let (ledger, faults) =
            if keys.is_empty() { Default::default() } else { EntrySet::load_readable(&**write, &keys).await? };
        let mut faults = BTreeMap::from_iter(faults);
        for report in reports.iter().filter(|report| report.is_unreadable) {
            faults.insert(report.key, StorageError::Inconsistent("report").into());
        }
        let (told, touched) = (vec![false; reports.len()], vec![false; reports.len()]);
        let places = Vec::with_capacity(entries.len());
        let mut concerned = Self { reports, places, known, told, touched, ledger, faults };
        let mut written = HashMap::new();
        for ((entry, kept), number) in entries.iter().zip(numbered) {
            let report = number.and_then(|number| place_of[number]);
            let place = report.map(|report| concerned.add(report, entry, kept.is_some(), &mut written));
            concerned.places.push(place);
        }
        Ok(concerned)
    }

    /// Adds an entry that arrived, as far as its author has not written too much; `written` is how much that is, by the
    /// report. The first entry that is too many is added, too: it is judged.
    fn add(
        &mut self,
        report: usize,
        entry: &VerifiedEntry,
        has_body: bool,
        written: &mut HashMap<usize, usize>,
    ) -> Place {
        let (key, log) = (self.reports[report].key, &entry.header.log);
        if self.faults.contains_key(&key) {
            return Place { report, is_beyond: false };
        }
        let written = written.entry(report).or_insert_with(|| self.ledger.count_of(key, log));
        let is_beyond = *written > REPORT_ENTRIES_LIMIT;
        if !is_beyond {
            *written += 1;
            self.ledger.add(key, recorded(entry, has_body));
            self.touched[report] = true;
        }
        Place { report, is_beyond }
    }

    /// How many of the entries it is about: the first ones.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.places.len()
    }

    /// The keys of the reports that the entries are about, in their order, as the entries are stored under them.
    #[must_use]
    pub fn keys(&self) -> Vec<Option<i64>> {
        let key = |place: Place| {
            let key = self.reports[place.report].key;
            if place.is_beyond { beyond(key) } else { key }
        };
        self.places.iter().map(|place| place.map(key)).collect()
    }

    /// Folds every report that the entries are about, and writes the rows. The entries must be stored already.
    pub async fn fold_and_save(
        mut self,
        context: &Context,
        write: &Write<'_>,
        entries: &[Applied<'_>],
    ) -> Result<FoldEffects, ReportError> {
        let ledger = std::mem::take(&mut self.ledger);
        let arrived = Arrived::of(entries);
        let author = entries.first().map(|(entry, _)| &entry.header.log);
        let mut folds = HashMap::with_capacity(self.reports.len());
        let now = context.now_micros();
        let mut effects = FoldEffects { faults: std::mem::take(&mut self.faults), ..FoldEffects::default() };
        let mut heard = HashSet::new();
        for (report, _) in self.reports.iter_mut().zip(&self.touched).filter(|(_, touched)| **touched) {
            let (fold, about) = (ledger.fold(report.key), ledger.of(report.key));
            effects.receipts.extend(receipts_due(&context.own, report, fold.as_ref(), about, now / 1_000_000));
            effects.standstills.extend(standstill(report, fold.as_ref(), about, &arrived));
            effects.floods.extend(floods(&context.own, report, about, &arrived));
            if let Some(fold) = fold {
                if let Some(author) = author.filter(|_| is_worked_on(&context.own, report)) {
                    let taken = work_taken(&context.own, (report, author), &fold, |hash| arrived.has_hash(hash));
                    effects.work_taken.extend(taken);
                }
                report.take_fold(&context.own, &fold, about, now);
                heard.extend(fold.heard());
                collect_effects(context, &fold, about, &mut effects);
                folds.insert(report.key, fold);
            }
        }
        let digests = self.take_told(context, entries, &heard);
        let waited = self.take_waited(context, write, entries, (&ledger, &heard)).await?;
        self.number_ours(context, write).await?;
        let facts = self.count_told(context, write, entries, &heard, &waited).await?;
        self.keep_offers(context, write, entries, (&ledger, &folds)).await?;
        repository::insert_digests(write, digests).await?;
        self.save(write, facts).await?;
        Ok(effects)
    }

    /// Fills shown fields of rows from bodies that were here before, of entries that count from now on.
    async fn take_waited(
        &mut self,
        context: &Context,
        write: &Write<'_>,
        entries: &[Applied<'_>],
        (ledger, heard): (&EntrySet, &HashSet<Hash>),
    ) -> Result<Vec<EarlyBody>, ReportError> {
        let touched = self.reports[..self.known].iter().zip(&self.touched).filter(|(_, touched)| **touched);
        let keys: Vec<i64> = touched.map(|(report, _)| report.key).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let places: HashMap<i64, usize> = self.reports.iter().map(|report| report.key).zip(0..).collect();
        let fresh: HashSet<Hash> = entries.iter().map(|(entry, _)| entry.hash).collect();
        let waited = waited(context, write, (ledger, &keys), (&fresh, heard)).await?;
        for body in &waited {
            let Some(place) = places.get(&body.report).copied() else { continue };
            body.told.take_into(&mut self.reports[place], &context.seal);
            self.told[place] = true;
        }
        Ok(waited)
    }

    /// Takes the content of bodies into the figures of this hotline's reports.
    async fn count_told<'c>(
        &self,
        context: &'c Context,
        write: &Write<'_>,
        entries: &[Applied<'_>],
        heard: &HashSet<Hash>,
        waited: &[EarlyBody],
    ) -> Result<FactBook<'c>, ReportError> {
        let (known, fresh) = self.reports.split_at(self.known);
        let told = || known.iter().zip(&self.told).filter(|(_, told)| **told).map(|(report, _)| report);
        let mut facts = FactBook::open(&context.own, write, told()).await?;
        for report in told().chain(fresh) {
            facts.take_up(report);
        }
        for ((entry, kept), place) in entries.iter().zip(&self.places) {
            let Some(Place { report, .. }) = place.filter(|_| heard.contains(&entry.hash)) else { continue };
            if let Some(told) = kept.and_then(|kept| kept.told.as_ref()) {
                facts.take_said(&self.reports[report], &entry.header.log, told.said());
            }
        }
        let by_key: HashMap<i64, &Report> = known.iter().map(|report| (report.key, report)).collect();
        for body in waited {
            if let Some(report) = by_key.get(&body.report) {
                facts.take_said(report, &body.author, body.told.said());
            }
        }
        Ok(facts)
    }

    /// Takes from the logs the offers between this hotline and others.
    async fn keep_offers(
        &self,
        context: &Context,
        write: &Write<'_>,
        entries: &[Applied<'_>],
        (ledger, folds): (&EntrySet, &HashMap<i64, Fold>),
    ) -> Result<(), ReportError> {
        let fresh: HashSet<Hash> = entries.iter().map(|(entry, _)| entry.hash).collect();
        let mut offers = OfferBook::new(&context.own);
        for (place, report) in self.reports.iter().enumerate().filter(|(place, _)| self.touched[*place]) {
            let about = ledger.of(report.key);
            if place < self.known {
                offers.was(report.key, about.iter().filter(|entry| !fresh.contains(&entry.hash)));
            }
            offers.take(report.key, folds.get(&report.key), about);
        }
        Ok(offers.save(write).await?)
    }

    async fn save(self, write: &Write<'_>, mut facts: FactBook<'_>) -> Result<(), ReportError> {
        let Self { mut reports, known, told, touched, .. } = self;
        let fresh = reports.split_off(known);
        let touched = reports.into_iter().zip(told).zip(touched).filter(|(_, touched)| *touched);
        let (told, moved): (Vec<_>, Vec<_>) = touched.map(|(report, _)| report).partition(|(_, told)| *told);
        let [told, moved] = [told, moved].map(|all| all.into_iter().map(|(report, _)| report).collect::<Vec<Report>>());
        let facts_of_fresh: Vec<_> = fresh.iter().map(|report| facts.take_out(report.key)).collect();
        repository::insert(write, &fresh, &facts_of_fresh).await?;
        repository::update(write, &told).await?;
        repository::update_standing(write, &moved).await?;
        Ok(facts.save(write).await?)
    }

    /// Fills the shown fields of a row from bodies that came with entries that count: a stranger's entry changes
    /// nothing. Gives the digests that count, each with its report's key.
    fn take_told(&mut self, context: &Context, entries: &[Applied<'_>], heard: &HashSet<Hash>) -> Vec<(Hash, i64)> {
        let mut digests = Vec::with_capacity(entries.len());
        for ((entry, kept), place) in entries.iter().zip(&self.places) {
            let Some(Place { report: place, .. }) = place.filter(|_| heard.contains(&entry.hash)) else { continue };
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
            let numbers = take_own_numbers(write, context.year_of_numbers(), offered.len()).await?;
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

/// How many entries are applied at once, so that no more than `looked_at` entries about their reports are looked at: the
/// first ones, one at least. `keys` are the keys of the reports that are here already.
async fn bounded_part(write: &Write<'_>, keys: &[Option<i64>], looked_at: u64) -> Result<usize, ReportError> {
    let known: BTreeSet<i64> = keys.iter().flatten().copied().collect();
    let counts = entry_counts(&**write, &Vec::from_iter(known)).await?;
    let (mut met, mut sum) = (HashSet::new(), 0);
    for (number, key) in keys.iter().enumerate() {
        let Some(key) = key.filter(|key| met.insert(*key)) else { continue };
        sum += counts.get(&key).copied().unwrap_or(0);
        if sum > looked_at {
            return Ok(number.max(1));
        }
    }
    Ok(keys.len())
}
