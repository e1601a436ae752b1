//! This node's own card: what it gives to other hotlines.

use hotline_protocol::card::{CardKey, Endpoint, NodeCard, VerifiedCard};
use hotline_protocol::log::{Cursor, Position};

use super::error::TrustError;
use super::identity::Identity;
use crate::config::Config;
use crate::context::Context;
use crate::storage::{Write, leave_setting, read_setting};

const SETTING: &str = "own_card";

/// The card as it is now. Its counter rises when what it says has changed; else the same card is given again.
pub async fn own_card(
    context: &Context,
    config: &Config,
    identity: &Identity,
    write: &Write<'_>,
) -> Result<VerifiedCard, TrustError> {
    let url = config.exchange_url().to_string();
    let endpoint: Endpoint = url.parse().map_err(|_| TrustError::OwnEndpoint)?;
    let card = |counter| NodeCard {
        network: context.network.clone(),
        id: context.own.clone(),
        countries: context.countries.to_vec(),
        name: config.node.name.clone(),
        endpoints: vec![endpoint.clone()],
        certificates: vec![identity.certificate_der.clone()],
        keys: vec![CardKey {
            key: identity.signing.public(),
            from: Position { epoch: Cursor::START.epoch, seq: 1 },
            to: None,
        }],
        counter,
    };
    let last = match read_setting(&**write, SETTING).await? {
        Some(token) => Some(VerifiedCard::verify(&token)?),
        None => None,
    };
    if let Some(last) = &last
        && *last.content() == card(last.counter())
    {
        return Ok(last.clone());
    }
    let card = card(last.map_or(1, |last| last.counter() + 1)).sign(&identity.signing)?;
    leave_setting(write, SETTING, card.token()).await?;
    Ok(card)
}
