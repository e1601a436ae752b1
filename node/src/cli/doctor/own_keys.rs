//! This node's announced keys: whether each can be switched to. One whose file is lost keeps keys from being exchanged.

use super::Check;
use crate::config::Config;
use crate::context::Context;
use crate::exchange::rotation::own_keys;
use crate::storage::StorageError;

/// One check for each announced key whose file cannot be used.
pub(super) async fn check(config: &Config, context: &Context) -> Result<Vec<Check>, StorageError> {
    let own = own_keys(context.database.read(), &context.own).await?;
    let fault = |lost: crate::exchange::rotation::LostKey| {
        let name = format!("announced {}", lost.what);
        Check::fault(&name, format!("{} cannot be switched to: {}", lost.fingerprint, lost.fault), lost.advice())
    };
    Ok(own.lost(&config.keys, &context.own).into_iter().map(fault).collect())
}
