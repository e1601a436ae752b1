//! The reporting API under requests that are wrong, too large, too slow or too many: each a problem document with its
//! status, and the next good request is answered.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use hotline_node::clock::Clock;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::test_node::TestNode;
use hotline_tests::sentences;
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const REPORTS: &str = "/api/v1/reports";
const JSON: &str = "application/json";
/// A connection is cut off long before this.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "public_api",
        store,
        [
            a_wrong_request_is_a_problem_with_its_status,
            a_body_that_is_too_large_is_refused_and_the_client_is_told,
            requests_beyond_the_limit_are_told_when_to_come_back,
            a_body_that_does_not_come_is_waited_for_no_longer_than_configured,
            a_head_that_does_not_end_is_cut_off,
            a_connection_that_says_nothing_is_cut_off,
        ]
    )
}

/// A node in this process with a stopped clock.
struct House {
    node: TestNode,
    federation: Federation,
    client: reqwest::Client,
}

impl House {
    async fn serving(store: &Store, keys: &[(&str, toml::Value)]) -> anyhow::Result<Self> {
        let federation = Federation::new(store, &THREE[..1]).await?;
        let values: Vec<_> = keys.iter().map(|(key, value)| ("public", *key, value.clone())).collect();
        federation[0].configure(&values)?;
        let now: DateTime<Utc> = "2026-11-25T03:00:00Z".parse()?;
        let node = TestNode::serve(&federation[0].cli.config_file, Clock::set_at(now)).await?;
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self { node, federation, client })
    }

    async fn ask(&self, method: Method, path: &str, media_type: &str, body: String) -> anyhow::Result<Answer> {
        let request = self.client.request(method, format!("http://{}{path}", self.node.addresses.public));
        let answer = request.header("content-type", media_type).body(body).send().await?;
        let headers = answer.headers().clone();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answer {
            status: answer.status().as_u16(),
            media_type: text("content-type").unwrap_or_default(),
            allow: text("allow"),
            retry_after: text("retry-after"),
            text: answer.text().await?,
        })
    }

    async fn post(&self, body: String) -> anyhow::Result<Answer> {
        self.ask(Method::POST, REPORTS, JSON, body).await
    }

    /// A report of one URL is taken.
    async fn works(&self) -> anyhow::Result<()> {
        let answer = self.post(json!({ "urls": ["https://hosting.example/item"] }).to_string()).await?;
        ensure!(answer.status == 201, "{} {}", answer.status, answer.text);
        Ok(())
    }

    async fn stop(self) -> anyhow::Result<usize> {
        self.node.stop().await?;
        let list = self.federation[0].cli.json(&["report", "list"]).await?;
        Ok(list.as_array().context("a list")?.len())
    }

    /// Returns the node's answer to these bytes until it hangs up.
    async fn until_cut_off(&self, bytes: &[u8]) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(self.node.addresses.public).await?;
        stream.write_all(bytes).await?;
        let mut said = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await;
        ended.context("the connection is still open")??;
        Ok(String::from_utf8(said)?)
    }
}

struct Answer {
    status: u16,
    media_type: String,
    allow: Option<String>,
    retry_after: Option<String>,
    text: String,
}

impl Answer {
    fn is_problem(&self, status: u16, name: &str) -> anyhow::Result<()> {
        let problem: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let is_so = self.status == status
            && self.media_type == "application/problem+json"
            && problem["status"] == status
            && problem["type"] == format!("urn:hotline-node:p:{name}");
        ensure!(is_so, "{status} {name} is expected, it is {} {} {}", self.status, self.media_type, self.text);
        Ok(())
    }
}

