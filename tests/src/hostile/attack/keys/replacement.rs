//! A card with new keys that people confirm, another one for each node: the act of a hotline with a stolen key.

use hotline_protocol::bytes::Hash;
use hotline_protocol::card::CardKey;
use hotline_protocol::entry::{Content, EntryType, Origin};
use hotline_protocol::log::{Cursor, Position};

use super::card::give;
use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (old, end) = (by.pen(), by.log_end());
    let new = old.with_another_key()?;
    let number = {
        let mut book = by.book();
        book.card_number += 1;
        book.card_number
    };
    let begin = Position { epoch: end.epoch + 1, seq: 1 };
    let mut shown = by.member.card(&old, number)?;
    shown.keys[0].to = Some(end);
    shown.keys.push(CardKey { key: new.key().public(), from: begin, to: None });
    let signed = shown.sign(new.key())?;
    let fingerprint = signed.fingerprint().to_string();
    give(by, node, signed.token(), &["--replace", "--fingerprint", &fingerprint, "--yes"]).await?;
    // Its log goes on under the new key there, and under the old one elsewhere.
    let mut says = Content::new(EntryType::EpochOpen, 1_767_323_045);
    says.from = Some(Origin { ep: end.epoch, seq: end.seq, hash: end.hash });
    let (run, _) = new.run_of(&Cursor { epoch: begin.epoch, seq: 0, hash: Hash::ZERO }, &[says])?;
    let answer = by.client(node)?.push(by.member.id.as_str(), run).await?;
    by.heard(&answer);
    by.bring_up(node).await
}
