//! An operator's news in the log of a serving node: that it starts and stops, faults and their ends, each once.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, Statement};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A peer is tried every second here, and a line comes with the third try.
const SOON: Duration = Duration::from_mins(1);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "log_lines",
        store,
        [
            an_unreachable_peer_is_one_line_when_it_goes_and_one_when_it_is_back,
            lines_in_json_have_unique_keys_and_tell_of_start_stop_and_exchanged_keys,
            a_form_that_is_refused_for_its_origin_leaves_a_line_that_does_not_name_it,
            a_row_that_cannot_be_read_stops_one_step_of_the_upkeep_and_no_other,
        ]
    )
}

/// How many lines of a node's log have these words.
fn lines_with(node: &ProcessNode, words: &str) -> anyhow::Result<usize> {
    Ok(node.log()?.lines().filter(|line| line.contains(words)).count())
}

/// Returns the lines that an operator's eye rests on.
fn warnings(node: &ProcessNode) -> anyhow::Result<Vec<String>> {
    let is_warning = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
    Ok(node.log()?.lines().filter(is_warning).map(str::to_owned).collect())
}

async fn an_unreachable_peer_is_one_line_when_it_goes_and_one_when_it_is_back(store: Store) -> anyhow::Result<()> {
    const GONE: &str = "a peer is not reached";
    const BACK: &str = "a peer is reached again";
    let mut federation = Federation::started(&store, &THREE[..2]).await?;
    for outage in 1..=2 {
        federation[1].stop().await?;
        let tries = lines_with(&federation[0], "a peer is not reachable")?;
        until("it was tried many times", SOON, async || {
            Ok((lines_with(&federation[0], "a peer is not reachable")? >= tries + 8).then_some(()))
        })
        .await?;
        let told = lines_with(&federation[0], GONE)?;
        ensure!(told == outage, "{told} lines tell of outage {outage}");
        federation[1].start().await?;
        until("it is back", SOON, async || Ok((lines_with(&federation[0], BACK)? >= outage).then_some(()))).await?;
        federation[0].cli.submit(&url_in("NL", u32::try_from(outage)?)).await?;
        federation.until_heads_equal(SOON).await?;
        let told = lines_with(&federation[0], BACK)?;
        ensure!(told == outage, "{told} lines tell of the end of outage {outage}");
    }
    let about = warnings(&federation[0])?.into_iter().filter(|line| line.contains("nl-birch")).collect::<Vec<_>>();
    ensure!(about.len() == 2, "nothing else is said of the peer: {about:#?}");
    Ok(())
}

async fn lines_in_json_have_unique_keys_and_tell_of_start_stop_and_exchanged_keys(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..2]).await?;
    for place in 0..2 {
        federation[place].configure(&[("log", "format", "json".into())])?;
    }
    federation.start().await?;
    let id = federation[0].cli.submit(&url_in("NL", 1)).await?;
    let certificate = federation[0].cli.json(&["identity", "rotate-certificate", "--overlap", "1s"]).await?;
    let signing = federation[0].cli.json(&["identity", "rotate-signing-key"]).await?;
    until("both are in use", SOON, async || {
        let shown = federation[0].cli.json(&["identity", "show"]).await?;
        let is_new =
            shown["tls_fingerprint"] == certificate["fingerprint"] && shown["signing_key_id"] == signing["fingerprint"];
        Ok(is_new.then_some(()))
    })
    .await?;
    until("the report is held there", SOON, async || {
        Ok(federation[0].cli.find(&id).await?.filter(|seen| seen["holder"] == "nl-birch"))
    })
    .await?;
    federation[0].stop().await?;
    federation[1].stop().await?;
    for node in federation.nodes() {
        let log = node.log()?;
        ensure!(log.lines().count() >= 3, "it is said at least that it starts, serves and stops: {log}");
        for line in log.lines() {
            let Once(line) = serde_json::from_str(line).with_context(|| format!("{}: {line}", node.who.id))?;
            ensure!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
        }
    }
    let lines: Vec<Value> = federation[0].log()?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let told = |message: &str| -> Vec<&Value> {
        lines.iter().map(|line| &line["fields"]).filter(|fields| fields["message"] == message).collect()
    };
    for (message, key, value) in [
        ("the node starts", "version", Value::from(env!("CARGO_PKG_VERSION"))),
        ("the announced certificate is in use now", "fingerprint", certificate["fingerprint"].clone()),
        ("the announced signing key is in use now", "key", signing["fingerprint"].clone()),
        ("the node has stopped", "version", Value::from(env!("CARGO_PKG_VERSION"))),
    ] {
        let told = told(message);
        ensure!(told.len() == 1 && told[0][key] == value, "{message}: {told:?}");
    }
    ensure!(
        lines.last().is_some_and(|line| line["fields"]["message"] == "the node has stopped"),
        "it is the last word"
    );
    Ok(())
}

