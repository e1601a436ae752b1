//! The reporting API and its clients: a report that is sent again, an address that stands there twice, a case of several
//! addresses, a website that asks from a browser.

use std::collections::{BTreeSet, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_tests::chance::Chance;
use hotline_tests::node::cli::{done, run};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::test_node::TestNode;
use hotline_tests::sentences;
use hotline_tests::service::small_disk::SmallDisk;
use hotline_tests::wait::{random_moment, until};
use libtest_mimic::Trial;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::storage::database_access::rest;

const REPORTS: &str = "/api/v1/reports";
const SITE: &str = "https://hotline.example";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "public_requests",
        store,
        [
            the_same_report_under_the_same_key_is_taken_once_and_answered_the_same,
            requests_of_one_key_at_once_make_one_case,
            an_answer_is_kept_over_a_start_and_forgotten_after_a_day,
            a_key_that_is_none_is_refused_and_takes_nothing,
            an_address_that_stands_there_twice_is_reported_once,
            a_case_tells_a_state_that_holds_for_all_its_addresses,
            the_secret_opens_its_case_however_its_scheme_is_written,
            a_byte_order_mark_is_passed_over,
            only_websites_that_are_named_may_ask_from_a_browser,
            a_report_that_is_sent_until_it_is_confirmed_is_there_once,
        ]
    )
}

/// A node in this process with a clock that is set.
struct House {
    node: TestNode,
    federation: Federation,
    client: reqwest::Client,
}

impl House {
    async fn serving(store: &Store, keys: &[(&str, toml::Value)]) -> anyhow::Result<Self> {
        let federation = Federation::new(store, &THREE[..1]).await?;
        let limit = ("public", "requests_per_minute_per_address", 10_000.into());
        let values: Vec<_> = keys.iter().map(|(key, value)| ("public", *key, value.clone())).chain([limit]).collect();
        federation[0].configure(&values)?;
        let clock = Clock::set_at(Clock::system().now());
        let node = TestNode::serve(&federation[0].cli.config_file, clock).await?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { node, federation, client })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.node.addresses.public))
    }

    fn report(&self, key: Option<&str>, report: &Value) -> RequestBuilder {
        let request = self.request(Method::POST, REPORTS).json(report);
        match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        }
    }

    /// Case number and secret of a report that is taken.
    async fn case(&self, key: Option<&str>, report: &Value) -> anyhow::Result<(String, String)> {
        let answer = self.report(key, report).send().await?;
        ensure!(answer.status() == 201, "{}", answer.status());
        let case: Value = answer.json().await?;
        let text = |name: &str| case[name].as_str().map(str::to_owned).context("a text");
        Ok((text("case_number")?, text("secret")?))
    }

    async fn state(&self, (number, secret): &(String, String)) -> anyhow::Result<Value> {
        let asked = self.request(Method::GET, &format!("{REPORTS}/{number}"));
        let answer = asked.header("authorization", format!("Bearer {secret}")).send().await?;
        ensure!(answer.status() == 200, "{}", answer.status());
        Ok(answer.json().await?)
    }

    async fn reports(&self) -> anyhow::Result<Vec<Value>> {
        let list = self.federation[0].cli.json(&["report", "list", "--limit", "1000"]).await?;
        Ok(list.as_array().context("a list")?.clone())
    }
}

fn report(number: u32) -> Value {
    json!({ "urls": [format!("https://hosting.example/item/{number}")], "comment": "seen today", "email": "a@mail.example" })
}

async fn problem(answer: Response, status: u16, name: &str) -> anyhow::Result<()> {
    let found = answer.status().as_u16();
    let document: Value = answer.json().await?;
    ensure!(found == status && document["type"] == format!("urn:hotline-node:p:{name}"), "{found} {document}");
    Ok(())
}

