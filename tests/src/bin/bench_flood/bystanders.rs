//! Other users of the node meanwhile: the public, and another peer.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use hotline_tests::hostile::Member;
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::peer::outsider::Outsider;
use tokio::task::JoinSet;

/// Between two calls of one bystander.
const PAUSE: Duration = Duration::from_millis(50);

/// How long calls took, and how many failed.
#[derive(Debug, Default)]
pub(crate) struct Times {
    took: Vec<Duration>,
    failed: usize,
}

impl fmt::Display for Times {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut took = self.took.clone();
        took.sort_unstable();
        let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
        let (median, late, longest) = (at(50), at(95), took.last().copied().unwrap_or_default());
        write!(
            out,
            "{} calls, median {median:.1?}, 95 % {late:.1?}, longest {longest:.1?}, {} failed",
            took.len(),
            self.failed
        )
    }
}

type Kept = Arc<Mutex<Times>>;

/// Their calls, until they end.
pub(crate) struct Bystanders {
    seen: [(&'static str, Kept); 2],
    calling: JoinSet<()>,
}

impl Bystanders {
    /// Begins to call.
    pub(crate) fn begin(public: SocketAddr, node: &ProcessNode, peer: &Member) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        let url = format!("http://{public}/api/v1/reports");
        let report = async move |number: u32| {
            let body = format!(r#"{{"urls":["https://a.example/{number}"]}}"#);
            let call = client.post(&url).header("content-type", "application/json").body(body).send();
            call.await.is_ok_and(|answer| answer.status().as_u16() == 201)
        };
        let (outsider, hello): (Outsider, _) = (peer.client(node)?, serde_json::to_vec(&peer.hello()?)?);
        let greet = async move |_| outsider.hello(hello.clone()).await.is_ok_and(|answer| answer.status == 200);
        let (reports, hellos) = (Kept::default(), Kept::default());
        let mut calling = JoinSet::new();
        calling.spawn(calls(Arc::clone(&reports), report));
        calling.spawn(calls(Arc::clone(&hellos), greet));
        Ok(Self { seen: [("reports of the public", reports), ("another peer's hello", hellos)], calling })
    }

    /// Returns the times and failures of their calls.
    pub(crate) async fn end(mut self) -> [(&'static str, Times); 2] {
        self.calling.shutdown().await;
        self.seen.map(|(what, kept)| (what, std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner))))
    }
}

fn note(kept: &Kept, took: Duration, is_well: bool) {
    let mut times = kept.lock().unwrap_or_else(PoisonError::into_inner);
    times.took.push(took);
    times.failed += usize::from(!is_well);
}

async fn calls(kept: Kept, mut call: impl AsyncFnMut(u32) -> bool) {
    let mut pause = tokio::time::interval(PAUSE);
    pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for number in 0.. {
        pause.tick().await;
        let begin = Instant::now();
        let is_well = call(number).await;
        note(&kept, begin.elapsed(), is_well);
    }
}
