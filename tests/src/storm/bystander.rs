//! Other users of the honest nodes meanwhile: the public, and honest peers; how long each waits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::role::HONEST;
use crate::hostile::Member;
use crate::node::federation::Federation;

/// Between two calls of one bystander at one node.
const PAUSE: Duration = Duration::from_millis(400);
/// Nobody waits longer.
const LONGEST: Duration = Duration::from_secs(30);

/// Durations of the calls of a kind, and their answers.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Times {
    /// The middle one, in milliseconds.
    pub(super) p50_ms: u64,
    /// The one that 99 of 100 do not exceed.
    pub(super) p99_ms: u64,
    /// The longest.
    pub(super) longest_ms: u64,
    /// The number of calls for each answer: a status, or 0 where there was none.
    pub(super) answers: BTreeMap<u16, u64>,
}

type Kept = Arc<Mutex<Vec<(Duration, u16)>>>;

/// Their calls, until they end.
pub(super) struct Bystanders {
    kept: [(&'static str, Kept); 2],
    calling: JoinSet<()>,
}

impl Bystanders {
    pub(super) fn begin(federation: &Federation) -> anyhow::Result<Self> {
        let (public, peers) = (Kept::default(), Kept::default());
        let mut calling = JoinSet::new();
        for place in 0..HONEST {
            let (node, peer) = (&federation[place], &federation[(place + 1) % HONEST]);
            let client = reqwest::Client::builder().no_proxy().timeout(LONGEST).build()?;
            let url = format!("http://{}/api/v1/reports", node.public_address());
            calling.spawn(calls(Arc::clone(&public), async move |number| {
                let body = format!(r#"{{"urls":["https://nl.hosting.test/public/{place}/{number}"]}}"#);
                let call = client.post(&url).header("content-type", "application/json").body(body).send();
                call.await.map_or(0, |answer| answer.status().as_u16())
            }));
            let member = Member::of(peer)?;
            // A check is no start: the peer's own hellos are not disturbed.
            let hello = serde_json::to_vec(&hotline_protocol::hello::Hello { check: true, ..member.hello()? })?;
            let client = member.client(node)?;
            calling.spawn(calls(Arc::clone(&peers), async move |_| {
                client.hello(hello.clone()).await.map_or(0, |answer| answer.status)
            }));
        }
        Ok(Self { kept: [("reports of the public", public), ("an honest peer's hello", peers)], calling })
    }

    pub(super) async fn end(mut self) -> BTreeMap<&'static str, Times> {
        self.calling.shutdown().await;
        self.kept.iter().map(|(what, kept)| (*what, times(kept))).collect()
    }
}

async fn calls(kept: Kept, mut call: impl AsyncFnMut(u32) -> u16) {
    let mut pause = interval(PAUSE);
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0.. {
        pause.tick().await;
        let begin = Instant::now();
        let status = call(number).await;
        kept.lock().unwrap_or_else(PoisonError::into_inner).push((begin.elapsed(), status));
    }
}

fn times(kept: &Kept) -> Times {
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let mut took: Vec<u64> = kept.iter().map(|(took, _)| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)).collect();
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    let mut answers = BTreeMap::new();
    for (_, status) in kept.iter() {
        *answers.entry(*status).or_default() += 1;
    }
    Times { p50_ms: at(50), p99_ms: at(99), longest_ms: took.last().copied().unwrap_or_default(), answers }
}
