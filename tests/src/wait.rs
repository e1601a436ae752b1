//! Waiting for something to become true: never for a fixed time, and never without an end.

use std::fmt::Display;
use std::time::Duration;

use anyhow::bail;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often is looked.
const LOOK: Duration = Duration::from_millis(20);

/// Looks every 20 ms until `check` gives something, and gives it with the time it took; an error names `what` was
/// waited for after `deadline`. An error of `check` ends the wait at once.
pub async fn until<T>(
    what: impl Display,
    deadline: Duration,
    mut check: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<(T, Duration)> {
    let began = Instant::now();
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Some(found) = check().await? {
            return Ok((found, began.elapsed()));
        }
        if began.elapsed() > deadline {
            bail!("waited {} s in vain until {what}", deadline.as_secs());
        }
    }
}
