//! This node's announced keys: whether each can be switched to. An announced key with a lost file keeps keys from being
//! exchanged.

use crate::config::Config;
use crate::context::Context;
use crate::exchange::rotation::{LostKey, own_keys};
use crate::health::check::{Check, CheckName};
use crate::storage::StorageError;

/// Returns one check for each announced key with a file that cannot be used.
pub(in crate::health) async fn check(config: &Config, context: &Context) -> Result<Vec<Check>, StorageError> {
    let own = own_keys(context.database.read(), &context.own).await?;
    let fault = |lost: LostKey| {
        let text = format!("{} cannot be switched to: {}", lost.fingerprint, lost.fault);
        Check::fault(CheckName::AnnouncedKey, text, lost.advice()).about(lost.what)
    };
    Ok(own.lost(&config.keys, &context.own).into_iter().map(fault).collect())
}
