//! A holder's work: he is told when a report is taken away from him, and an inactive one is passed over.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::entry::EntryType;
use hotline_tests::hostile::{Hand, Member};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use sea_orm::ConnectionTrait as _;

use crate::limits::floods::alerts;

const SOON: Duration = Duration::from_secs(30);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "holders",
        store,
        [
            a_holder_is_told_once_what_its_origin_takes_back_withdraws_and_changes,
            a_holder_who_says_nothing_is_told_of_and_passed_over_and_one_who_works_is_not,
        ]
    )
}

async fn a_holder_is_told_once_what_its_origin_takes_back_withdraws_and_changes(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    federation[1].start().await?;
    let (node, member) = (&federation[1], Member::of(&federation[2])?);
    let mut hand = Hand::of(&member);
    let mut offers = Vec::new();
    for number in 1..=3 {
        let offer = member.offer("nl-birch")?;
        let hash = hand.add(offer.clone(), Some(&url_in("NL", number)))?;
        offers.push((offer, hash));
    }
    let answer = member.push(node, &hand.run()?).await?;
    ensure!(answer.status == 200, "{}", answer.text);
    for (offer, _) in &offers {
        let id = offer.report().context("an id")?.to_string();
        until(format!("{id} is accepted"), SOON, async || {
            Ok((node.cli.show(&id).await?["state"] == "accepted").then_some(()))
        })
        .await?;
        node.cli.json(&["report", "act", &id, "lea-informed"]).await?;
    }

    let acts = [EntryType::Resume, EntryType::Withdraw, EntryType::Amend];
    for ((offer, hash), act) in offers.iter().zip(acts) {
        let mut says = member.create()?;
        (says.org, says.rid) = (offer.org.clone(), offer.rid);
        says.reference = Some(*hash);
        if act == EntryType::Resume {
            (says.hold, says.of) = (Some(*hash), Some(*hash));
        } else {
            says.to = vec!["nl-birch".parse()?];
        }
        let changed = (act == EntryType::Amend).then(|| url_in("NL", 99));
        says.entry_type = act;
        hand.add(says, changed.as_deref())?;
        // One after the other: it stays one alert.
        let answer = member.push(node, &hand.run()?).await?;
        ensure!(answer.status == 200, "{}", answer.text);
    }

    let told = alerts(node, "work_taken_away").await?;
    ensure!(told.len() == 1 && told[0]["subject"] == "de-cedar", "{told:?}");
    let text = told[0]["text"].as_str().context("a text")?;
    ensure!(text.contains("3 reports") && text.matches("NL-20").count() == 3, "{text}");
    ensure!(!text.contains("hosting"), "no URL and no host: {text}");

    let amended = offers[2].0.report().context("an id")?.to_string();
    let show = ["report", "show", &amended, "--reveal"];
    for shown in [node.cli.output(&show, None).await?, node.cli.call(&show).await?] {
        let shown = String::from_utf8(shown.stdout)?;
        ensure!(shown.contains("item/3") && shown.contains("item/99"), "both URLs are shown: {shown}");
    }
    Ok(())
}

async fn a_holder_who_says_nothing_is_told_of_and_passed_over_and_one_who_works_is_not(
    store: Store,
) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..2]).await?;
    let (origin, holder) = (&federation[0], &federation[1]);
    let id = origin.cli.submit(&url_in("NL", 1)).await?;
    until("it is accepted", SOON, async || Ok((origin.cli.show(&id).await?["state"] == "accepted").then_some(())))
        .await?;
    let reclaim = ["report", "reclaim", &id, "--reason", "no answer"];
    let refused = origin.cli.output(&reclaim, None).await?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(!refused.status.success(), "who works is protected: {said}");

    // Two weeks and a day pass.
    let database = origin.database(&store).await?;
    database.execute_unprepared("UPDATE report SET updated_at = updated_at - 1296000000000").await?;
    drop(database);
    until("a person of the origin is called", SOON, async || {
        Ok(alerts(origin, "holder_silent").await?.iter().any(|alert| alert["subject"] == "nl-birch").then_some(()))
    })
    .await?;
    ensure!(refused.status.code() == Some(1) && said.contains("within 14 days"), "he was told why: {said}");
    origin.cli.json(&reclaim).await?;
    for node in [origin, holder] {
        until("everybody folds it alike", SOON, async || {
            Ok((node.cli.show(&id).await?["holder"] == "fr-alder").then_some(()))
        })
        .await?;
    }
    let told = alerts(holder, "work_taken_away").await?;
    ensure!(told.len() == 1 && told[0]["subject"] == "fr-alder", "{told:?}");
    until("the alert at the origin ends by itself", SOON, async || {
        Ok(alerts(origin, "holder_silent").await?.is_empty().then_some(()))
    })
    .await?;
    Ok(())
}
