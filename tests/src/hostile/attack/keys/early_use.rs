//! A signing key that is used before its log has switched to it, and after it was taken back.

use hotline_protocol::entry::KeyAct;

use crate::hostile::{Attacker, about_pen};
use crate::peer::forged_run::Forger;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (id, new) = (by.member.id.clone(), by.pen().with_another_key()?);
    for act in [KeyAct::Announce, KeyAct::Revoke] {
        let says = about_pen(&new, &id, act)?;
        by.publish(node, 1, |_| Ok((says.clone(), None))).await?;
        sign_with(by, node, &new).await?;
    }
    // The revoked key is announced again, and then switched to: neither counts.
    for act in [KeyAct::Announce, KeyAct::Switch] {
        let says = about_pen(&new, &id, act)?;
        by.publish(node, 1, |_| Ok((says.clone(), None))).await?;
    }
    sign_with(by, node, &new).await
}

/// Pushes a run behind its log's end that another key has signed.
async fn sign_with(by: &mut Attacker, node: usize, pen: &Forger) -> anyhow::Result<()> {
    let (run, _) = pen.run(&by.log_end(), 3)?;
    let answer = by.client(node)?.push(by.member.id.as_str(), run).await?;
    by.heard(&answer);
    Ok(())
}
