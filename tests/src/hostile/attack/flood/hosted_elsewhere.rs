//! A flood of offers that the node must refuse: their servers stand elsewhere.

use super::super::content::body_lines::report_line;
use crate::hostile::Attacker;
use crate::places::url_in;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (target, count, from) = (by.id_of(node), 1 + by.pick(300), by.pick(1_000_000));
    let contents = (0..count).map(|_| by.member.offer(target)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut offers = contents.into_iter().zip(from..);
    by.publish(node, count, |_| {
        let (content, number) = offers.next().expect("as many as entries");
        Ok((content, Some(report_line(&url_in("US", u32::try_from(number)?)))))
    })
    .await?;
    Ok(())
}
