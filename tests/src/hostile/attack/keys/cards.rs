//! Cards that a trusted key has signed: their counter rises fast, stands or goes back, and they name other addresses, other
//! countries and other certificates each time.

use super::card::give;
use crate::hostile::Attacker;
use crate::peer::forged_certificate::unknown_certificate;

/// Nobody listens there.
const NOWHERE: &str = "https://127.0.0.1:9";

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let steps = [1, 1, 1, 1_000_000, 0];
    let step = steps[by.pick(steps.len())];
    let number = {
        let mut book = by.book();
        book.card_number += step;
        book.card_number
    };
    let mut shown = by.member.card(&by.pen(), number)?;
    shown.name = format!("Example hotline {number}");
    let other = by.node((node + 1) % by.honest()).exchange_address().to_string();
    match by.pick(6) {
        0 => shown.endpoints = vec![NOWHERE.parse()?],
        1 => shown.endpoints.insert(0, format!("https://{other}").parse()?),
        2 => shown.endpoints.insert(0, format!("https://{}", by.node(node).exchange_address()).parse()?),
        3 => {
            for _ in 0..7 {
                shown.certificates.push(unknown_certificate(by.member.id.as_str())?.certificate.to_vec());
            }
        }
        4 => {
            for country in ["DK", "US"] {
                shown.countries.push(country.parse()?);
            }
        }
        _ => shown.counter = number / 2,
    }
    let token = shown.sign(by.pen().key())?;
    give(by, node, token.token(), &[]).await?;
    // One under a key that was never heard of says that it is the present one.
    let stranger = by.pen().with_another_key()?;
    let token = by.member.card(&stranger, number + 1)?.sign(stranger.key())?;
    give(by, node, token.token(), &[]).await
}
