//! The figures of a period, put together.

use std::collections::BTreeMap;

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Channel, Offence, Reason, Source, State};

use super::duration::Spans;
use super::europe::is_european;
use super::fact_repository::{acceptances, acts, findings, notices};
use super::finding::found;
use super::notice::by_provider;
use super::removal::{handling, removal};
use super::repository::{self, Scope, Standing};
use super::tally::{Totals, by_code, change, countries, top_level_domains};
use crate::context::Context;
use crate::statistics::model::{Actions, CountryCount, PeerFigures, Previous, Statistics, YearFigures};
use crate::statistics::period::Period;
use crate::storage::StorageError;

/// The figures of a period; with `peer`, only of reports exchanged with that hotline.
pub async fn statistics(context: &Context, period: Period, peer: Option<NodeId>) -> Result<Statistics, StorageError> {
    let scope = Scope { own: context.own.clone(), peer, period: Some(period), zone: context.zone };
    let series = series(context, &scope).await?;
    Ok(Statistics { series, ..figures(context, scope, period).await? })
}

/// The figures of a calendar year without the series over all years, as the series would read every report.
pub(crate) async fn figures_of_year(context: &Context, year: Period) -> Result<Statistics, StorageError> {
    let scope = Scope { own: context.own.clone(), peer: None, period: Some(year), zone: context.zone };
    figures(context, scope, year).await
}

async fn figures(context: &Context, scope: Scope, period: Period) -> Result<Statistics, StorageError> {
    let connection = context.database.read();
    let totals = Totals::of(&repository::groups(connection, &scope).await?);
    let previous = previous(context, &scope, period).await?;
    let (unique_urls, with_url) = repository::urls(connection, &scope).await?;
    let hosting_by_offence = hosting_by_offence(repository::hosting(connection, &scope).await?);
    let hosting = hosting_by_offence.get(Offence::Csam.code()).cloned().unwrap_or_default();
    let in_europe = |row: &&CountryCount| row.country.is_some_and(is_european);
    let exchange = exchange(context, &scope).await?;
    let found = found(&findings(connection, &scope).await?);
    Ok(Statistics {
        period,
        time_zone: context.zone,
        reported: totals.reported,
        illegal: totals.illegal,
        by_source: by_code(Source::ALL.iter().map(|code| code.code()), repository::sources(connection, &scope).await?),
        by_channel: by_code(
            Channel::ALL.iter().map(|code| code.code()),
            repository::channels(connection, &scope).await?,
        ),
        received: totals.reported,
        unique_urls,
        duplicates: with_url.saturating_sub(unique_urls),
        pending: totals.pending,
        not_illegal: by_code(
            Reason::ALL.iter().map(|code| code.code()),
            repository::reasons(connection, &scope).await?,
        ),
        actions: actions(context, &scope, &exchange).await?,
        hosting_europe: hosting.iter().filter(in_europe).cloned().collect(),
        hosting,
        hosting_by_offence,
        federation_hosting: countries(repository::federation(connection, &scope).await?),
        site_types: found.site_types,
        tlds: top_level_domains(repository::top_level_domains(connection, &scope).await?),
        onion: repository::onion(connection, &scope).await?,
        victims: found.victims,
        production: found.production,
        behaviours: found.behaviours,
        terrorism_types: found.terrorism_types,
        content: found.content,
        commerciality: found.commerciality,
        media: found.media,
        handling: handling(context, &scope).await?,
        removal: removal(context, &scope).await?,
        notices: by_provider(notices(connection, &scope).await?),
        exchange,
        series: Vec::new(),
        change: previous.as_ref().map(|before| change(&totals, before)),
        previous,
        by_offence: totals.by_offence,
    })
}

async fn actions(context: &Context, scope: &Scope, exchange: &[PeerFigures]) -> Result<Actions, StorageError> {
    let acts = acts(context.database.read(), scope).await?;
    Ok(Actions {
        lea: acts.lea,
        lea_transmissions: acts.lea_transmissions,
        isp: acts.isp,
        sent_to_peers: exchange.iter().map(|figures| figures.sent).sum::<u64>() + acts.sent,
        received_from_peers: exchange.iter().map(|figures| figures.received).sum::<u64>() + acts.received,
        replies: acts.replies,
    })
}

async fn previous(context: &Context, scope: &Scope, period: Period) -> Result<Option<Previous>, StorageError> {
    let Some(before) = period.previous() else { return Ok(None) };
    let scope = Scope { period: Some(before), ..scope.clone() };
    let totals = Totals::of(&repository::groups(context.database.read(), &scope).await?);
    Ok(Some(Previous { period: before, reported: totals.reported, illegal: totals.illegal }))
}

