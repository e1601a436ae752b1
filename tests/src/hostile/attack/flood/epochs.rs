//! New epochs one after the other: each leaves something behind.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Origin};
use hotline_protocol::log::Cursor;

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (from, pen) = (by.log_end(), by.pen());
    for ahead in 1..=1 + by.chance.within(0..40) {
        let mut says = Content::new(EntryType::EpochOpen, 1_767_323_045);
        says.from = Some(Origin { ep: from.epoch, seq: from.seq, hash: from.hash });
        let begin = Cursor { epoch: from.epoch + ahead, seq: 0, hash: Hash::ZERO };
        let (run, _) = pen.run_of(&begin, &[says])?;
        let answer = by.client(node)?.push(by.member.id.as_str(), run).await?;
        by.heard(&answer);
    }
    Ok(())
}
