//! Waiting for something to become true: never for a fixed time, and never without an end.

use std::fmt::Display;
use std::time::Duration;

use anyhow::bail;
use hotline_node::clock::Clock;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::chance::Chance;

const SECONDS_OF_DAY: u64 = 86_400;

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

/// Lets a day (UTC) that has less than `longest` left end first: daily counts would start anew in the middle. All but a
/// few runs wait for nothing.
pub async fn day_with_room(longest: Duration) -> anyhow::Result<()> {
    let of_day = || u64::try_from(Clock::system().unix_seconds()).unwrap_or(0) % SECONDS_OF_DAY;
    let began = of_day();
    if began + longest.as_secs() < SECONDS_OF_DAY {
        return Ok(());
    }
    until("the day ends", longest + Duration::from_secs(1), async || Ok((of_day() < began).then_some(()))).await?;
    Ok(())
}

/// Lets a random time pass: the moment of a fault that must strike at any point of the work.
pub async fn random_moment(chance: &mut Chance, longest: Duration) {
    let micros = chance.within(0..u64::try_from(longest.as_micros()).unwrap_or(u64::MAX).max(1));
    // There is no event to wait for: that is the point.
    let _ = tokio::time::timeout(Duration::from_micros(micros), std::future::pending::<()>()).await;
}
