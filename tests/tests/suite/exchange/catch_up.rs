//! A peer that was away for long comes back, and nobody does anything about it.

use std::time::Duration;

use anyhow::ensure;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use libtest_mimic::Trial;

/// Entries that are written while the peer is off.
const ENTRIES: u32 = 100_000;
/// Reports of one import: a command ends within two minutes on a busy machine too.
const IMPORTED_AT_ONCE: u32 = 10_000;
/// Within this time it has everything.
const DEADLINE: Duration = Duration::from_mins(5);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!("catch_up", store, [a_peer_that_was_off_for_100_000_entries_catches_up_without_help])
}

async fn a_peer_that_was_off_for_100_000_entries_catches_up_without_help(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &[THREE[0], THREE[2]]).await?;
    federation[0].start().await?;
    for first in (0..ENTRIES).step_by(IMPORTED_AT_ONCE as usize) {
        let row = |number| (format!("R-{number}"), url_in("FR", number));
        let rows: Vec<_> = (first..first + IMPORTED_AT_ONCE).map(row).collect();
        let result = federation[0].cli.import(&rows).await?;
        ensure!(result["taken"] == IMPORTED_AT_ONCE, "{}", result["taken"]);
    }
    let began = tokio::time::Instant::now();
    federation[1].start().await?;
    let heads = federation.until_heads_equal(DEADLINE).await?;
    println!("caught up with {ENTRIES} entries in {} ms ({store})", began.elapsed().as_millis());
    ensure!(heads["fr-alder"]["seq"] == ENTRIES, "{heads}");
    let verified = federation[1].cli.json(&["log", "verify"]).await?;
    ensure!(verified["ok"] == true && verified["entries"] == ENTRIES, "{verified}");
    Ok(())
}
