//! It asks for whole logs, many times on one connection, and reads no answer.

use tokio::io::AsyncWriteExt as _;

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let mut wire = by.wire(node).await?;
    let log = by.id_of(by.honest() - 1);
    by.hang(async move {
        let ask = format!(
            "GET /hxp/v1/logs/{log}/runs?ep=1&after=0&hash={} HTTP/1.1\r\nhost: a\r\n\r\n",
            "0".repeat(64)
        );
        for _ in 0..200 {
            if wire.write_all(ask.as_bytes()).await.is_err() {
                return;
            }
        }
        let _ = wire.flush().await;
        std::future::pending::<()>().await;
    });
    Ok(())
}
