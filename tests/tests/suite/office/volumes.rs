//! Volumes recounted: figures counted ahead for pages are counted again from the logs, in the plainest way. The two
//! sides of each pair are held against each other. Then every report is folded anew, and all must be as before.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, NaiveDate};
use hotline_node::context::Context;
use hotline_node::report::replay::rebuild;
use hotline_node::statistics::rollup::Rollups;
use hotline_node::statistics::volume::{Counts, Flow, Volumes};
use hotline_node::statistics::{Filter, Period, Step};
use hotline_protocol::id::NodeId;
use hotline_tests::node::federation::Federation;
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::wait::until;
use serde_json::Value;

use crate::exchange::between_hotlines::SOON;

/// An offer, as a report's history tells it.
#[derive(Debug)]
struct Told {
    by: String,
    target: String,
    at: i64,
    accepted: Option<i64>,
    refused: bool,
    taken_back: bool,
    removed: Option<i64>,
    passed_on: bool,
}

/// The node's figures, its database opened beside it.
struct Looked {
    id: NodeId,
    context: Context,
    rollups: Rollups,
    reports: Vec<Value>,
}

/// Counts everything again, folds everything anew, and counts once more.
pub(crate) async fn recount_volumes(federation: &Federation) -> anyhow::Result<()> {
    let mut looked = Vec::new();
    for node in federation.nodes() {
        looked.push(Looked::at(node).await?);
    }
    hold(&looked).await?;
    for node in &looked {
        let keys: Vec<i64> = (1..=i64::try_from(node.reports.len())? + 8).collect();
        let write = node.context.database.write("refold").await?;
        rebuild(&node.context, &write, &keys).await?;
        write.commit().await?;
    }
    hold(&looked).await
}

async fn hold(looked: &[Looked]) -> anyhow::Result<()> {
    let mut all = Vec::new();
    for node in looked {
        let volumes = node.volumes().await?;
        node.recount(&volumes)?;
        node.compare_world_and_year().await?;
        all.push(volumes);
    }
    for (one, of_one) in looked.iter().zip(&all) {
        for (other, of_other) in looked.iter().zip(&all) {
            let sent = of_one.peers.get(&other.id).map(|(sent, _)| sent);
            let received = of_other.peers.get(&one.id).map(|(_, received)| received);
            let alike =
                |flow: Option<&Flow>| flow.map(|flow| (flow.counts, flow.to_accept.clone(), flow.to_removal.clone()));
            ensure!(alike(sent) == alike(received), "{} to {}: {sent:?}, and {received:?}", one.id, other.id);
        }
    }
    let federation = looked[0].rollups.federation(&always()).await?;
    ensure!(federation.all.published > 0 && federation.all.taken_over > 0 && federation.all.gone > 0, "{federation:?}");
    for node in &looked[1..] {
        let theirs = node.rollups.federation(&always()).await?;
        ensure!((theirs.all, &theirs.countries) == (federation.all, &federation.countries), "{}: {theirs:?}", node.id);
    }
    Ok(())
}

fn always() -> Filter {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    Filter::of(Period { from: day("2020-01-01"), to: day("2100-01-01") }, Step::Month)
}

impl Looked {
    async fn at(node: &ProcessNode) -> anyhow::Result<Self> {
        let (_, context) = hotline_node::cli::open(&node.cli.config_file).await?;
        let reports = node.cli.json(&["report", "list", "--limit", "1000"]).await?;
        let reports = reports.as_array().cloned().context("a list")?;
        Ok(Self { id: context.own.clone(), rollups: Rollups::new(context.clone()), context, reports })
    }

    /// As soon as all that has changed is counted.
    async fn volumes(&self) -> anyhow::Result<Volumes> {
        until(format!("{} has counted ahead", self.id), SOON, async || {
            let volumes = self.rollups.volumes(&always()).await?;
            let world = self.rollups.world(&always()).await?;
            let federation = self.rollups.federation(&always()).await?;
            let waiting = [volumes.fresh, world.fresh, federation.fresh].map(|fresh| fresh.waiting);
            Ok((waiting == [0; 3] && volumes.fresh.counted_at.is_some()).then_some(volumes))
        })
        .await
        .map(|(volumes, _)| volumes)
    }