async fn the_same_report_under_the_same_key_is_taken_once_and_answered_the_same(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[]).await?;
    let first = house.case(Some("report 1"), &report(1)).await?;
    ensure!(house.case(Some("report 1"), &report(1)).await? == first, "the same answer, its secret included");
    // The same report, written in another way.
    let text = r#"{ "email":"a@mail.example", "urls":["https://hosting.example/item/1"],"offence":"csam","comment":"seen today"}"#;
    let again = house.request(Method::POST, REPORTS).header("content-type", "application/json");
    let again = again.header("idempotency-key", "report 1").body(text).send().await?;
    ensure!(again.status() == 201 && again.json::<Value>().await?["secret"] == first.1, "the same report");
    for (what, other) in [
        ("another address", report(2)),
        ("another remark", json!({ "urls": report(1)["urls"], "email": "a@mail.example" })),
        (
            "another offence",
            json!({ "urls": report(1)["urls"], "comment": "seen today", "email": "a@mail.example", "offence": "terrorism" }),
        ),
    ] {
        let answer = house.report(Some("report 1"), &other).send().await?;
        problem(answer, 422, "key-taken").await.context(what)?;
    }
    ensure!(house.reports().await?.len() == 1, "one report");
    // Another key, and none at all, are other reports.
    ensure!(house.case(Some("report 2"), &report(1)).await? != first, "another case");
    ensure!(house.case(None, &report(1)).await? != house.case(None, &report(1)).await?, "two cases");
    ensure!(house.reports().await?.len() == 4, "four reports");
    ensure!(house.state(&first).await?["state"] == "received", "the secret opens the case");
    house.node.stop().await
}

async fn requests_of_one_key_at_once_make_one_case(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[]).await?;
    let send = |number: u32| {
        let request = house.report(Some("hasty"), &report(1));
        async move { request.send().await.with_context(|| format!("request {number}")) }
    };
    let answers = tokio::join!(send(0), send(1), send(2), send(3), send(4), send(5), send(6), send(7));
    let mut cases = HashSet::new();
    for answer in <[_; 8]>::from(answers) {
        let answer = answer?;
        match answer.status().as_u16() {
            201 => {
                cases.insert(answer.json::<Value>().await?.to_string());
            }
            _ => problem(answer, 409, "at-work").await?,
        }
    }
    ensure!(cases.len() == 1, "{cases:?}");
    let last = house.case(Some("hasty"), &report(1)).await?;
    ensure!(cases.iter().all(|case| case.contains(&last.1)), "the answer is there afterwards");
    ensure!(house.reports().await?.len() == 1, "one report");
    house.node.stop().await
}

async fn an_answer_is_kept_over_a_start_and_forgotten_after_a_day(store: Store) -> anyhow::Result<()> {
    let mut house = House::serving(&store, &[]).await?;
    let first = house.case(Some("kept"), &report(1)).await?;
    let now = house.node.clock.now();
    house.node.stop().await?;
    let later = Clock::set_at(now + Duration::from_hours(24) - Duration::from_secs(1));
    house.node = TestNode::serve(&house.federation[0].cli.config_file, later).await?;
    ensure!(house.case(Some("kept"), &report(1)).await? == first, "it is kept for a day");
    house.node.clock.advance(Duration::from_secs(1));
    let second = house.case(Some("kept"), &report(2)).await?;
    ensure!(second != first, "after a day the key is free");
    ensure!(house.state(&first).await?["state"] == "received", "the case is there");
    ensure!(house.reports().await?.len() == 2, "two reports");
    house.node.stop().await
}

async fn a_key_that_is_none_is_refused_and_takes_nothing(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[]).await?;
    let long = "k".repeat(256);
    for key in ["", " ", "a\tb", long.as_str()] {
        let answer = house.report(Some(key), &report(1)).send().await?;
        problem(answer, 422, "validation").await.with_context(|| format!("{key:?}"))?;
    }
    let twice = house.report(Some("a"), &report(1)).header("idempotency-key", "b").send().await?;
    problem(twice, 422, "validation").await?;
    ensure!(house.reports().await?.is_empty(), "nothing is taken");
    house.case(Some("cl\u{e9} n\u{ba} 7"), &report(1)).await?;
    house.node.stop().await
}

