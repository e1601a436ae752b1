//! Taking back a key of this node that was announced and is not in use yet: its file was lost, say, and without it the
//! node can never switch to it, nor begin another exchange.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{KeyAct, KeyUse};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::ChangedKey;

use super::RotationError;
use super::announce::{Announced, record_change};
use super::key_status::own_keys;
use crate::config::section::KeysSection;
use crate::context::Context;
use crate::storage::{ConnectionTrait, Write};
use crate::trust::own::{KeyFileError, remove_certificate_file, remove_signing_file};

/// A key that was announced and is not in use yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawable {
    /// The key.
    pub key: ChangedKey,
    /// The certificate's pin, or the signing key's id.
    pub fingerprint: Hash,
}

/// The key for this use that can be taken back; refused where there is none.
pub async fn find_withdrawable<C: ConnectionTrait>(
    connection: &C,
    own: &NodeId,
    key_use: KeyUse,
) -> Result<Withdrawable, RotationError> {
    let own = own_keys(connection, own).await?;
    let found = match key_use {
        KeyUse::Sign => own.announced.first().map(|announced| Withdrawable {
            key: ChangedKey::Signing(announced.key),
            fingerprint: announced.key.kid(),
        }),
        KeyUse::Tls => own
            .next_certificate()
            .map(|next| Withdrawable { key: ChangedKey::Certificate(next.der.clone()), fingerprint: next.pin }),
    };
    found.ok_or(RotationError::nothing_announced(key_use))
}

/// Says in this node's log that the key counts no more, regardless of the fate of its announcement on the way. Refused
/// where the serving node has switched to it meanwhile. Its files are removed by [`remove_withdrawn`], once that is
/// committed.
pub async fn withdraw<'c>(context: &'c Context, asked: &Withdrawable) -> Result<(Announced, Write<'c>), RotationError> {
    let key_use = asked.key.key_use();
    let act = match key_use {
        KeyUse::Sign => "withdraw_signing_key",
        KeyUse::Tls => "withdraw_certificate",
    };
    let write = context.database.write(act).await?;
    if find_withdrawable(&*write, &context.own, key_use).await? != *asked {
        return Err(RotationError::nothing_announced(key_use));
    }
    let place = record_change(context, &write, &asked.key, KeyAct::Revoke, None).await?;
    Ok((Announced { fingerprint: asked.fingerprint, place }, write))
}

/// Removes the files of a key that was taken back, where they are here.
pub fn remove_withdrawn(keys: &KeysSection, withdrawn: &Withdrawable) -> Result<(), KeyFileError> {
    match &withdrawn.key {
        ChangedKey::Signing(key) => remove_signing_file(keys, key),
        ChangedKey::Certificate(_) => remove_certificate_file(keys, &withdrawn.fingerprint),
    }
}
