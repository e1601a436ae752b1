//! Runs of its own log under keys that nobody knows.

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (end, count) = (by.log_end(), 1 + by.chance.within(0..64));
    let (run, _) = by.pen().with_another_key()?.run(&end, count)?;
    let answer = by.client(node)?.push(by.member.id.as_str(), run).await?;
    by.heard(&answer);
    Ok(())
}