fn hosting_by_offence(
    counted: Vec<(Option<Offence>, Option<Country>, u64)>,
) -> BTreeMap<&'static str, Vec<CountryCount>> {
    let mut by_offence: BTreeMap<&'static str, Vec<(Option<Country>, u64)>> =
        Offence::ALL.iter().map(|offence| (offence.code(), Vec::new())).collect();
    for (offence, country, n) in counted {
        if let Some(offence) = offence {
            by_offence.entry(offence.code()).or_default().push((country, n));
        }
    }
    by_offence.into_iter().map(|(offence, counted)| (offence, countries(counted))).collect()
}

async fn exchange(context: &Context, scope: &Scope) -> Result<Vec<PeerFigures>, StorageError> {
    let connection = context.database.read();
    let mut peers: BTreeMap<NodeId, PeerFigures> = BTreeMap::new();
    for standing in repository::sent(connection, scope).await? {
        count_sent(&scope.own, standing, &mut peers);
    }
    for (origin, n) in repository::received(connection, scope).await? {
        figures_of(&origin, &mut peers).received += n;
    }
    let mut accepted: BTreeMap<NodeId, Spans> = BTreeMap::new();
    for (holder, seconds, n) in acceptances(connection, scope).await? {
        accepted.entry(holder).or_default().add(seconds, n);
    }
    for (peer, seconds) in &accepted {
        figures_of(peer, &mut peers).median_accept_seconds = seconds.quantile(50);
    }
    let is_meant = |figures: &PeerFigures| scope.peer.as_ref().is_none_or(|peer| *peer == figures.peer);
    Ok(peers.into_values().filter(is_meant).collect())
}

/// The holder counts; while no other hotline holds the report, the target of its offer.
fn count_sent(own: &NodeId, standing: Standing, peers: &mut BTreeMap<NodeId, PeerFigures>) {
    let n = standing.n;
    if standing.holder != *own {
        let figures = figures_of(&standing.holder, peers);
        figures.sent += n;
        figures.accepted += n;
        figures.removed += if standing.state == State::Removed.code() { n } else { 0 };
    } else if let Some(target) = standing.offered_to {
        let figures = figures_of(&target, peers);
        figures.sent += n;
        figures.refused += if standing.refused { n } else { 0 };
    }
}

fn figures_of<'a>(peer: &NodeId, peers: &'a mut BTreeMap<NodeId, PeerFigures>) -> &'a mut PeerFigures {
    peers.entry(peer.clone()).or_insert_with(|| PeerFigures {
        peer: peer.clone(),
        country: peer.seat(),
        sent: 0,
        accepted: 0,
        refused: 0,
        received: 0,
        removed: 0,
        median_accept_seconds: None,
    })
}

/// Every year that has a report, each read by its own range of time. Computing the year of each row would read it for
/// every row, and only the year's edges depend on the zone.
async fn series(context: &Context, scope: &Scope) -> Result<Vec<YearFigures>, StorageError> {
    let connection = context.database.read();
    let year_of = |micros: i64| u16::try_from(scope.zone.year_of(micros.div_euclid(1_000_000))).ok();
    let mut years = Vec::new();
    // Reports before the calendar's first year have no year.
    let mut from = Period::year(1).map(|first| first.micros(scope.zone).0);
    while let Some(begin) = from {
        let year = repository::first_after(connection, scope, begin).await?.and_then(year_of);
        let Some((year, period)) = year.and_then(|year| Some((year, Period::year(year)?))) else { break };
        let groups = repository::groups(connection, &Scope { period: Some(period), ..scope.clone() }).await?;
        years.push(YearFigures { year: year.into(), by_offence: Totals::of(&groups).by_offence });
        from = Some(period.micros(scope.zone).1).filter(|end| *end > begin);
    }
    Ok(years)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str) -> NodeId {
        id.parse().expect("a node id")
    }

    #[test]
    fn a_report_counts_with_whoever_holds_it_else_with_whoever_is_offered_it() {
        let standing = |holder: &str, target: Option<&str>, refused, state: State, n| Standing {
            holder: node(holder),
            offered_to: target.map(node),
            refused,
            state: state.code().to_owned(),
            n,
        };
        let mut peers = BTreeMap::new();
        for standing in [
            standing("fr-a", None, false, State::Accepted, 9),
            standing("fr-a", Some("nl-b"), false, State::Offered, 1),
            standing("fr-a", Some("nl-b"), true, State::Refused, 2),
            standing("nl-b", None, false, State::Removed, 4),
            standing("de-c", Some("nl-b"), false, State::Moved, 8),
        ] {
            count_sent(&node("fr-a"), standing, &mut peers);
        }
        let shown: Vec<_> =
            peers.values().map(|it| (it.peer.as_str(), it.sent, it.accepted, it.refused, it.removed)).collect();
        assert_eq!(shown, [("de-c", 8, 8, 0, 0), ("nl-b", 7, 4, 2, 4)]);
    }
}
