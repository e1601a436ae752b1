//! Nodes that are killed at random moments, and in the end have the same state as if nothing had happened.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::chance::Chance;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::{random_moment, until};
use libtest_mimic::Trial;

/// Longest life of a killed process: long enough to start, say hello and send, short enough to die in each of these.
const LIFE: Duration = Duration::from_millis(700);
/// Rows that are imported while a node is being killed.
const ROWS: u32 = 12;
/// After the last kill everything is in place within this time.
const SETTLED: Duration = Duration::from_mins(1);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!("crash", store, [nodes_killed_at_random_moments_lose_nothing_and_do_nothing_twice])
}

async fn nodes_killed_at_random_moments_lose_nothing_and_do_nothing_twice(store: Store) -> anyhow::Result<()> {
    let kills = match store {
        Store::Sqlite => 50,
        Store::Postgres(_) => 10,
    };
    let mut chance = Chance::printed("crash");
    let mut federation = Federation::started(&store, &THREE[..2]).await?;
    for kill in 0..kills {
        // Both take reports in while one of them or both are dying: a command's transaction counts, nothing else.
        let operators = [federation[0].cli.clone(), federation[1].cli.clone()];
        let work = async {
            operators[0].import(&rows("NL", kill)).await?;
            operators[1].import(&rows("FR", kill)).await
        };
        let victims = [&[0][..], &[1], &[0, 1]][usize::try_from(chance.within(0..3))?];
        let faults = async {
            random_moment(&mut chance, LIFE).await;
            for victim in victims {
                federation[*victim].kill().await?;
            }
            for victim in victims {
                federation[*victim].launch()?;
            }
            anyhow::Ok(())
        };
        tokio::try_join!(work, faults)?;
    }
    for node in 0..2 {
        federation[node].wait_for("/readyz").await?;
    }
    let mut expected = BTreeMap::new();
    for (place, holder) in [(0, "nl-birch"), (1, "fr-alder")] {
        let own = listed(&federation[place]).await?;
        ensure!(
            own.len() == usize::try_from(kills * ROWS)?,
            "{} reports were taken in, {} are there",
            kills * ROWS,
            own.len()
        );
        expected.extend(own.into_iter().map(|id| (id, holder)));
    }
    until_settled(&federation, &expected).await?;
    federation.until_heads_equal(SETTLED).await?;
    federation.verify_logs().await?;
    nothing_twice(&federation, &expected).await
}

/// New reports that are hosted in `country`: others for each kill.
fn rows(country: &str, kill: u32) -> Vec<(String, String)> {
    let numbers = kill * ROWS..(kill + 1) * ROWS;
    numbers.map(|number| (format!("row-{number}"), url_in(country, number))).collect()
}

/// Every report that was taken in, and no other, is held at both nodes by the target of its offer.
async fn until_settled(federation: &Federation, expected: &BTreeMap<String, &str>) -> anyhow::Result<()> {
    for node in federation.nodes() {
        let what = format!("{} holds the state that it had without the kills", node.who.id);
        let mut last = BTreeMap::new();
        let settled = until(what, SETTLED, async || {
            last = held(node).await?;
            let same = last.len() == expected.len()
                && expected.iter().all(|(id, holder)| last.get(id).is_some_and(|found| found == holder));
            Ok(same.then_some(()))
        });
        if let Err(error) = settled.await {
            let missing = expected.iter().filter(|(id, holder)| last.get(*id).is_none_or(|found| found != *holder));
            return Err(error.context(format!(
                "{} reports of {}, {} not as they should be: {:?}",
                last.len(),
                expected.len(),
                missing.clone().count(),
                missing.take(5).map(|(id, _)| (id, last.get(id))).collect::<Vec<_>>()
            )));
        }
    }
    Ok(())
}

/// One create and one accept a report, and nothing else, in the two logs together.
async fn nothing_twice(federation: &Federation, expected: &BTreeMap<String, &str>) -> anyhow::Result<()> {
    let mut seen = BTreeSet::new();
    for log in ["fr-alder", "nl-birch"] {
        let node = &federation[0];
        for header in node.cli.author(log).await?.verify(&node.cli.export(log).await?)?.headers {
            let text = |key: &str| header[key].as_str().with_context(|| format!("an entry has its {key}"));
            let id = format!("{}/{}", text("org")?, text("rid")?);
            ensure!(expected.contains_key(&id), "nobody took in {id}");
            let kind = text("type")?.to_owned();
            ensure!(["report.create/1", "report.accept/1"].contains(&kind.as_str()), "{kind} of {id}");
            ensure!(seen.insert((id.clone(), kind.clone())), "{kind} of {id} stands there twice");
        }
    }
    ensure!(seen.len() == 2 * expected.len(), "{} entries for {} reports", seen.len(), expected.len());
    Ok(())
}

/// The reports that a node took in itself.
async fn listed(node: &ProcessNode) -> anyhow::Result<Vec<String>> {
    Ok(held(node).await?.into_keys().filter(|id| id.starts_with(node.who.id)).collect())
}

/// Every report of a node, with its holder.
async fn held(node: &ProcessNode) -> anyhow::Result<BTreeMap<String, String>> {
    let reports = node.cli.json(&["report", "list", "--limit", "100000"]).await?;
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned).context("a report has id and holder");
    reports
        .as_array()
        .context("a list")?
        .iter()
        .map(|report| Ok((text(&report["id"])?, text(&report["holder"])?)))
        .collect()
}