async fn a_wrong_request_is_a_problem_with_its_status(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[]).await?;
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let good = json!({ "urls": ["https://hosting.example/item"] }).to_string();
    let lists = format!(r#"{{"urls":{}}}"#, deep("[", "]"));
    let unknown = format!(r#"{{"urls":[],"more":{}}}"#, deep(r#"{"a":["#, "]}"));
    let unfinished = deep("[", "");
    for (method, path, media_type, body, status, name) in [
        (Method::POST, REPORTS, JSON, "not JSON", 400, "malformed"),
        (Method::POST, REPORTS, JSON, "", 400, "malformed"),
        (Method::POST, REPORTS, JSON, "{\"urls\":[\"\u{0}\"]}", 400, "malformed"),
        (Method::POST, REPORTS, JSON, &unfinished, 400, "malformed"),
        (Method::POST, REPORTS, JSON, &lists, 422, "validation"),
        (Method::POST, REPORTS, JSON, &unknown, 422, "validation"),
        (Method::POST, REPORTS, JSON, r#"{"urls":[]}"#, 422, "validation"),
        (Method::POST, REPORTS, "text/plain", &good, 415, "unsupported-media-type"),
        (Method::POST, REPORTS, "application/x-www-form-urlencoded", &good, 415, "unsupported-media-type"),
        (Method::GET, REPORTS, JSON, "", 405, "method-not-allowed"),
        (Method::DELETE, "/api/v1/reports/FR-2026-0000001", JSON, "", 405, "method-not-allowed"),
        (Method::GET, "/api/v1/reports/FR-2026-0000001", JSON, "", 401, "unauthenticated"),
        (Method::GET, "/api/v1/reports/%ff%00", JSON, "", 400, "malformed"),
        (Method::GET, "/no/such/path", JSON, "", 404, "not-found"),
        (Method::POST, "/api/v1/reports/", JSON, &good, 404, "not-found"),
    ] {
        let answer = house.ask(method.clone(), path, media_type, body.to_owned()).await?;
        let what = || format!("{method} {path} {}", body.chars().take(30).collect::<String>());
        answer.is_problem(status, name).with_context(what)?;
        ensure!((status == 405) == answer.allow.is_some(), "{method} {path}: {:?}", answer.allow);
    }
    house.works().await?;
    ensure!(house.stop().await? == 1, "only the good request was taken");
    Ok(())
}

async fn a_body_that_is_too_large_is_refused_and_the_client_is_told(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[]).await?;
    for mebibytes in [1, 17] {
        let body = json!({ "urls": [], "comment": "a".repeat(mebibytes * 1024 * 1024) }).to_string();
        house.post(body).await?.is_problem(413, "payload-too-large")?;
    }
    house.works().await
}

async fn requests_beyond_the_limit_are_told_when_to_come_back(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[("requests_per_minute_per_address", 3.into())]).await?;
    house.works().await?;
    // An unreadable body is a request, too.
    house.post("not JSON".to_owned()).await?.is_problem(400, "malformed")?;
    house.works().await?;
    let answer = house.post(json!({ "urls": ["https://hosting.example/item"] }).to_string()).await?;
    answer.is_problem(429, "too-many-requests")?;
    ensure!(answer.retry_after.as_deref() == Some("60"), "{:?}", answer.retry_after);
    house.node.clock.advance(Duration::from_mins(1));
    house.works().await?;
    ensure!(house.stop().await? == 3, "what was refused was not taken");
    Ok(())
}

async fn a_body_that_does_not_come_is_waited_for_no_longer_than_configured(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[("request_timeout_seconds", 1.into())]).await?;
    let head = format!("POST {REPORTS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {JSON}\r\ncontent-length: 100\r\n");
    let said = house.until_cut_off(format!("{head}\r\n{{\"urls\":[").as_bytes()).await?;
    ensure!(said.starts_with("HTTP/1.1 408") && said.contains("urn:hotline-node:p:timeout"), "{said}");
    house.works().await
}

async fn a_head_that_does_not_end_is_cut_off(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[("request_timeout_seconds", 1.into())]).await?;
    let mut stream = TcpStream::connect(house.node.addresses.public).await?;
    stream.write_all(format!("POST {REPORTS} HTTP/1.1\r\nhost: localhost\r\nx-slow: ").as_bytes()).await?;
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    // A byte now and then does not prolong it.
    let drip = async {
        loop {
            ticks.tick().await;
            if stream.write_all(b"a").await.is_err() {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, drip).await.context("the connection is still open")?;
    house.works().await
}

async fn a_connection_that_says_nothing_is_cut_off(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store, &[("request_timeout_seconds", 1.into())]).await?;
    // Nothing at all, and a beginning that two versions of HTTP share.
    for bytes in [&b""[..], b"PR"] {
        let said = house.until_cut_off(bytes).await?;
        ensure!(!said.contains(" 200 "), "{said}");
    }
    house.works().await
}
