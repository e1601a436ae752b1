//! New digest keys with every hello, and more than are read.

use data_encoding::BASE64URL_NOPAD;
use hotline_node::randomness::Randomness;
use hotline_protocol::hello::SharedDigestKey;

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    for _ in 0..8 {
        let mut hello = by.member.hello()?;
        let key = || SharedDigestKey { key: BASE64URL_NOPAD.encode(&Randomness.bytes::<32>()) };
        hello.digest_keys = (0..=by.pick(200)).map(|_| key()).collect();
        let answer = by.member.greet(by.node(node), &hello).await?;
        by.heard(&answer);
    }
    Ok(())
}
