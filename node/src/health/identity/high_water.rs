//! Whether all signed entries are still here: the database's end of this node's log against the high-water file.

use hotline_protocol::bytes::Hash;
use hotline_protocol::log::Cursor;

use crate::config::Config;
use crate::context::Context;
use crate::exchange::log::seal::{Held, HighWater, OwnLog};
use crate::exchange::log::{LogError, hash_at, own_log};
use crate::health::check::{Check, CheckName};
use crate::plural::{counted, verb};

const NAME: CheckName = CheckName::HighWater;

pub(in crate::health) async fn check(config: &Config, context: &Context) -> Result<Check, LogError> {
    // Read before the database: an entry signed meanwhile stands in the database first.
    let file = match HighWater::in_folder(&config.folder).read() {
        Ok(Some(file)) => file,
        Ok(None) => {
            let advice = "the node asks its peers at the next start before it signs anything: let it; where it has none, it \
                          waits for: hotline-node log seal --anyway";
            return Ok(Check::warning(NAME, "the file is missing", advice));
        }
        Err(error) => {
            let advice = "move it away: the node then asks its peers first";
            return Ok(Check::fault(NAME, error.to_string(), advice));
        }
    };
    let connection = context.database.read();
    let own = own_log(connection, &context.own).await?;
    let here = hash_at(connection, &context.own, file.position()).await?;
    Ok(judge(&own, &file, here))
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
        Held::Here if waiting > 0 => Check::ok(
            NAME,
            format!(
                "{} {} to be signed; entry {seq} was the last",
                counted(waiting, "entry"),
                verb(waiting, "waits", "wait")
            ),
        ),
        Held::Here => Check::ok(NAME, format!("database and file agree at entry {seq}")),
    }
}

#[cfg(test)]
mod tests {
    use hotline_protocol::log::Position;

    use super::*;
    use crate::health::check::Status;

    #[test]
    fn a_database_that_lacks_or_contradicts_what_was_signed_is_a_fault() {
        let at = |seq, byte| Cursor { epoch: 1, seq, hash: Hash::from_bytes([byte; 32]) };
        let own = OwnLog { head: at(4, 1), signed: Position { epoch: 1, seq: 3 } };
        let here = Some(at(0, 1).hash);
        for (file, here, finding) in [
            (at(4, 1), here, Status::Ok),
            (at(3, 1), here, Status::Ok),
            (at(4, 9), here, Status::Fault),
            (at(5, 1), None, Status::Fault),
            (at(3, 9), here, Status::Fault),
        ] {
            assert_eq!(judge(&own, &file, here).status, finding, "{file:?}");
        }
    }
}
