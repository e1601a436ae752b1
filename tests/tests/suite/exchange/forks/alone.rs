//! One hotline alone, with the shorter copy of the liar's log: it finds the proof by itself, in another member's data.
//! And three that have not met each other before.

use anyhow::{Context as _, ensure};
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::Header;
use hotline_tests::hostile::{Asked, Branch, Door, Member, Said};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::{ProcessNode, Who};
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;

use super::{LIAR, SOON, alerts, evidence, holds, until_all_show, until_others_agree, until_proven, was_told_once};

pub(super) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "forks",
        store,
        [
            a_run_that_goes_on_from_another_entry_is_proof_itself,
            who_has_the_shorter_copy_proves_by_itself_that_the_longer_one_is_another,
            an_epoch_from_an_entry_that_is_not_here_leads_to_the_proof_and_is_none,
            who_has_a_longer_copy_that_is_the_same_is_asked_and_nobody_is_called,
            three_that_are_told_different_things_have_the_proof_with_the_first_hello_of_the_last_and_fold_alike,
        ]
    )
}

/// France serves; the Netherlands and the liar are played by hand.
struct Alone {
    federation: Federation,
    other: Member,
    liar: Member,
}

impl Alone {
    async fn new(store: &Store) -> anyhow::Result<Self> {
        let mut federation = Federation::new(store, &[THREE[0], THREE[1], LIAR]).await?;
        federation[0].start_listening().await?;
        let (other, liar) = (Member::of(&federation[1])?, Member::of(&federation[2])?);
        Ok(Self { federation, other, liar })
    }

    fn house(&self) -> &ProcessNode {
        &self.federation[0]
    }

    /// The Netherlands come with a copy of the liar's log, and show and give it.
    async fn meet(&self, copy: Vec<Branch>) -> anyhow::Result<Door> {
        let head = copy.last().and_then(Branch::head).context("it has entries")?;
        let hello = self.other.hello_with([(LIAR.id, head)])?;
        let said = serde_json::to_string(&hello)?;
        let door = self
            .other
            .serve(
                move |asked| if asked.path == "/hello" { Said::json(200, said.clone()) } else { given(asked, &copy) },
            )
            .await?;
        self.other.greeted(self.house(), &hello).await?;
        Ok(door)
    }
}

/// Returns a member's answer to a pull that keeps this copy: one telling for each epoch, each from where the one before
/// ends.
fn given(asked: &Asked, copy: &[Branch]) -> Said {
    let query = asked.path.strip_prefix("/logs/cz-alder/runs?").unwrap_or_default();
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let number = |name: &str| value(name).and_then(|value| value.parse::<u64>().ok());
    let (Some(epoch), Some(after), Some(hash)) = (number("ep"), number("after"), value("hash")) else {
        return Said::nothing();
    };
    let Some(at) = copy.iter().position(|telling| telling.end().epoch == epoch) else { return Said::nothing() };
    let (telling, next) = (&copy[at], copy.get(at + 1));
    let opening = || next.map_or_else(Said::nothing, |next| Said::text(next.runs()[0].clone()));
    if after > telling.end().seq {
        return opening();
    }
    let before = usize::try_from(after).ok().and_then(|after| after.checked_sub(1));
    let here = before.map_or(Hash::ZERO, |before| Header::hash_line(telling.lines()[before].as_bytes()));
    if hash != here.to_string() {
        return Said::problem(409, "cursor-diverged", "rewind");
    }
    let begins = format!("\"seq\":{},", after + 1);
    let begins_behind = |run: &&String| run.lines().nth(1).is_some_and(|header| header.contains(&begins));
    telling.runs().iter().find(begins_behind).map_or_else(opening, |run| Said::text(run.clone()))
}

/// It has the proof of its place, from the Netherlands or the liar, and a person was called once.
async fn has_proof(alone: &Alone, told_by: &str, tellings: [&Branch; 2], lines: usize) -> anyhow::Result<()> {
    let shown = until_proven(alone.house()).await?;
    let place = (1, tellings[0].end().seq);
    ensure!(holds(alone.house(), &shown, place).await?.contains(&tellings[0].end().hash.to_string()), "{shown}");
    ensure!(shown["headers"].as_array().map(Vec::len) == Some(lines), "{shown}");
    ensure!(shown["told_by"] == told_by, "{shown}");
    was_told_once(alone.house()).await
}

async fn a_run_that_goes_on_from_another_entry_is_proof_itself(store: Store) -> anyhow::Result<()> {
    let alone = Alone::new(&store).await?;
    let common = alone.liar.telling(&Branch::default(), 2)?;
    let (short, long) = (alone.liar.telling(&common, 1)?, alone.liar.telling(&common, 1)?);
    let mut long = long;
    let run = alone.liar.write(&mut long, &alone.liar.creates(2)?)?;
    alone.liar.tell(alone.house(), &short).await?;
    let answer = alone.liar.push(alone.house(), &run).await?;
    ensure!(answer.problem.as_deref() == Some("cursor-diverged"), "{}", answer.text);
    has_proof(&alone, LIAR.id, [&short, &long], 2).await
}