/// A JSON document with no key twice in an object.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Once, A::Error> {
        let mut values = Vec::new();
        while let Some(Once(value)) = parts.next_element()? {
            values.push(value);
        }
        Ok(Once(values.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Once, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((key, Once(value))) = parts.next_entry::<String, Once>()? {
            if members.insert(key.clone(), value).is_some() {
                return Err(A::Error::custom(format!("the key {key} stands there twice")));
            }
        }
        Ok(Once(Value::Object(members.into_iter().collect())))
    }
}

async fn a_form_that_is_refused_for_its_origin_leaves_a_line_that_does_not_name_it(store: Store) -> anyhow::Result<()> {
    const REFUSED: &str = "the office refused a form";
    let federation = Federation::started(&store, &THREE[..1]).await?;
    let visitor = Office::visitor(&Door::of_process(&federation[0]))?;
    let (cross, same) = (("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-origin"));
    let (foreign, own) = (("origin", "https://canary-attacker.example"), ("origin", visitor.base()));
    let form = [("language", "fr"), ("here", "/sign-in")];
    let mut refused = 0;
    for (headers, is_refused) in [
        (&[same, own][..], false),
        (&[cross, own], true),
        (&[cross, foreign], true),
        (&[foreign], true),
        (&[("origin", "null")], true),
        (&[own], false),
    ] {
        let answer = visitor.ask(Method::POST, "/language", &form, headers).await?;
        answer.is(if is_refused { 403 } else { 303 }).with_context(|| format!("{headers:?}"))?;
        refused += usize::from(is_refused);
        ensure!(lines_with(&federation[0], REFUSED)? == refused, "{headers:?}: {:#?}", warnings(&federation[0])?);
    }
    let log = federation[0].log()?;
    ensure!(log.contains("office.url must be the address"), "it says what to look at");
    ensure!(!log.contains("canary"), "where a visitor came from is his own affair");
    Ok(())
}

async fn a_row_that_cannot_be_read_stops_one_step_of_the_upkeep_and_no_other(store: Store) -> anyhow::Result<()> {
    const FAILS: &str = "peers could not be read anew";
    let mut federation = Federation::new(&store, &THREE[..2]).await?;
    federation[0].start_listening().await?;
    let other = federation[0].database(&store).await?;
    other.execute_unprepared("UPDATE peer SET state = 'of_no_version'").await?;
    until("the step fails", SOON, async || Ok((lines_with(&federation[0], FAILS)? > 0).then_some(()))).await?;
    // Left by a command; another step takes it.
    other.execute_unprepared("INSERT INTO setting (name, value) VALUES ('seal_anyway', '1')").await?;
    let left = "SELECT 1 FROM setting WHERE name = 'seal_anyway'";
    until("the other step is done", SOON, async || {
        let left = Statement::from_string(other.get_database_backend(), left);
        Ok(other.query_one_raw(left).await?.is_none().then_some(()))
    })
    .await?;
    other.execute_unprepared("UPDATE peer SET state = 'active'").await?;
    let over = format!("over: {FAILS}");
    until("it is said that it is over", SOON, async || Ok((lines_with(&federation[0], &over)? == 1).then_some(())))
        .await?;
    let told = lines_with(&federation[0], FAILS)?;
    ensure!(told == 2, "one line when it begins and one when it is over: {told}");
    federation[0].stop().await?;
    Ok(())
}
