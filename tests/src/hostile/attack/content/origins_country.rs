//! It refuses an offer, and says that the server stands where the report came from.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Header};

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    by.look(node).await?;
    let own = by.member.id.clone();
    let offers: Vec<_> =
        by.book().seen.iter().filter(|(_, it)| it.content.target.as_ref() == Some(&own)).cloned().collect();
    if offers.is_empty() {
        by.note("nothing is offered");
        return Ok(());
    }
    let says = refusal(&offers[by.pick(offers.len())]);
    by.publish(node, 1, |_| Ok((says.clone(), None))).await?;
    Ok(())
}

fn refusal((offer, header): &(Hash, Header)) -> Content {
    let mut says = Content::new(EntryType::Refuse, 1_767_323_045);
    (says.org, says.rid) = (header.content.org.clone(), header.content.rid);
    (says.reference, says.of) = (Some(*offer), Some(*offer));
    says.why = Some("not_hosted_here".into());
    says.country = Some(header.log.seat());
    says
}
