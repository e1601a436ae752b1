//! It switches to another signing key, as it may, and goes on to sign with the one before, too.

use hotline_protocol::entry::KeyAct;

use crate::hostile::{Attacker, about_pen};

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (id, old) = (by.member.id.clone(), by.pen());
    let new = old.with_another_key()?;
    let announced = about_pen(&new, &id, KeyAct::Announce)?;
    by.publish(node, 1, |_| Ok((announced.clone(), None))).await?;
    by.switch_to(node, about_pen(&new, &id, KeyAct::Switch)?, new).await?;
    let (run, _) = old.run(&by.log_end(), 3)?;
    let answer = by.client(node)?.push(id.as_str(), run).await?;
    by.heard(&answer);
    // The old one is ended for good: later entries of its log do not change that.
    for act in [KeyAct::Announce, KeyAct::Switch, KeyAct::Revoke] {
        let says = about_pen(&old, &id, act)?;
        by.publish(node, 1, |_| Ok((says.clone(), None))).await?;
    }
    Ok(())
}
