//! Figures counted ahead, at hand for pages: kept in memory, and brought up to date at every request.
//!
//! Every page function is here: it reads only the figures counted since the last time, and goes through the rest in
//! memory. Of each offer and each group of reports some 30 bytes are kept.

use std::sync::Arc;

use hotline_protocol::id::NodeId;
use tokio::sync::{Mutex, MutexGuard, Semaphore};

use super::cell::{DayCell, FederationCell, OfferCell, ReportCell, decode};
use super::cells_in_memory::Kept;
use super::refresh::first_second;
use super::rollup_repository::{counted_after, waiting};
use super::yearly::{Yearly, Years};
use crate::context::Context;
use crate::report::projection::Counted;
use crate::statistics::count::figures_of_year;
use crate::statistics::filter::Filter;
use crate::statistics::period::Period;
use crate::statistics::volume::{
    After, Federation, Fresh, Reconciled, Volumes, World, between, federation_of, reconciled, volumes_of, world_of,
};
use crate::storage::StorageError;

/// Figures that are computed at once.
const TURNS: usize = 2;

/// Figures that answer while a page waits. Cheap to clone; all clones share the kept figures.
#[derive(Clone)]
pub struct Rollups(Arc<Shared>);

struct Shared {
    context: Context,
    offers: Mutex<Kept<OfferCell>>,
    reports: Mutex<Kept<ReportCell>>,
    federation: Mutex<Kept<FederationCell>>,
    years: Mutex<Years>,
    turns: Arc<Semaphore>,
}

impl Rollups {
    /// With nothing in memory yet.
    #[must_use]
    pub fn new(context: Context) -> Self {
        let (offers, reports, federation, years) = Default::default();
        let turns = Arc::new(Semaphore::new(TURNS));
        Self(Arc::new(Shared { context, offers, reports, federation, years, turns }))
    }

    /// The volumes of the exchange with all hotlines, or with the filter's one. A partner may see only figures with
    /// himself as the filter, and nothing else.
    pub async fn volumes(&self, filter: &Filter) -> Result<Volumes, StorageError> {
        let (kept, fresh) = self.refreshed(&self.0.offers, Counted::Offers).await?;
        let (filter, now, zone) = (filter.clone(), self.0.context.clock.unix_seconds(), self.0.context.zone);
        let age_of = move |day| now - first_second(zone, day);
        self.computed(move || volumes_of(&kept, fresh, &filter, age_of)).await
    }

    /// The federation as totals, by days in UTC in every house: two houses with different days would together tell the
    /// withheld counts of each. The filter's period, step and country count: of other hotlines' reports nobody knows
    /// more, and for a single hotline there are none.
    pub async fn federation(&self, filter: &Filter) -> Result<Federation, StorageError> {
        let (kept, fresh) = self.refreshed(&self.0.federation, Counted::Federation).await?;
        let filter = filter.clone();
        self.computed(move || federation_of(&kept, fresh, &filter)).await
    }

    /// This hotline's reports by where they are hosted: for its own people.
    pub async fn world(&self, filter: &Filter) -> Result<World, StorageError> {
        let (kept, fresh) = self.refreshed(&self.0.reports, Counted::Reports).await?;
        let filter = filter.clone();
        self.computed(move || world_of(&kept, fresh, &filter)).await
    }

    /// Our log and a peer's, held against each other: all that was ever offered, and the differences after one of them.
    pub async fn reconcile(&self, peer: &NodeId, after: Option<After>, limit: u32) -> Result<Reconciled, StorageError> {
        let whole = Period { from: chrono::NaiveDate::MIN, to: chrono::NaiveDate::MAX };
        let (kept, fresh) = self.refreshed(&self.0.offers, Counted::Offers).await?;
        let of = peer.clone();
        let (sent, received) = self.computed(move || between(&kept, &of, whole)).await?;
        let (differences, next) = reconciled(&self.0.context, peer, after, limit).await?;
        Ok(Reconciled { fresh, sent, received, differences, next })
    }

    /// The figures of a calendar year, as they were counted last; none of a number that is no year. One that was never
    /// counted is counted now: mostly it has no report at all.
    pub async fn year(&self, year: u16) -> Result<Option<Yearly>, StorageError> {
        let Some(period) = Period::year(year) else { return Ok(None) };
        let context = &self.0.context;
        let waiting = waiting(context.database.read(), Counted::Years).await?;
        let counted = self.years().await?.of(year, waiting);
        if counted.is_some() {
            return Ok(counted);
        }
        let figures = figures_of_year(context, period).await?;
        Ok(Some(self.years().await?.beside(year, figures, waiting)))
    }

    /// All years that were counted.
    async fn years(&self) -> Result<MutexGuard<'_, Years>, StorageError> {
        let connection = self.0.context.database.read();
        let mut years = self.0.years.lock().await;
        loop {
            let rollups = counted_after(connection, Counted::Years, years.version).await?;
            if rollups.is_empty() {
                return Ok(years);
            }
            for rollup in &rollups {
                years.take(rollup)?;
            }
        }
    }

    /// Reads the figures counted since, so that the next page need not.
    pub async fn warm(&self) -> Result<(), StorageError> {
        self.refreshed(&self.0.offers, Counted::Offers).await?;
        self.refreshed(&self.0.reports, Counted::Reports).await?;
        self.refreshed(&self.0.federation, Counted::Federation).await?;
        drop(self.years().await?);
        Ok(())
    }

    /// Does work of some milliseconds where it holds up nobody else. Only a few at once: reports are exchanged
    /// meanwhile. One that nobody waits for any more keeps its turn until it ends.
    async fn computed<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, StorageError> {
        const STOPS: StorageError = StorageError::Busy("the node stops");
        let turn = Arc::clone(&self.0.turns).acquire_owned().await.map_err(|_| STOPS)?;
        let worked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        // It ends otherwise only by a panic, or when the process ends.
        worked.await.map_err(|_| STOPS)
    }

    /// The kept figures of a kind, with those counted since.
    async fn refreshed<C: DayCell>(
        &self,
        kept: &Mutex<Kept<C>>,
        counted: Counted,
    ) -> Result<(Kept<C>, Fresh), StorageError> {
        let connection = self.0.context.database.read();
        let mut kept = kept.lock().await;
        loop {
            let rollups = counted_after(connection, counted, kept.version).await?;
            if rollups.is_empty() {
                break;
            }
            let Kept { days, names, version, counted_at } = &mut *kept;
            let (days, names) = (Arc::make_mut(days), Arc::make_mut(names));
            for rollup in rollups {
                let cells = decode(&rollup.cells, names).ok_or(StorageError::Inconsistent("rollup"))?;
                days.insert(rollup.bucket.at, cells.into());
                *version = rollup.version;
                *counted_at = (*counted_at).max(Some(rollup.made_at));
            }
        }
        let fresh = Fresh { counted_at: kept.counted_at, waiting: waiting(connection, counted).await? };
        Ok((kept.clone(), fresh))
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod zone_tests;
