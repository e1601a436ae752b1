//! The course of a storm: all begin, the time passes, the hostile ones end, the others are looked at.

use std::fmt::Write as _;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::bystander::Bystanders;
use super::outcome::Outcome;
use super::watch::Watch;
use super::{calm, door, honest, stranger};
use crate::chance::Chance;
use crate::database::Store;
use crate::federation::{Federation, THREE};
use crate::hostile::{Answers, Attack, Attacker, HOST_OF_THOUSANDS, Member};
use crate::node_process::Who;
use crate::places::hosts_file;

/// The hostile member; the three before it are honest.
pub(super) const HOSTILE: Who = Who { id: "se-dogwood", countries: "SE" };
/// The first of the federation are honest.
pub(super) const HONEST: usize = THREE.len();
/// Where the member calls from, and the stranger: not where honest ones do.
const MEMBER_FROM: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 77));
/// Addresses of one host.
const THOUSANDS: u32 = 2_000;
/// Between two attacks.
const PAUSE: Duration = Duration::from_millis(50);

/// How long, from which seed, and where nodes keep what they know.
pub struct Plan {
    /// The hostile ones' time.
    pub time: Duration,
    /// What their choices come from.
    pub seed: u64,
    /// Where nodes keep what they know.
    pub store: Store,
    /// The honest nodes agree and have settled everything within this time afterwards.
    pub calm: Duration,
}

/// Runs a storm to its end.
pub async fn weather(plan: &Plan) -> anyhow::Result<Outcome> {
    let federation = begin(&plan.store).await?;
    let mut chance = Chance::seeded(plan.seed);
    let watch = Watch::begin(&federation);
    let bystanders = Bystanders::begin(&federation)?;
    let end = Instant::now() + plan.time;
    let mut honest = JoinSet::new();
    for place in 0..HONEST {
        honest.spawn(honest::work(Arc::clone(&federation), place, Chance::seeded(chance.number()), end));
    }
    let stranger = stranger::begin(&federation, chance.number());
    let member = || Ok::<_, anyhow::Error>(Member::of(&federation[HONEST])?.calling_from(MEMBER_FROM));
    let door = door::open(&member()?, chance.number()).await?;
    let attacker = Attacker::new(member()?, Arc::clone(&federation), HONEST, Chance::seeded(chance.number()));
    let (attacks, suspended) = tokio::join!(
        attack(attacker, Chance::seeded(chance.number()), end, plan.time),
        suspend_for_a_while(&federation, plan.time)
    );
    suspended?;
    stranger.end().await;
    door.close().await;
    let work = honest.join_all().await;
    let bystanders = bystanders.end().await;
    let watch = watch.end().await;
    let calm = calm::look(&federation, plan.calm).await?;
    Ok(Outcome::new(plan, attacks, work, bystanders, watch, calm))
}

async fn begin(store: &Store) -> anyhow::Result<Arc<Federation>> {
    let mut federation = Federation::new(store, &[THREE[0], THREE[1], THREE[2], HOSTILE]).await?;
    let mut hosts = hosts_file(&[]);
    for number in 1..=THOUSANDS {
        let _ = writeln!(hosts, "2001:db8::{:x}:{:x} {HOST_OF_THOUSANDS}", number >> 16, number & 0xffff);
    }
    fs::write(federation.folder().join("hosts"), hosts)?;
    for place in 0..HONEST {
        federation[place].configure(&[("log", "level", "info".into())])?;
        federation[place].start().await?;
    }
    Ok(Arc::new(federation))
}

async fn attack(mut by: Attacker, mut chance: Chance, end: Instant, time: Duration) -> Answers {
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
    by.rest().await
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
