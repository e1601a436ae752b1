//! A run of fifteen megabytes that comes a few bytes a second.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::time::{interval, timeout};

use crate::hostile::Attacker;

/// One strike in so many: of one member two pushes are answered at once, so that this one keeps its own floods out.
const RARELY: usize = 24;
/// Most leave within seconds; of these one in so many stays until it is cut off.
const STAYS: usize = 8;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    if by.pick(RARELY) != 0 {
        by.note("another time");
        return Ok(());
    }
    let seconds = if by.pick(STAYS) == 0 { 600 } else { by.chance.within(1..8) };
    for _ in 0..4 {
        let mut wire = by.wire(node).await?;
        let path = format!("/hxp/v1/logs/{}/runs", by.member.id);
        let slowly = async move {
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
        };
        by.hang(async move {
            let _ = timeout(Duration::from_secs(seconds), slowly).await;
        });
    }
    Ok(())
}
