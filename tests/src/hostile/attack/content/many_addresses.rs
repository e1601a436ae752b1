//! Reports of a host with thousands of addresses.

use super::body_lines::report_line;
use crate::hostile::Attacker;

/// Its name.
pub(crate) const HOST: &str = "thousands.hosting.test";

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (content, number) = (by.member.offer(by.id_of(node))?, by.pick(1_000_000));
    let line = report_line(&format!("https://{HOST}/item/{number}"));
    by.publish(node, 1, |_| Ok((content.clone(), Some(line.clone())))).await?;
    Ok(())
}
