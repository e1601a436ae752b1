//! As many reports as a run may have, offered to the node, none of them with a body.

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (target, count) = (by.id_of(node), 1 + by.pick(1_024));
    let contents = (0..count).map(|_| by.member.offer(target)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut contents = contents.into_iter();
    by.publish(node, count, |_| Ok((contents.next().expect("as many as entries"), None))).await?;
    Ok(())
}
