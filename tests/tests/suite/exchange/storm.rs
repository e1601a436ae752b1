//! A minute of everything that a hostile member and a stranger can do, at once and by chance: in the end the honest
//! hotlines agree, have settled every report of theirs, and nobody else was refused.

use std::time::Duration;

use anyhow::ensure;
use hotline_tests::chance::Chance;
use hotline_tests::node::database::Store;
use hotline_tests::sentences;
use hotline_tests::storm::{Budget, Goals, Plan, weather};
use libtest_mimic::Trial;

/// Goals that hold on a machine with much other work, too; `--bin hostile` asks for more.
const GOALS: Goals = Goals { rss_mib: 400, p99_ms: 10_000, disk_mib: None };

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    if matches!(store, Store::Sqlite) {
        sentences!("storm", store, [a_minute_of_every_attack_harms_nobody_but_the_attacker])
    } else {
        Vec::new()
    }
}

async fn a_minute_of_every_attack_harms_nobody_but_the_attacker(store: Store) -> anyhow::Result<()> {
    let seed = Chance::printed("a minute of every attack").number();
    let plan =
        Plan { time: Duration::from_mins(1), seed, store, budget: Budget::default(), calm: Duration::from_mins(3) };
    let outcome = weather(&plan).await?;
    println!("{outcome}");
    let wrong = outcome.wrong(&GOALS);
    ensure!(wrong.is_empty(), "seed {seed}: {}", wrong.join("\n"));
    Ok(())
}
