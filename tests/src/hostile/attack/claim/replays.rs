//! Earlier pushes, repeated; and hellos of a start that was followed by another.

use hotline_node::clock::Clock;
use hotline_node::randomness::Randomness;

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let client = by.client(node)?;
    for _ in 0..4 {
        let runs = by.book().log.runs().len();
        let place = by.pick(runs);
        let Some(run) = by.book().log.runs().get(place).cloned() else { break };
        let answer = client.push(by.member.id.as_str(), run).await?;
        by.heard(&answer);
    }
    let old = by.member.hello()?;
    let mut new = by.member.hello()?;
    new.boot = Randomness.uuid_v7(Clock::system().now()).to_string();
    for hello in [&old, &new, &old] {
        let answer = by.member.greet(by.node(node), hello).await?;
        by.heard(&answer);
    }
    by.book().boot = new.boot;
    Ok(())
}
