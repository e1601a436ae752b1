//! Resume, withdraw, amend, status, transfer and accept of reports that are others'.

use hotline_protocol::entry::{EntryType, Status};

use crate::hostile::Attacker;

const TYPES: [EntryType; 6] = [
    EntryType::Resume,
    EntryType::Withdraw,
    EntryType::Amend,
    EntryType::Status,
    EntryType::Transfer,
    EntryType::Accept,
];

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    by.look(node).await?;
    let seen = by.book().seen.len();
    if seen == 0 {
        by.note("nothing is seen");
        return Ok(());
    }
    let mut told = Vec::new();
    for _ in 0..16 {
        let place = by.pick(seen);
        let (hash, header) = by.book().seen[place].clone();
        let mut says = by.member.create()?;
        (says.org, says.rid) = (header.content.org, header.content.rid);
        says.entry_type = TYPES[by.pick(TYPES.len())].clone();
        (says.reference, says.hold, says.of) = (Some(hash), Some(hash), Some(hash));
        says.tenure = Some(u32::try_from(by.pick(5))?);
        says.status = (says.entry_type == EntryType::Status).then_some(Status::Removed);
        if says.entry_type == EntryType::Transfer {
            (says.target, says.to) = (Some(by.member.id.clone()), vec![by.member.id.clone()]);
        }
        told.push((says, None));
    }
    let mut told = told.into_iter();
    by.publish(node, 16, |_| Ok(told.next().expect("as many as entries"))).await?;
    Ok(())
}
