//! Whether what was signed is still here: the database's end of this node's log against the high-water file. What a
//! running node waits for, `/readyz` says.

use hotline_protocol::bytes::Hash;
use hotline_protocol::log::Cursor;

use super::Check;
use crate::config::Config;
use crate::context::Context;
use crate::exchange::log::{Held, HighWater, LogError, OwnLog, SEAL_SETTING, hash_at, own_log};
use crate::storage::read_setting;

const NAME: &str = "high-water";

pub(super) async fn check(config: &Config, context: &Context) -> Result<Check, LogError> {
    let connection = context.database.read();
    if let Some(reason) = read_setting(connection, SEAL_SETTING).await?.filter(|reason| !reason.is_empty()) {
        let advice = "README, \"Backups\"; said by the node that serves, or served last";
        return Ok(Check::fault(NAME, reason, advice));
    }
    let own = own_log(connection, &context.own).await?;
    let file = match HighWater::in_folder(&config.folder).read() {
        Ok(Some(file)) => (file, hash_at(connection, &context.own, file.position()).await?),
        Ok(None) => {
            return Ok(Check::warning(
                NAME,
                "the file is missing",
                "the node asks its peers at the next start before it signs anything; let it",
            ));
        }
        Err(error) => {
            return Ok(Check::fault(NAME, error.to_string(), "move it away: the node then asks its peers first"));
        }
    };
    Ok(judge(&own, &file.0, file.1))
}

/// `here` is the hash that the database has at the file's place.
fn judge(own: &OwnLog, file: &Cursor, here: Option<Hash>) -> Check {
    let seq = file.seq;
    let waiting = own.head.entries_beyond(file);
    match own.hold(file, here) {
        Held::Behind => Check::fault(
            NAME,
            format!("entry {seq} was signed and is not in the database: it was restored from a backup, or copied"),
            "put a newer backup back, or leave the missing entries behind: hotline-node log open-epoch; make sure first that \
             no copy of this node runs elsewhere",
        ),
        Held::Forked => Check::fault(
            NAME,
            format!(
                "entry {seq} was signed otherwise than it stands in the database: two copies of this node have run"
            ),
            "stop the copy, then go on in a new epoch: hotline-node log open-epoch",
        ),
        Held::Here if waiting > 0 => {
            Check::ok(NAME, format!("{waiting} entries wait to be signed; entry {seq} was the last"))
        }
        Held::Here => Check::ok(NAME, format!("database and file agree at entry {seq}")),
    }
}

#[cfg(test)]
mod tests {
    use hotline_protocol::log::Position;

    use super::super::Finding;
    use super::*;

    #[test]
    fn a_database_that_lacks_or_contradicts_what_was_signed_is_a_fault() {
        let at = |seq, byte| Cursor { epoch: 1, seq, hash: Hash::from_bytes([byte; 32]) };
        let own = OwnLog { head: at(4, 1), signed: Position { epoch: 1, seq: 3 } };
        let here = Some(at(0, 1).hash);
        for (file, here, finding) in [
            (at(4, 1), here, Finding::Ok),
            (at(3, 1), here, Finding::Ok),
            (at(4, 9), here, Finding::Fault),
            (at(5, 1), None, Finding::Fault),
            (at(3, 9), here, Finding::Fault),
        ] {
            assert_eq!(judge(&own, &file, here).status, finding, "{file:?}");
        }
    }
}
