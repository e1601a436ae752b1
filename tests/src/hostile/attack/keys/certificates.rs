//! Certificates that are announced for next and never come, named for others, proved by another key, or ended before they
//! were.

use hotline_protocol::entry::KeyAct;

use crate::hostile::{Attacker, about_certificate};
use crate::peer::forged_certificate::unknown_certificate;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let id = by.member.id.clone();
    let (next, unheard) = (unknown_certificate(id.as_str())?, unknown_certificate(id.as_str())?);
    let announced = about_certificate(&next, &id, KeyAct::Announce)?;
    let mut unproved = about_certificate(&unheard, &id, KeyAct::Announce)?;
    unproved.pop.clone_from(&announced.pop);
    let retired = about_certificate(&next, &id, KeyAct::Retire)?;
    let others = about_certificate(&unknown_certificate(by.id_of(node))?, &id, KeyAct::Announce)?;
    let (switched, revoked) =
        (about_certificate(&unheard, &id, KeyAct::Switch)?, about_certificate(&unheard, &id, KeyAct::Revoke)?);
    for says in [announced, unproved, switched, revoked, others] {
        by.publish(node, 1, |_| Ok((says.clone(), None))).await?;
    }
    // An announced certificate may be shown, though its log has not switched to it.
    let mut hello = by.member.hello()?;
    hello.check = true;
    let answer = by.member.client_showing(next, by.node(node))?.hello(serde_json::to_vec(&hello)?).await;
    match answer {
        Ok(answer) => by.heard(&answer),
        Err(_) => by.note("connection ended"),
    }
    if by.pick(2) == 0 {
        by.publish(node, 1, |_| Ok((retired.clone(), None))).await?;
    }
    Ok(())
}
