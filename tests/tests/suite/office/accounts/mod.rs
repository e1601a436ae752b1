//! Entry to the office, and refusal: on a real node, through TLS, with the forms that a browser sends.

mod door;
mod manage;
mod pages;
mod session;

use std::time::Duration;

use anyhow::Context as _;
use hotline_node::clock::Clock;
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::node::cli::Cli;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::test_node::TestNode;
use libtest_mimic::Trial;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    [door::trials(store), session::trials(store), manage::trials(store), pages::trials(store)]
        .into_iter()
        .flatten()
        .collect()
}

/// A node in this process with a stopped clock.
struct House {
    node: TestNode,
    federation: Federation,
}

impl House {
    async fn serving(store: &Store) -> anyhow::Result<Self> {
        Self::with_peers(store, 0).await
    }

    async fn with_peers(store: &Store, peers: usize) -> anyhow::Result<Self> {
        let federation = Federation::new(store, &THREE[..=peers]).await?;
        // Commands make accounts by the system's clock.
        let node = TestNode::serve(&federation[0].cli.config_file, Clock::set_at(Clock::system().now())).await?;
        Ok(Self { node, federation })
    }

    /// Serves again, as after a restart.
    async fn again(self) -> anyhow::Result<Self> {
        let clock = self.node.clock.clone();
        self.again_at(clock).await
    }

    /// Serves again in the system's time.
    async fn back_to_now(self) -> anyhow::Result<Self> {
        self.again_at(Clock::set_at(Clock::system().now())).await
    }

    async fn again_at(self, clock: Clock) -> anyhow::Result<Self> {
        let Self { node, federation } = self;
        node.stop().await?;
        Ok(Self { node: TestNode::serve(&federation[0].cli.config_file, clock).await?, federation })
    }

    fn door(&self) -> Door<'_> {
        Door::of_test(&self.federation[0].cli, &self.node)
    }

    fn cli(&self) -> &Cli {
        &self.federation[0].cli
    }

    fn advance(&self, seconds: u64) {
        self.node.clock.advance(Duration::from_secs(seconds));
    }

    async fn signed_in(&self, role: &str) -> anyhow::Result<Office> {
        Office::signed_in(&self.door(), role, None).await
    }

    /// The figures of the operations listener.
    async fn figures(&self) -> anyhow::Result<String> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(client.get(format!("http://{}/metrics", self.node.addresses.operations)).send().await?.text().await?)
    }

    /// How many sign-ins ended so.
    async fn sign_ins(&self, outcome: &str) -> anyhow::Result<u64> {
        let name = format!("hotline_sign_ins_total{{outcome=\"{outcome}\"}} ");
        let figures = self.figures().await?;
        let count = figures.lines().find_map(|line| line.strip_prefix(&name));
        Ok(count.with_context(|| format!("{name}is missing: {figures}"))?.parse()?)
    }

    /// Returns the user, act and details of each entry of the office in the trail, oldest first.
    async fn trail(&self) -> anyhow::Result<Vec<String>> {
        let acts = self.cli().json(&["audit", "list", "--limit", "1000"]).await?;
        let acts = acts.as_array().context("a list")?.iter().rev();
        let in_office = acts.filter(|act| act["from"] == "office");
        Ok(in_office.map(|act| format!("{} {} {}", text(&act["who"]), text(&act["act"]), text(&act["what"]))).collect())
    }
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or_default()
}