async fn an_address_that_stands_there_twice_is_reported_once(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[]).await?;
    let same = ["https://hosting.example/a", "https://HOSTING.example:443/a", "https://hosting.example/a#part"];
    let case = house.case(None, &json!({ "urls": [same[0], same[1], same[2], same[0]] })).await?;
    ensure!(house.reports().await?.len() == 1, "one report");
    ensure!(house.state(&case).await? == json!({ "state": "received" }), "a case of one address");
    house.case(None, &json!({ "urls": [same[0], "https://hosting.example/b", same[1]] })).await?;
    ensure!(house.reports().await?.len() == 3, "two more");
    house.node.stop().await
}

async fn a_case_tells_a_state_that_holds_for_all_its_addresses(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[]).await?;
    let urls: Vec<_> = (0..3).map(|number| format!("https://hosting.example/{number}")).collect();
    let case = house.case(None, &json!({ "urls": urls })).await?;
    let other = house.case(None, &report(9)).await?;
    let mut numbers: Vec<_> = house.reports().await?.iter().map(|it| it["number"].to_string()).collect();
    numbers.sort();
    let close = async |place: usize| {
        let number = numbers[place].trim_matches('"');
        house.federation[0].cli.json(&["report", "assess", number, "--assessment", "not_illegal"]).await
    };
    for (place, state) in [(2, "processed"), (0, "processed"), (1, "closed")] {
        close(place).await?;
        let told = house.state(&case).await?;
        ensure!(told == json!({ "state": state }), "after {place}: {told}");
    }
    ensure!(house.state(&other).await?["state"] == "received", "another case is another");
    house.node.stop().await
}

async fn the_secret_opens_its_case_however_its_scheme_is_written(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[]).await?;
    let (number, secret) = house.case(None, &report(1)).await?;
    let ask = async |authorization: String| {
        let asked = house.request(Method::GET, &format!("{REPORTS}/{number}"));
        anyhow::Ok(asked.header("authorization", authorization).send().await?.status().as_u16())
    };
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        ensure!(ask(format!("{scheme} {secret}")).await? == 200, "{scheme}");
    }
    for wrong in [format!("Basic {secret}"), secret.clone(), format!("Bearer {secret}A"), "Bearer ".to_owned()] {
        ensure!(ask(wrong).await? == 401, "only the secret opens it");
    }
    house.node.stop().await
}

async fn a_byte_order_mark_is_passed_over(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[]).await?;
    let post = async |text: String| {
        let request = house.request(Method::POST, REPORTS).header("content-type", "application/json");
        anyhow::Ok(request.body(text).send().await?.status().as_u16())
    };
    ensure!(post(format!("\u{feff}{}", report(1))).await? == 201, "a mark before the document");
    ensure!(post(format!("\u{feff}\u{feff}{}", report(1))).await? == 400, "one mark, and not two");
    house.node.stop().await
}

async fn only_websites_that_are_named_may_ask_from_a_browser(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[("allowed_origins", vec![SITE, "http://127.0.0.1:8099"].into())]).await?;
    let header = |answer: &Response, name: &str| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let before = async |origin: &str| {
        let asked = house.request(Method::OPTIONS, REPORTS).header("origin", origin);
        let asked = asked.header("access-control-request-method", "POST");
        anyhow::Ok(asked.header("access-control-request-headers", "content-type,idempotency-key").send().await?)
    };
    let allowed = before(SITE).await?;
    ensure!(allowed.status() == 204 && header(&allowed, "access-control-allow-origin") == SITE, "{allowed:?}");
    ensure!(header(&allowed, "access-control-allow-methods").contains("POST"), "{allowed:?}");
    for name in ["authorization", "content-type", "idempotency-key"] {
        ensure!(header(&allowed, "access-control-allow-headers").contains(name), "{name}: {allowed:?}");
    }
    ensure!(header(&allowed, "access-control-allow-credentials").is_empty(), "no cookies");
    for other in ["https://hotline.example:8443", "https://evil.example", "http://hotline.example", "null"] {
        let refused = before(other).await?;
        ensure!(!refused.status().is_success(), "{other}: {refused:?}");
        ensure!(header(&refused, "access-control-allow-origin").is_empty(), "{other}: {refused:?}");
    }
    // A page may read the answer to its own request, a refusal too; caches keep the origins apart.
    for (request, status) in [(report(1), 201), (json!({ "urls": [] }), 422)] {
        let answer = house.report(None, &request).header("origin", SITE).send().await?;
        ensure!(answer.status() == status && header(&answer, "access-control-allow-origin") == SITE, "{answer:?}");
        ensure!(header(&answer, "vary").contains("origin"), "{answer:?}");
    }
    let stranger = house.report(None, &report(2)).header("origin", "https://evil.example").send().await?;
    ensure!(header(&stranger, "access-control-allow-origin").is_empty(), "{stranger:?}");
    house.node.stop().await?;
    let plain = House::serving(&store, &[]).await?;
    let asked = plain.report(None, &report(1)).header("origin", SITE).send().await?;
    ensure!(header(&asked, "access-control-allow-origin").is_empty(), "none by default");
    plain.node.stop().await
}

