//! A log that goes on in a new epoch: after a fork, a lost end, a theft of keys. The counting state is the same
//! everywhere then.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::log::Cursor;
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::node::cli::{NETWORK, done};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::{ProcessNode, Who};
use hotline_tests::peer::forged_run::Forger;
use hotline_tests::peer::independent_verifier::Author;
use hotline_tests::peer::outsider::{Answer, Outsider, Shown};
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;

/// Everything heals within this time on a busy machine.
const SOON: Duration = Duration::from_mins(1);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "epochs",
        store,
        [
            a_forked_log_goes_on_after_the_last_entry_that_nobody_contradicts,
            a_copy_that_is_shorter_and_another_one_is_found_and_an_operator_may_go_back_further,
            after_a_theft_the_log_goes_on_under_a_new_key_and_the_thief_is_left_behind,
            a_lost_end_is_left_behind_and_listed_and_what_was_recorded_since_is_said_again,
            an_epoch_is_opened_by_nobody_who_does_not_mean_it,
        ]
    )
}

fn four() -> [Who; 4] {
    let [first, second, third] = THREE;
    [first, second, third, Who { id: "cz-alder", countries: "CZ" }]
}

/// Where a node's copy of the first one's log ends.
async fn end_at(node: &ProcessNode) -> anyhow::Result<Cursor> {
    let heads = node.cli.json(&["log", "head"]).await?;
    let head = &heads["fr-alder"];
    Ok(serde_json::from_value(serde_json::json!({ "ep": head["epoch"], "seq": head["seq"], "hash": head["hash"] }))?)
}

async fn until_end_is(node: &ProcessNode, epoch: u64, seq: u64) -> anyhow::Result<()> {
    until(format!("{} holds entry {seq} of epoch {epoch}", node.who.id), SOON, async || {
        let end = end_at(node).await?;
        Ok(((end.epoch, end.seq) == (epoch, seq)).then_some(()))
    })
    .await?;
    Ok(())
}

async fn until_ready_says(node: &ProcessNode, reason: &str) -> anyhow::Result<()> {
    until(format!("{} says: {reason}", node.who.id), SOON, async || {
        let (status, said) = node.operations("/readyz").await?;
        Ok((status == 503 && said.contains(reason)).then_some(()))
    })
    .await?;
    Ok(())
}

/// A holder of the first node's keys pushes reports of its log to another node, and this takes them.
async fn forge(federation: &Federation, taker: usize, offer_to: &str, count: usize) -> anyhow::Result<Vec<String>> {
    let pen = Forger::of_folder("fr-alder", federation[0].folder())?;
    let mut contents = (0..count).map(|_| pen.create()).collect::<anyhow::Result<Vec<_>>>()?;
    for content in &mut contents {
        let target: hotline_protocol::id::NodeId = offer_to.parse()?;
        (content.target, content.to) = (Some(target.clone()), vec![target]);
    }
    let (run, _) = pen.run_of(&end_at(&federation[taker]).await?, &contents)?;
    let answer = thief(federation, taker)?.push("fr-alder", run).await?;
    ensure!(answer.status == 200, "the thief's entries are taken: {answer:?}");
    let id = |content: &hotline_protocol::entry::Content| Ok(content.report().context("a report")?.to_string());
    contents.iter().map(id).collect()
}

/// A client of a node that shows the first one's certificate.
fn thief(federation: &Federation, of: usize) -> anyhow::Result<Outsider> {
    Outsider::new(federation[of].exchange_address(), Some(Shown::of_folder(federation[0].folder())?))
}

/// Returns every node's view of a report: state, holder, tenure.
async fn standing(node: &ProcessNode, id: &str) -> anyhow::Result<[Value; 3]> {
    let shown = node.cli.show(id).await?;
    Ok(["state", "holder", "tenure"].map(|key| shown[key].clone()))
}

