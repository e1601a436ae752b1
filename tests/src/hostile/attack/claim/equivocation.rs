//! Two entries under one place: one to this node, another to the next.

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    by.bring_up(node).await?;
    let next = (node + 1) % by.honest();
    for place in [node, next] {
        let (run, _) = by.pen().run(&by.log_end(), 3)?;
        let answer = by.client(place)?.push(by.member.id.as_str(), run).await?;
        by.heard(&answer);
    }
    Ok(())
}
