//! Hellos with a clock years away, and starts that come in no order.

use hotline_node::clock::Clock;
use hotline_node::randomness::Randomness;

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let mut hello = by.member.hello()?;
    let clocks = [0, i64::MAX, i64::MIN, -1, hello.clock + 40, hello.clock - 86_400 * 3_650];
    hello.clock = clocks[by.pick(clocks.len())];
    if by.pick(4) == 0 {
        hello.boot = Randomness.uuid_v7(Clock::system().now()).to_string();
    }
    let answer = by.member.greet(by.node(node), &hello).await?;
    by.heard(&answer);
    Ok(())
}