async fn until_standing(federation: &Federation, id: &str, state: &str, holder: &str) -> anyhow::Result<()> {
    for node in federation.nodes() {
        until(format!("{}: {id} is {state} at {holder}", node.who.id), SOON, async || {
            let Some(shown) = node.cli.find(id).await? else { return Ok(None) };
            Ok((shown["state"] == state && shown["holder"] == holder).then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// A list of reports that were left behind: these, and no other, each as it should be.
fn lists(list: &Value, reports: &[String], is_right: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
    let list = list.as_array().with_context(|| format!("a list: {list}"))?;
    let is_one = |left: &Value| left["report"].as_str().is_some_and(|id| reports.iter().any(|report| report == id));
    ensure!(list.len() == reports.len() && list.iter().all(|left| is_one(left) && is_right(left)), "{list:?}");
    Ok(())
}

/// The table of reports left behind has a row for each report, with a link where it has a number here. It says the
/// entry that counts no more and, at the house that has lost the report, the node that has it.
async fn stands_on_the_page(house: &ProcessNode, reports: &[String], has_it: bool) -> anyhow::Result<()> {
    let office = Office::signed_in(&Door::of_process(house), "admin", None).await?;
    let page = office.get("/stuck").await?;
    page.is(200)?;
    let table = page.text.split("Left behind by a new epoch").last().context("the page has text")?;
    let rows: Vec<&str> = table.split("<tr>").skip(2).collect();
    ensure!(rows.len() == reports.len(), "{} rows: {table}", rows.len());
    for id in reports {
        let number = house.cli.find(id).await?.and_then(|seen| seen["number"].as_str().map(str::to_owned));
        let name = number.as_deref().map_or_else(|| id.clone(), |number| format!("href=\"/reports/{number}\""));
        let row = rows.iter().find(|row| row.contains(&name)).with_context(|| format!("{name} is not in {table}"))?;
        let is_right = row.contains("fr-alder") && row.contains("report.") && has_it != row.contains("nl-birch");
        ensure!(is_right && number.is_some() == has_it, "{row}");
    }
    Ok(())
}

async fn alerts(node: &ProcessNode, kind: &str) -> anyhow::Result<Vec<String>> {
    let alerts = node.cli.json(&["alert", "list"]).await?;
    let of_kind = alerts.as_array().context("a list")?.iter().filter(|alert| alert["kind"] == kind);
    of_kind.map(|alert| Ok(alert["text"].as_str().context("a text")?.to_owned())).collect()
}

async fn a_forked_log_goes_on_after_the_last_entry_that_nobody_contradicts(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::started(&store, &THREE).await?;
    let first = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_standing(&federation, &first, "accepted", "nl-birch").await?;
    federation.until_heads_equal(SOON).await?;

    // The Netherlands take the copy's entries, Germany the node's own.
    federation[0].stop().await?;
    federation[2].stop().await?;
    let forged = forge(&federation, 1, "de-cedar", 1).await?;
    federation[1].stop().await?;
    federation[2].start_listening().await?;
    federation[0].start_listening().await?;
    let second = federation[0].cli.submit(&url_in("DE", 2)).await?;
    until_end_is(&federation[2], 1, 2).await?;
    until("Germany has accepted it", SOON, async || {
        Ok((federation[0].cli.show(&second).await?["state"] == "accepted").then_some(()))
    })
    .await?;
    federation[1].start_listening().await?;
    until_ready_says(&federation[0], "contradicts").await?;

    let third = federation[0].cli.submit(&url_in("NL", 3)).await?;
    let before = standing(&federation[0], &first).await?;
    let opened = federation[0].cli.json(&["log", "open-epoch", "--confirm", "fr-alder"]).await?;
    ensure!(opened["epoch"] == 2 && opened["from"]["seq"] == 1 && opened["said_again"] == 2, "{opened}");
    ensure!(opened["not_asked"] == serde_json::json!([]), "{opened}");
    let heads = federation.until_heads_equal(SOON).await?;
    ensure!(heads["fr-alder"]["epoch"] == 2, "{heads}");
    federation[0].wait_for("/readyz").await?;
    until_standing(&federation, &third, "accepted", "nl-birch").await?;
    // Germany's answer to the earlier entry stands: it did nothing again.
    until_standing(&federation, &second, "accepted", "de-cedar").await?;
    ensure!(standing(&federation[1], &first).await? == before, "what came before the fork is as it was");
    for id in &forged {
        let shown = federation[1].cli.show(id).await?;
        ensure!(
            shown["tenure"] == 0 && shown["holder"] == "fr-alder",
            "what the copy signed counts for nothing: {shown}"
        );
        ensure!(federation[2].cli.find(id).await?.is_none(), "Germany never had it");
    }
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await?;
    for node in &federation.nodes()[1..] {
        let said = alerts(node, "epoch_opened").await?;
        ensure!(said.len() == 1 && said[0].contains("after entry 1"), "{}: {said:?}", node.who.id);
    }
    let audit = federation[0].cli.json(&["audit", "list"]).await?;
    ensure!(audit.to_string().contains("open_epoch"), "{audit}");
    Ok(())
}

/// The Netherlands hold one entry that contradicts, the node itself has signed four beyond that place.
async fn a_copy_that_is_shorter_and_another_one_is_found_and_an_operator_may_go_back_further(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::started(&store, &THREE).await?;
    federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_end_is(&federation[1], 1, 1).await?;
    federation.until_heads_equal(SOON).await?;
    federation[0].stop().await?;
    federation[2].stop().await?;
    forge(&federation, 1, "de-cedar", 1).await?;
    federation[1].stop().await?;
    federation[2].start_listening().await?;
    federation[0].start_listening().await?;
    let mut ids = Vec::new();
    for number in 2..6 {
        ids.push(federation[0].cli.submit(&url_in("DE", number)).await?);
        until_end_is(&federation[2], 1, u64::from(number)).await?;
    }
    // No node that knows better is there: the epoch goes on after entries that the Netherlands contradict, and they say
    // so.
    let first = federation[0].cli.json(&["log", "open-epoch", "--confirm", "fr-alder"]).await?;
    ensure!(first["not_asked"] == serde_json::json!(["nl-birch"]) && first["from"]["seq"] == 5, "{first}");
    federation[1].start_listening().await?;
    until("an alert says whose copy is another one", SOON, async || {
        let said = alerts(&federation[0], "peer_copy").await?;
        Ok(said.iter().any(|text| text.contains("nl-birch")).then_some(()))
    })
    .await?;
    let second = federation[0].cli.json(&["log", "open-epoch", "--confirm", "fr-alder"]).await?;
    ensure!(second["epoch"] == 3 && second["from"]["ep"] == 1 && second["from"]["seq"] == 1, "{second}");
    ensure!(second["said_again"] == ids.len(), "{second}");
    federation.until_heads_equal(SOON).await?;
    for id in &ids {
        until_standing(&federation, id, "accepted", "de-cedar").await?;
    }
    federation.verify_logs().await
}

async fn after_a_theft_the_log_goes_on_under_a_new_key_and_the_thief_is_left_behind(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &four()).await?;
    for node in 0..3 {
        federation[node].start_listening().await?;
    }
    let first = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until("the Netherlands accept it", SOON, async || {
        Ok((federation[0].cli.show(&first).await?["state"] == "accepted").then_some(()))
    })
    .await?;
    federation[1].cli.json(&["report", "act", &first, "removed"]).await?;
    until("all hear of it", SOON, async || {
        Ok((federation[2].cli.show(&first).await?["state"] == "removed").then_some(()))
    })
    .await?;
    let stolen = thief(&federation, 1)?;
    let pen = Forger::of_folder("fr-alder", federation[0].folder())?;
    federation[0].stop().await?;
    let forged = forge(&federation, 1, "nl-birch", 2).await?;
    let thiefs_end = end_at(&federation[1]).await?;
    federation[0].start_listening().await?;
    until_ready_says(&federation[0], "behind what this node has signed").await?;
    let second = federation[0].cli.submit(&url_in("NL", 2)).await?;

    let before = federation[0].cli.json(&["identity", "show"]).await?;
    let opened = federation[0].cli.json(&["log", "open-epoch", "--confirm", "fr-alder", "--new-keys"]).await?;
    let card = federation[0].cli.json(&["identity", "card"]).await?;
    for key in ["fingerprint", "tls_fingerprint", "signing_key_id"] {
        ensure!(card[key] != before[key], "{key} is another one: {card}");
    }
    ensure!(card["signing_key_id"] == opened["signing_key_id"], "{opened} {card}");
    ensure!(card["signing_keys"].as_array().is_some_and(|keys| keys.len() == 2), "{card}");
    let (text, fingerprint) = (card["card"].as_str().context("a card")?, card["fingerprint"].as_str().context("one")?);
    federation[0].stop().await?;
    for node in &federation.nodes()[1..] {
        let without = node.cli.output(&["peer", "add", "-", "--fingerprint", fingerprint], Some(text)).await?;
        ensure!(without.status.code() == Some(1), "{}: nobody takes it unasked", node.who.id);
        let replace = ["peer", "add", "-", "--fingerprint", fingerprint, "--replace", "--yes"];
        node.cli.json_of(&replace, Some(text)).await?;
    }
    // Until the epoch comes, the entries that the thief has signed count, and no more of these are taken.
    let owner = Outsider::new(federation[1].exchange_address(), Some(Shown::of_folder(federation[0].folder())?))?;
    let (more, _) = pen.run(&thiefs_end, 1)?;
    let (refused, _) =
        until("the new certificate is known", SOON, async || Ok(owner.push("fr-alder", more.clone()).await.ok()))
            .await?;
    ensure!(refused.problem.as_deref() == Some("key-not-valid"), "{refused:?}");
    ensure!(end_at(&federation[1]).await? == thiefs_end, "and what is here beyond the key's end stays");
    for id in &forged {
        let shown = federation[1].cli.show(id).await?;
        ensure!(shown["tenure"] != 0 && !shown["state"].is_null(), "{shown}");
    }
    federation[0].start_listening().await?;
    // The node that was away all the time comes with the new card alone.
    federation[3].start_listening().await?;
    federation.until_heads_equal(SOON).await?;
    until_standing(&federation, &first, "removed", "nl-birch").await?;
    until_standing(&federation, &second, "accepted", "nl-birch").await?;
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await?;
    for id in &forged {
        let shown = federation[1].cli.show(id).await?;
        ensure!(shown["tenure"] == 0 && shown["state"].is_null(), "the thief's report counts for nothing: {shown}");
        ensure!(federation[3].cli.find(id).await?.is_none(), "and nobody hears of it any more");
    }

    let (run, _) = pen.run(&thiefs_end, 1)?;
    ensure!(stolen.push("fr-alder", run.clone()).await.is_err(), "the stolen certificate opens no connection");
    let current = Outsider::new(federation[1].exchange_address(), Some(Shown::of_folder(federation[0].folder())?))?;
    let refused: Answer = current.push("fr-alder", run).await?;
    ensure!(refused.problem.as_deref() == Some("key-not-valid"), "the stolen key signs nothing: {refused:?}");
    let exported = federation[3].cli.export("fr-alder").await?;
    federation[3].cli.author("fr-alder").await?.verify(&exported)?;
    // The card speaks for the entries that count; for those that the thief had signed beyond, it does not.
    let by_card = Author::of_card(NETWORK, &card)?;
    by_card.verify(&exported)?;
    let with_thiefs = federation[1].cli.export("fr-alder").await?;
    let refused = by_card.verify(&with_thiefs).err().context("the card ends the stolen key before that")?;
    ensure!(refused.to_string().contains("a key beyond its range"), "{refused}");
    Ok(())
}

async fn a_lost_end_is_left_behind_and_listed_and_what_was_recorded_since_is_said_again(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::started(&store, &THREE).await?;
    federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_end_is(&federation[1], 1, 1).await?;
    federation.until_heads_equal(SOON).await?;
    // For the node, a forger in its name is a later time of itself that it has lost.
    federation[0].stop().await?;
    federation[2].stop().await?;
    let lost = forge(&federation, 1, "nl-birch", 2).await?;
    let numbers: Vec<u32> = (2..7).collect();
    let mut recorded = Vec::new();
    for number in &numbers {
        recorded.push(federation[0].cli.submit(&url_in("DE", *number)).await?);
    }
    federation[0].start_listening().await?;
    until_ready_says(&federation[0], "behind what this node has signed").await?;
    // Without the running node too: it goes on at its next start.
    federation[0].stop().await?;
    let opened =
        federation[0].cli.json(&["log", "open-epoch", "--confirm", "fr-alder", "--reason", "disk lost"]).await?;
    ensure!(opened["said_again"] == numbers.len(), "{opened}");
    ensure!(opened["not_asked"] == serde_json::json!(["de-cedar"]), "{opened}");
    lists(&opened["left_behind"], &lost, |left| left["ask"] == "nl-birch")?;
    federation[2].start_listening().await?;
    federation[0].start().await?;
    for id in &recorded {
        until_standing(&federation, id, "accepted", "de-cedar").await?;
    }
    let heads = federation.until_heads_equal(SOON).await?;
    ensure!(heads["fr-alder"]["epoch"] == 2, "{heads}");
    federation.verify_logs().await?;
    for node in federation.nodes() {
        ensure!(
            alerts(node, "log_forked").await?.is_empty(),
            "{}: what was left behind contradicts nothing",
            node.who.id
        );
    }
    for id in &lost {
        ensure!(federation[1].cli.show(id).await?["tenure"] == 0, "{id} counts no more");
    }
    // Both houses list the reports concerned; entries that were said again are on neither list.
    let left = ["log", "left-behind", "--log", "fr-alder"];
    lists(&federation[0].cli.json(&left).await?, &lost, |left| left["ask"] == "nl-birch")?;
    lists(&federation[1].cli.json(&left).await?, &lost, |left| left["number"].is_string())?;
    for (place, house) in federation.nodes()[..2].iter().enumerate() {
        stands_on_the_page(house, &lost, place == 1).await?;
    }
    let told = alerts(&federation[1], "epoch_opened").await?.concat();
    ensure!(told.contains("about 2 reports (NL-") && told.contains("log left-behind"), "it names them: {told}");
    // An operator goes back further: entries that were said again once are said again with both their earlier places.
    let further = ["log", "open-epoch", "--confirm", "fr-alder", "--last-good", "1"];
    let back = federation[0].cli.json(&further).await?;
    ensure!(back["epoch"] == 3 && back["from"]["ep"] == 2 && back["said_again"] == numbers.len(), "{back}");
    federation[0].cli.submit(&url_in("NL", 9)).await?;
    let heads = federation.until_heads_equal(SOON).await?;
    ensure!(heads["fr-alder"]["epoch"] == 3, "{heads}");
    for id in &recorded {
        until_standing(&federation, id, "accepted", "de-cedar").await?;
    }
    federation.verify_logs().await?;
    for node in federation.nodes() {
        let exported = node.cli.export("fr-alder").await?;
        node.cli.author("fr-alder").await?.verify(&exported)?;
    }
    let own = federation[0].cli.export("fr-alder").await?;
    let verified = federation[0].cli.author("fr-alder").await?.verify(&own)?;
    ensure!(verified.said_again == numbers.len(), "each is what it was in the epoch before: {}", verified.said_again);
    Ok(())
}

async fn an_epoch_is_opened_by_nobody_who_does_not_mean_it(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    for arguments in [&["log", "open-epoch"][..], &["log", "open-epoch", "--confirm", "not an id"]] {
        ensure!(cli.output(arguments, None).await?.status.code() == Some(2), "{arguments:?}");
    }
    let another = cli.output(&["log", "open-epoch", "--confirm", "nl-birch"], None).await?;
    ensure!(another.status.code() == Some(1), "{another:?}");
    ensure!(String::from_utf8_lossy(&another.stderr).contains("this node is fr-alder"), "{another:?}");
    let nobody = ["log", "open-epoch", "--confirm", "fr-alder", "--without", "nl-nobody"];
    let refused = cli.output(&nobody, None).await?;
    ensure!(refused.status.code() == Some(1), "{refused:?}");
    ensure!(String::from_utf8_lossy(&refused.stderr).contains("nl-nobody is no active peer"), "{refused:?}");
    for no_entry in ["9", "1.9", "7.1", "7.0"] {
        let refused =
            cli.output(&["log", "open-epoch", "--confirm", "fr-alder", "--last-good", no_entry], None).await?;
        ensure!(refused.status.code() == Some(1), "{no_entry}: {refused:?}");
        ensure!(String::from_utf8_lossy(&refused.stderr).contains("there is no entry"), "{no_entry}: {refused:?}");
    }
    let head = cli.json(&["log", "head"]).await?;
    ensure!(head["fr-alder"]["epoch"] == 1, "{head}");
    done(&cli.call(&["log", "open-epoch", "--confirm", "fr-alder"]).await?)?;
    let verified = cli.json(&["log", "verify"]).await?;
    ensure!(verified["ok"] == true, "{verified}");
    Ok(())
}
