//! Connections that stay silent after the handshake.

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    for _ in 0..8 {
        let wire = by.wire(node).await?;
        by.hang(async move {
            let _wire = wire;
            std::future::pending::<()>().await;
        });
    }
    Ok(())
}
