//! Statuses about one report for ever, each of which names the one before it.

use hotline_protocol::entry::{EntryType, Status};

use super::super::content::body_lines::body_line;
use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    if by.long.is_none() {
        let mut create = by.member.create()?;
        create.to = vec![by.id_of(node).parse()?];
        by.publish(node, 1, |_| Ok((create.clone(), Some(body_line(""))))).await?;
        let begun = by.log.end().hash;
        by.long = Some((create, begun, begun));
    }
    let Some((create, begun, mut last)) = by.long.take() else { return Ok(()) };
    let (mut says, count) = (create.clone(), 1 + by.pick(700));
    says.entry_type = EntryType::Status;
    says.hold = Some(begun);
    let mut is_first = true;
    by.publish(node, count, |end| {
        if !std::mem::take(&mut is_first) {
            last = end.hash;
        }
        says.reference = Some(last);
        says.status = Some(if end.seq.is_multiple_of(2) { Status::LeaInformed } else { Status::IspInformed });
        Ok((says.clone(), Some(body_line(""))))
    })
    .await?;
    by.long = Some((create, begun, by.log.end().hash));
    Ok(())
}
