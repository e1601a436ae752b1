//! The course of a storm: all begin, the time passes, the hostile ones end, the others are looked at.

use std::fmt::Write as _;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hotline_node::clock::Clock;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::bystander::Bystanders;
use super::course::Timeline;
use super::outcome::Outcome;
use super::plan::Plan;
use super::role::{HONEST, HOSTILE};
use super::watch::Watch;
use super::{calm, door, honest, stranger};
use crate::chance::Chance;
use crate::hostile::{Attack, Attacker, HOST_OF_THOUSANDS, Member};
use crate::node::federation::{Federation, THREE};
use crate::places::hosts_file;

/// Where the member calls from, and the stranger: not where honest ones do.
const MEMBER_FROM: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 77));
/// Addresses of one host.
const THOUSANDS: u32 = 2_000;
/// Attacks at a time: as many hands has the member, by chance.
const HANDS: std::ops::Range<u64> = 3..6;
/// Between two attacks of a hand.
const PAUSE: Duration = Duration::from_millis(50);

/// Runs a storm to its end.
pub async fn weather(plan: &Plan) -> anyhow::Result<Outcome> {
    let federation = begin(plan).await?;
    let mut chance = Chance::seeded(plan.seed);
    let (watch, first_day) = (Watch::begin(&federation, &plan.store).await?, day());
    let bystanders = Bystanders::begin(&federation)?;
    let end = Instant::now() + plan.time;
    let mut honest = JoinSet::new();
    for place in 0..HONEST {
        honest.spawn(honest::work(Arc::clone(&federation), place, Chance::seeded(chance.number()), end));
    }
    let stranger = stranger::begin(&federation, chance.number());
    let member = || Ok::<_, anyhow::Error>(Member::of(&federation[HONEST])?.calling_from(MEMBER_FROM));
    let door = door::open(&member()?, chance.number()).await?;
    let first = Attacker::new(member()?, Arc::clone(&federation), HONEST, Chance::seeded(chance.number()));
    let mut hands: JoinSet<Attacker> = JoinSet::new();
    for _ in 1..HANDS.start + chance.within(0..HANDS.end - HANDS.start) {
        let hand = first.another_hand(member()?, Chance::seeded(chance.number()));
        hands.spawn(attack(hand, Chance::seeded(chance.number()), end, plan.time));
    }
    let at_a_time = hands.len() + 1;
    let (by, suspended) = tokio::join!(
        attack(first, Chance::seeded(chance.number()), end, plan.time),
        suspend_for_a_while(&federation, plan.time)
    );
    suspended?;
    for hand in hands.join_all().await {
        hand.rest().await;
    }
    let attacks = by.rest().await;
    stranger.end().await;
    door.close().await;
    let honest = honest.join_all().await;
    let bystanders = bystanders.end().await;
    let (nodes, load) = watch.end().await?;
    let days = day() - first_day + 1;
    let calm = calm::look(&federation, plan.calm).await?;
    Ok(Outcome::new(plan, Timeline { hands: at_a_time, days, attacks, honest, bystanders, nodes, load }, calm))
}

/// Today (UTC), in days since 1970.
fn day() -> u64 {
    u64::try_from(Clock::system().unix_seconds()).unwrap_or_default() / 86_400
}

async fn begin(plan: &Plan) -> anyhow::Result<Arc<Federation>> {
    let mut federation = Federation::new(&plan.store, &[THREE[0], THREE[1], THREE[2], HOSTILE]).await?;
    let mut hosts = hosts_file(&[]);
    for number in 1..=THOUSANDS {
        let _ = writeln!(hosts, "2001:db8::{:x}:{:x} {HOST_OF_THOUSANDS}", number >> 16, number & 0xffff);
    }
    fs::write(federation.folder().join("hosts"), hosts)?;
    for place in 0..HONEST {
        federation[place].configure(&[
            ("log", "level", "info".into()),
            ("exchange", "day_maximum_entries", plan.budget.entries.into()),
            ("exchange", "day_maximum_mebibytes", plan.budget.mebibytes.into()),
            ("exchange", "day_maximum_epochs", plan.budget.epochs.into()),
        ])?;
        federation[place].start().await?;
    }
    Ok(Arc::new(federation))
}

async fn attack(mut by: Attacker, mut chance: Chance, end: Instant, time: Duration) -> Attacker {
    let mut pause = interval(PAUSE);
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let late = end - time.mul_f64(0.3);
    while Instant::now() < end {
        pause.tick().await;
        let place = usize::try_from(chance.within(0..Attack::ALL.len() as u64)).unwrap_or(0);
        let attack = Attack::ALL[place];
        if !attack.is_late() || Instant::now() > late {
            by.strike(attack).await;
        }
    }
    by
}

/// A person of the first hotline suspends the member in the middle, and lets it in again.
async fn suspend_for_a_while(federation: &Federation, time: Duration) -> anyhow::Result<()> {
    let parts = |count: u32| Instant::now() + time * count / 10;
    let (from, until) = (parts(5), parts(6));
    for (at, act) in [(from, "suspend"), (until, "resume")] {
        tokio::time::sleep_until(at).await;
        let acted = federation[0].cli.json(&["peer", act, HOSTILE.id, "--reason", "a storm"]).await;
        acted.with_context(|| format!("a person cannot {act} the member"))?;
    }
    Ok(())
}
