//! Statuses about one report for ever: each names the one before it.

use hotline_protocol::entry::{EntryType, Status};

use super::super::content::body_lines::body_line;
use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let is_new = by.book().long.is_none();
    if is_new {
        let mut create = by.member.create()?;
        create.to = vec![by.id_of(node).parse()?];
        let begun = by.publish(node, 1, |_| Ok((create.clone(), Some(body_line(""))))).await?.hash;
        by.book().long = Some((create, begun, begun));
    }
    let taken = by.book().long.take();
    let Some((create, begun, mut last)) = taken else { return Ok(()) };
    let (mut says, count) = (create.clone(), 1 + by.pick(700));
    says.entry_type = EntryType::Status;
    says.hold = Some(begun);
    let mut is_first = true;
    let end = by.publish(node, count, |end| {
        if !std::mem::take(&mut is_first) {
            last = end.hash;
        }
        says.reference = Some(last);
        says.status = Some(if end.seq.is_multiple_of(2) { Status::LeaInformed } else { Status::IspInformed });
        Ok((says.clone(), Some(body_line(""))))
    });
    let end = end.await?;
    by.book().long = Some((create, begun, end.hash));
    Ok(())
}