async fn who_has_the_shorter_copy_proves_by_itself_that_the_longer_one_is_another(store: Store) -> anyhow::Result<()> {
    let alone = Alone::new(&store).await?;
    let common = alone.liar.telling(&alone.liar.telling(&Branch::default(), 1)?, 1)?;
    let (short, long) = (alone.liar.telling(&common, 1)?, alone.liar.telling(&common, 4)?);
    alone.liar.tell(alone.house(), &short).await?;
    let door = alone.meet(vec![long.clone()]).await?;
    has_proof(&alone, "nl-birch", [&short, &long], 3).await?;
    ensure!(!door.asked().iter().any(|asked| asked.path.contains("/fork")), "nobody had it before");
    Ok(())
}

async fn an_epoch_from_an_entry_that_is_not_here_leads_to_the_proof_and_is_none(store: Store) -> anyhow::Result<()> {
    let alone = Alone::new(&store).await?;
    let common = alone.liar.telling(&Branch::default(), 2)?;
    let [here, there] = [alone.liar.telling(&common, 1)?, alone.liar.telling(&common, 1)?];
    let longer = alone.liar.telling(&here, 1)?;
    let mut opened = alone.liar.reopen(2, there.end())?;
    alone.liar.write(&mut opened, &alone.liar.creates(1)?)?;
    alone.liar.tell(alone.house(), &longer).await?;
    let answer = alone.liar.push(alone.house(), &opened.runs()[0]).await?;
    ensure!(answer.problem.as_deref() == Some("cursor-diverged"), "{}", answer.text);
    ensure!(evidence(alone.house()).await?.is_none(), "the opening signs no entry of the place from which it goes on");
    let _door = alone.meet(vec![there, opened]).await?;
    has_proof(&alone, "nl-birch", [&here, &longer], 0).await
}

async fn who_has_a_longer_copy_that_is_the_same_is_asked_and_nobody_is_called(store: Store) -> anyhow::Result<()> {
    let alone = Alone::new(&store).await?;
    let short = alone.liar.telling(&Branch::default(), 2)?;
    let long = alone.liar.telling(&short, 3)?;
    alone.liar.tell(alone.house(), &short).await?;
    let _door = alone.meet(vec![long.clone()]).await?;
    until("the rest of the log is here", SOON, async || {
        let heads = alone.house().cli.json(&["log", "head"]).await?;
        Ok((heads[LIAR.id]["hash"] == long.end().hash.to_string()).then_some(()))
    })
    .await?;
    ensure!(evidence(alone.house()).await?.is_none() && alerts(alone.house(), "log_forked").await?.is_empty());
    Ok(())
}

/// Returns the results of a node's fold for every report of the honest.
async fn folds(node: &ProcessNode) -> anyhow::Result<Vec<[Value; 4]>> {
    let list = node.cli.json(&["report", "list", "--limit", "1000"]).await?;
    let of_honest = list.as_array().context("a list")?.iter().filter(|report| report["origin"] != LIAR.id);
    let mut folds: Vec<[Value; 4]> =
        of_honest.map(|report| ["id", "holder", "tenure", "folded"].map(|key| report[key].clone())).collect();
    folds.sort_by_key(|fold| fold[0].to_string());
    Ok(folds)
}

async fn three_that_are_told_different_things_have_the_proof_with_the_first_hello_of_the_last_and_fold_alike(
    store: Store,
) -> anyhow::Result<()> {
    let who: Vec<Who> = THREE.iter().copied().chain([LIAR]).collect();
    let mut federation = Federation::new(&store, &who).await?;
    let liar = Member::of(&federation[3])?;
    for place in 0..3 {
        // Nobody says hello again, but to a new caller, and where a proof is found.
        federation[place].configure(&[("exchange", "hello_seconds", 3_600.into())])?;
        federation[place].start_listening().await?;
    }
    for (place, country) in ["NL", "DE", "FR"].into_iter().enumerate() {
        let id = federation[place].cli.submit(&url_in(country, 1)).await?;
        let holder = ["nl-birch", "de-cedar", "fr-alder"][place];
        until_all_show(&federation, 3, &id, holder).await?;
    }
    let common = liar.telling(&Branch::default(), 2)?;
    let tellings = [liar.telling(&common, 2)?, liar.telling(&common, 5)?, liar.telling(&common, 3)?];
    for place in 0..3 {
        federation[place].stop().await?;
    }
    for (place, telling) in tellings.iter().enumerate() {
        federation[place].start_listening().await?;
        liar.tell(&federation[place], telling).await?;
        federation[place].stop().await?;
    }
    for place in 0..3 {
        federation[place].start_listening().await?;
    }
    for node in &federation.nodes()[..3] {
        let shown = until_proven(node).await?;
        let seq = shown["seq"].as_u64().context("a number")?;
        // Where the shortest of those that met ends.
        ensure!(seq == 4 || seq == 5, "{shown}");
        holds(node, &shown, (1, seq)).await?;
        was_told_once(node).await?;
    }
    let all = folds(&federation[0]).await?;
    ensure!(all.len() == 3 && all.iter().all(|fold| fold[3] == "accepted"), "{all:?}");
    for node in &federation.nodes()[1..3] {
        ensure!(folds(node).await? == all, "{}", node.who.id);
    }
    until_others_agree(&federation, 3).await
}
