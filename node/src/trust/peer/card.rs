//! This node's own card, as given to other hotlines.

use hotline_protocol::card::{CardKey, Endpoint, NodeCard, VerifiedCard};
use hotline_protocol::id::NodeId;

use super::key_repository::{entry_at, load_keys};
use super::repository::certificates_of;
use crate::config::Config;
use crate::context::Context;
use crate::storage::{Write, leave_setting, read_setting};
use crate::trust::error::TrustError;
use crate::trust::own::Identity;

const SETTING: &str = "own_card";

/// The card as it is now. Its counter rises when its content has changed; else the same card is given again.
pub async fn own_card(
    context: &Context,
    config: &Config,
    identity: &Identity,
    write: &Write<'_>,
) -> Result<VerifiedCard, TrustError> {
    let url = config.exchange_url().to_string();
    let endpoint: Endpoint = url.parse().map_err(|_| TrustError::OwnEndpoint)?;
    let keys = card_keys(write, &context.own).await?;
    if !keys.iter().any(|key| key.to.is_none() && key.key == identity.signing.public()) {
        return Err(TrustError::OwnKeyMoves);
    }
    let certificates = card_certificates(write, identity).await?;
    let card = |counter| NodeCard {
        network: context.network.clone(),
        id: context.own.clone(),
        countries: context.countries.iter().copied().map(Into::into).collect(),
        name: config.node.name.clone(),
        endpoints: vec![endpoint.clone()],
        certificates: certificates.clone(),
        keys: keys.clone(),
        counter,
    };
    let last = match read_setting(&**write, SETTING).await? {
        Some(token) => Some(VerifiedCard::from_storage(&token)?),
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

/// Our signing keys, each with the last entry that it signs.
async fn card_keys(write: &Write<'_>, own: &NodeId) -> Result<Vec<CardKey>, TrustError> {
    let mut keys = Vec::new();
    for bound in load_keys(&**write, own).await?.keys().iter().filter(|bound| !bound.revoked) {
        let to = match bound.to {
            Some(last) => Some(entry_at(&**write, own, last).await?),
            None => None,
        };
        keys.push(CardKey { key: bound.key, from: bound.from, to });
    }
    Ok(keys)
}

/// Our certificates that count, the present one first.
async fn card_certificates(write: &Write<'_>, identity: &Identity) -> Result<Vec<Vec<u8>>, TrustError> {
    let mut own = certificates_of(&**write, &identity.certificate.node).await?;
    own.retain(|certificate| certificate.counts() && certificate.pin != identity.certificate.pin);
    let others = own.into_iter().map(|certificate| certificate.der);
    Ok(std::iter::once(identity.certificate_der.clone()).chain(others).collect())
}
