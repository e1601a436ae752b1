//! New signing keys and certificates that it announces one after the other, and never uses.

use hotline_protocol::entry::KeyAct;

use crate::hostile::{Attacker, about_certificate, about_pen};
use crate::peer::forged_certificate::unknown_certificate;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let id = by.member.id.clone();
    for _ in 0..=by.pick(32) {
        let says = if by.pick(2) == 0 {
            about_pen(&by.pen().with_another_key()?, &id, KeyAct::Announce)?
        } else {
            about_certificate(&unknown_certificate(id.as_str())?, &id, KeyAct::Announce)?
        };
        // Each ends its run.
        by.publish(node, 1, |_| Ok((says.clone(), None))).await?;
    }
    Ok(())
}
