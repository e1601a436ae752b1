//! A run of fifteen megabytes that comes a few bytes a second.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::time::interval;

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    for _ in 0..4 {
        let mut wire = by.wire(node).await?;
        let path = format!("/hxp/v1/logs/{}/runs", by.member.id);
        by.hang(async move {
            let head = format!(
                "PUT {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/hxp-run\r\ncontent-length: 15000000\r\n\r\n"
            );
            let (mut ticks, begin) = (interval(Duration::from_millis(500)), vec![b'x'; 1_024 * 1_024]);
            if wire.write_all(head.as_bytes()).await.is_ok() && wire.write_all(&begin).await.is_ok() {
                // Until it is cut off.
                while wire.write_all(b"xxxx").await.is_ok() && wire.flush().await.is_ok() {
                    ticks.tick().await;
                }
            }
        });
    }
    Ok(())
}
