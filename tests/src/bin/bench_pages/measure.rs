//! How long something takes, done many times.

use std::future::Future;
use std::time::Instant;

use anyhow::Result;
use serde::Serialize;

/// How long it took: half of the times, 99 of 100, and at worst.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) worst_ms: f64,
}

pub(crate) async fn measured<T, E, F>(name: &'static str, rounds: u32, mut ask: impl FnMut() -> F) -> Result<Measured>
where
    F: Future<Output = Result<T, E>>,
    anyhow::Error: From<E>,
{
    let mut taken = Vec::with_capacity(rounds as usize);
    for _ in 0..rounds {
        let begin = Instant::now();
        ask().await?;
        taken.push(begin.elapsed());
    }
    taken.sort_unstable();
    let at = |hundredth: usize| {
        let place = (taken.len() * hundredth).div_ceil(100).saturating_sub(1);
        taken[place].as_secs_f64() * 1_000.0
    };
    Ok(Measured { name, p50_ms: at(50), p99_ms: at(99), worst_ms: at(100) })
}