/// The disk is full, or the node is killed, at random moments: the client sends its report until it has an answer.
async fn a_report_that_is_sent_until_it_is_confirmed_is_there_once(store: Store) -> anyhow::Result<()> {
    const CLIENTS: u32 = 24;
    /// MiB of the disk, and the room on it between two faults.
    const DISK: u32 = 96;
    const ROOM: u64 = 32 << 20;
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    federation[0].configure(&[("public", "requests_per_minute_per_address", 10_000.into())])?;
    let disk = match store {
        Store::Sqlite => SmallDisk::new(DISK).await,
        Store::Postgres(_) => None,
    };
    if let Some(disk) = &disk {
        let (made, database) = (federation[0].folder().join("node.sqlite"), disk.path().join("node.sqlite"));
        rest(&made).await?;
        let mut copy = Command::new("cp");
        copy.arg(&made).arg(&database);
        done(&run(&mut disk.command(&copy)?, None).await?)?;
        federation[0].configure(&[("database", "url", format!("sqlite:{}", database.display()).into())])?;
        federation[0].cli.within = disk.way_in()?;
    }
    federation.start().await?;
    let address = federation[0].public_address();
    let mut chance = Chance::printed("reports that are sent again");
    let mut cases = BTreeSet::new();
    for number in 0..CLIENTS {
        let mut first = JoinSet::new();
        first.spawn(send(address, number));
        if number % 4 == 3 {
            random_moment(&mut chance, Duration::from_millis(40)).await;
            federation[0].kill().await?;
        } else if let Some(disk) = &disk {
            disk.leave(chance.within(0..200_000))?;
        }
        // The answer is lost, with any content.
        let _ = first.join_next().await;
        if let Some(disk) = &disk {
            disk.leave(ROOM)?;
        }
        if number % 4 == 3 {
            federation[0].start().await?;
        }
        let answered = until(format!("report {number} is confirmed"), Duration::from_mins(1), async || {
            Ok(send(address, number).await.ok().flatten())
        });
        ensure!(cases.insert(answered.await?.0), "each report has a case of its own");
    }
    let list = federation[0].cli.json(&["report", "list", "--limit", "1000"]).await?;
    let numbers = list.as_array().context("a list")?.iter().filter_map(|it| it["number"].as_str());
    let numbers: Vec<String> = numbers.map(str::to_owned).collect();
    ensure!(numbers.len() == cases.len(), "{} reports of {} cases", numbers.len(), cases.len());
    ensure!(cases == numbers.into_iter().collect(), "what was confirmed is there");
    federation[0].stop().await.map(|_| ())
}

/// Sends a report under its key; gives its case number where it is confirmed.
async fn send(address: SocketAddr, number: u32) -> anyhow::Result<Option<String>> {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build()?;
    let request = client.post(format!("http://{address}{REPORTS}")).json(&report(number));
    let answer = request.header("idempotency-key", format!("client {number}")).send().await?;
    if answer.status() != 201 {
        return Ok(None);
    }
    Ok(answer.json::<Value>().await?["case_number"].as_str().map(str::to_owned))
}