    fn recount(&self, volumes: &Volumes) -> anyhow::Result<()> {
        let told: Vec<Told> = self.reports.iter().flat_map(offers_of).collect();
        let own = self.id.as_str();
        let mut expected: BTreeMap<(String, bool), (Counts, Vec<i64>)> = BTreeMap::new();
        for offer in told.iter().filter(|offer| (offer.by == own) != (offer.target == own)) {
            let is_sent = offer.by == own;
            let peer = if is_sent { offer.target.clone() } else { offer.by.clone() };
            let (counts, spans) = expected.entry((peer, is_sent)).or_default();
            count(offer, counts);
            spans.extend(offer.accepted.filter(|_| !offer.taken_back).map(|at| (at - offer.at).max(0)));
        }
        let flows =
            volumes.peers.iter().flat_map(|(peer, (sent, received))| [(peer, true, sent), (peer, false, received)]);
        let mut seen = 0;
        for (peer, is_sent, flow) in flows.filter(|(_, _, flow)| flow.counts.offered > 0) {
            let (counts, spans) = expected
                .get_mut(&(peer.to_string(), is_sent))
                .with_context(|| format!("{own}: nothing with {peer}"))?;
            ensure!(
                flow.counts == *counts,
                "{own}, {peer}, sent {is_sent}: {:?}, and {counts:?} recounted",
                flow.counts
            );
            spans.sort_unstable();
            let middle = spans.len().div_ceil(2).checked_sub(1).and_then(|place| spans.get(place).copied());
            ensure!(
                flow.to_accept.median_seconds.map(i64::try_from).transpose()? == middle,
                "{own}, {peer}: {spans:?}"
            );
            seen += 1;
        }
        ensure!(seen == expected.len() && seen > 0, "{own}: {expected:?}");
        let by_step: u64 = volumes.steps.iter().map(|(_, sent, received)| sent.offered + received.offered).sum();
        ensure!(
            by_step == volumes.sent.counts.offered + volumes.received.counts.offered,
            "{own}: the steps make {by_step}"
        );
        Ok(())
    }

    /// Figures counted ahead equal those that `statistics` counts in the rows.
    async fn compare_world_and_year(&self) -> anyhow::Result<()> {
        let always = always();
        let exact = hotline_node::statistics::count::statistics(&self.context, always.period, None).await?;
        let world = self.rollups.world(&always).await?;
        ensure!((world.all.reports, world.all.illegal) == (exact.reported, exact.illegal), "{}: {world:?}", self.id);
        for peer in exact.exchange.iter().map(|figures| figures.peer.clone()) {
            let of_peer =
                hotline_node::statistics::count::statistics(&self.context, always.period, Some(peer.clone())).await?;
            let world = self.rollups.world(&Filter { peer: Some(peer.clone()), ..always.clone() }).await?;
            ensure!(world.all.reports == of_peer.reported, "{}, {peer}: {world:?}", self.id);
        }
        let series = exact.series.last().context("a year")?;
        let period = Period::year(u16::try_from(series.year)?).context("a year")?;
        until(format!("{} has counted its year", self.id), 4 * SOON, async || {
            let yearly = self.rollups.year(u16::try_from(series.year)?).await?;
            Ok(yearly.filter(|yearly| yearly.fresh.waiting == 0))
        })
        .await?;
        let exact = hotline_node::statistics::count::statistics(&self.context, period, None).await?;
        let yearly = self.rollups.year(u16::try_from(series.year)?).await?.context("it was counted")?;
        ensure!(yearly.figures == exact, "{}: {:?}, and {exact:?} in the rows", self.id, yearly.figures);
        Ok(())
    }
}

fn count(offer: &Told, counts: &mut Counts) {
    counts.offered += 1;
    if offer.refused {
        counts.refused += 1;
    } else if offer.taken_back {
        counts.over += 1;
    } else if offer.accepted.is_some() {
        counts.accepted += 1;
        counts.removed += u64::from(offer.removed.is_some());
        counts.in_hand += u64::from(offer.removed.is_none() && !offer.passed_on);
    } else {
        counts.open += 1;
    }
}

/// A report's offers, from its history: an answer stands behind its offer.
fn offers_of(report: &Value) -> Vec<Told> {
    let mut offers: Vec<Told> = Vec::new();
    let history = report["history"].as_array().into_iter().flatten().filter(|entry| entry["counts"] == true);
    for entry in history {
        let Some(at) = seconds(&entry["at"]) else { continue };
        let log = entry["log"].as_str().unwrap_or_default().to_owned();
        match (entry["type"].as_str().unwrap_or_default(), entry["target"].as_str()) {
            ("report.create/1" | "report.transfer/1", Some(target)) => offers.push(Told {
                by: log,
                target: target.to_owned(),
                at,
                accepted: None,
                refused: false,
                taken_back: false,
                removed: None,
                passed_on: false,
            }),
            ("report.accept/1", _) => {
                if let Some(before) = offers.len().checked_sub(2).and_then(|place| offers.get_mut(place)) {
                    before.passed_on = before.accepted.is_some();
                }
                offers.last_mut().expect("it answers something").accepted = Some(at);
            }
            ("report.refuse/1", _) => offers.last_mut().expect("it answers something").refused = true,
            ("report.resume/1", _) => offers.last_mut().expect("it takes something back").taken_back = true,
            ("report.status/1", _) => {
                let holds = |offer: &&mut Told| offer.accepted.is_some() && offer.target == log && !offer.passed_on;
                if let Some(offer) = offers.iter_mut().rev().find(holds) {
                    match entry["status"].as_str() {
                        Some("removed" | "unavailable") => offer.removed = offer.removed.or(Some(at)),
                        Some("reopened") => offer.removed = None,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    offers
}

fn seconds(time: &Value) -> Option<i64> {
    DateTime::parse_from_rfc3339(time.as_str()?).ok().map(|time| time.timestamp())
}
