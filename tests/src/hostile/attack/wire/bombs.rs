//! Requests beyond every limit, plain and compressed.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let client = by.client(node)?;
    let megabytes = 1 + by.pick(40);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..megabytes {
        packed.write_all(&b" ".repeat(1_024 * 1_024))?;
    }
    let answer = client.hello_in_gzip(packed.finish()?).await?;
    by.heard(&answer);
    // Refused before it is read whole, it may end with the connection.
    let run = "x".repeat((1 + by.pick(18)) * 1_024 * 1_024);
    match client.push(by.member.id.as_str(), run).await {
        Ok(answer) => by.heard(&answer),
        Err(_) => by.note("connection ended"),
    }
    Ok(())
}
