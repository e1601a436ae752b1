//! Removal by every definition of the clock, and handling times: put together from counted groups.

use std::collections::BTreeMap;

use super::duration::{End, Removals, Spans};
use super::fact_repository::{self, Clock, Handled, Removed};
use super::repository::Scope;
use super::survival::Watched;
use crate::context::Context;
use crate::statistics::model::{Durations, Handling, Removal};
use crate::statistics::rollup::Areas;
use crate::storage::StorageError;

/// The letters of the definitions, and from when each counts.
const CLOCKS: [(char, Clock); 5] = [
    ('A', Clock::PublicReceipt),
    ('B', Clock::Notice),
    ('C', Clock::Police),
    ('D', Clock::Assigned),
    ('E', Clock::FirstSeen),
];

/// Removal by each clock.
pub(super) async fn removal(context: &Context, scope: &Scope) -> Result<Vec<Removal>, StorageError> {
    let connection = context.database.read();
    let areas = Areas::load(context, connection).await?;
    let mut removal = Vec::with_capacity(CLOCKS.len());
    for (letter, clock) in CLOCKS {
        let counted = fact_repository::removals(connection, scope, clock).await?;
        let online = fact_repository::still_online(connection, scope, clock).await?;
        let ages = ages(online, context.clock.unix_seconds());
        removal.push(by_hosting(letter, &areas, counted, ages));
    }
    Ok(removal)
}

/// Turns the hours of the clocks' starts into the minutes that have passed for sure.
fn ages(online: Vec<(u64, u64)>, now: i64) -> impl Iterator<Item = (u64, u64)> {
    let hour_ends = |hour: u64| i64::try_from(hour).unwrap_or(i64::MAX).saturating_add(1).saturating_mul(3_600);
    let minutes = move |hour| u64::try_from(now.saturating_sub(hour_ends(hour)) / 60).unwrap_or(0);
    online.into_iter().map(move |(hour, n)| (minutes(hour), n))
}

fn by_hosting(clock: char, areas: &Areas, counted: Vec<Removed>, ages: impl Iterator<Item = (u64, u64)>) -> Removal {
    let mut watched = Watched::default();
    ages.for_each(|(minutes, n)| watched.online(minutes, n));
    let mut all = Removals::default();
    let mut parts: BTreeMap<&'static str, Removals> =
        ["here", "member", "non_member", "unknown"].map(|area| (area, Removals::default())).into();
    for Removed { country, is_gone, is_before, minutes, n } in counted {
        let end = match (is_gone > 0, is_before > 0, minutes) {
            (false, ..) => End::Online,
            (true, true, _) => End::Before,
            (true, false, minutes) => End::Gone(minutes),
        };
        all.add(end, n);
        if let End::Gone(Some(minutes)) = end {
            watched.gone(minutes, n);
        }
        parts.entry(areas.of(country)).or_default().add(end, n);
    }
    let by_hosting = parts.iter().map(|(area, part)| (*area, part.count())).collect();
    Removal { clock, all: all.count(), by_hosting, survival: watched.survival() }
}

/// Handling times.
pub(super) async fn handling(context: &Context, scope: &Scope) -> Result<Handling, StorageError> {
    Ok(Handling {
        received_to_assessed: durations(context, scope, Handled::ReceivedToAssessed).await?,
        assessed_to_lea: durations(context, scope, Handled::AssessedToLea).await?,
        assessed_to_isp: durations(context, scope, Handled::AssessedToIsp).await?,
        offered_to_first_action: durations(context, scope, Handled::OfferedToFirstAction).await?,
    })
}

async fn durations(context: &Context, scope: &Scope, handled: Handled) -> Result<Durations, StorageError> {
    let mut spans = Spans::default();
    for (minutes, n) in fact_repository::handled(context.database.read(), scope, handled).await? {
        spans.add(minutes, n);
    }
    Ok(spans.durations())
}

#[cfg(test)]
mod tests {
    use hotline_protocol::country::Country;

    use super::*;

    #[test]
    fn a_report_counts_where_it_was_hosted() {
        let country = |code: &str| code.parse::<Country>().expect("a country");
        let areas = Areas { own: ["FR", "GP"].map(country).into(), members: [country("NL")].into() };
        let counted = [
            (Some(country("GP")), 1, 0, Some(60), 2),
            (Some(country("NL")), 0, 0, None, 3),
            (Some(country("RU")), 1, 0, None, 1),
            (None, 0, 0, None, 4),
        ];
        let removed = |(country, is_gone, is_before, minutes, n)| Removed { country, is_gone, is_before, minutes, n };
        let counted = counted.map(removed).into();
        let day_old = ages(vec![(0, 7)], 25 * 3_600);
        let removal = by_hosting('A', &areas, counted, day_old);
        let shown: Vec<_> =
            removal.by_hosting.iter().map(|(area, part)| (*area, part.removed, part.still_online)).collect();
        assert_eq!(shown, [("here", 2, 0), ("member", 0, 3), ("non_member", 1, 0), ("unknown", 0, 4)]);
        assert_eq!((removal.all.removed, removal.all.still_online, removal.all.within_days[&1]), (3, 7, 2));
        // One was gone at an unknown time.
        assert_eq!((removal.survival.n, removal.survival.points.len()), (9, 2));
        assert!((removal.survival.points[1].online - 0.7778).abs() < 1e-9);
    }
}
