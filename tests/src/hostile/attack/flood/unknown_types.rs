//! Entries of types that nobody knows, some of them long or with something critical.

use hotline_protocol::entry::EntryType;

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (count, is_critical) = (1 + by.pick(1_024), by.pick(2) == 0);
    let mut content = by.member.create()?;
    content.entry_type = EntryType::Unknown("report.unheard/7".into());
    content.why = Some("x".repeat(by.pick(3_000)).into());
    if is_critical {
        content.crit = vec!["unheard".into()];
    }
    by.publish(node, count, |_| Ok((content.clone(), None))).await?;
    Ok(())
}
