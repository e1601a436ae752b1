//! Runs of logs that are not its own: as they are, and signed by it.

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let other = by.id_of((node + 1) % by.honest());
    let client = by.client(node)?;
    let path = format!("/logs/{other}/runs?ep=1&after=0&hash={}", "0".repeat(64));
    let run = client.get(&path).await?.text;
    let (own, _) = by.pen().run(&by.log_end(), 4)?;
    for run in [run, own] {
        let answer = client.push(other, run).await?;
        by.heard(&answer);
    }
    Ok(())
}
