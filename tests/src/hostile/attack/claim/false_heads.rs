//! Hellos with heads that nobody signed, old ones, and cursors of entries that never were.

use hotline_node::randomness::Randomness;
use hotline_protocol::bytes::Hash;
use hotline_protocol::log::Cursor;

use crate::hostile::Attacker;
use crate::node::cli::NETWORK;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let end = Cursor {
        epoch: 1 + by.chance.within(0..3),
        seq: by.chance.within(0..1_000_000),
        hash: Hash::from_bytes(Randomness.bytes()),
    };
    // Signed for every log by this member's own key, and by one that nobody knows.
    let (own, other) = (by.pen().checkpoint(NETWORK, &end)?, by.pen().with_another_key()?);
    let stray = other.checkpoint(NETWORK, &end)?;
    let ids: Vec<&str> = (0..by.honest()).map(|place| by.id_of(place)).collect();
    let shown = [&own, &stray][by.pick(2)];
    let mut hello = by.member.hello_with(ids.iter().map(|id| (*id, shown)))?;
    hello.cursor = end;
    hello.wants = (0..by.pick(1_024)).map(|_| Hash::from_bytes(Randomness.bytes())).collect();
    let answer = by.member.greet(by.node(node), &hello).await?;
    by.heard(&answer);
    Ok(())
}
