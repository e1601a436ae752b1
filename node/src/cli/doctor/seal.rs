//! Whether what was signed is still here: the database's end of this node's log against the high-water file. What a
//! running node waits for, `/readyz` says.

use hotline_protocol::log::Cursor;

use super::Check;
use crate::config::Config;
use crate::context::Context;
use crate::exchange::log::{HighWater, LogError, head};

const NAME: &str = "high-water";

pub(super) async fn check(config: &Config, context: &Context) -> Result<Check, LogError> {
    let own = head(context.database.read(), &context.own).await?;
    Ok(match HighWater::in_folder(&config.folder).read() {
        Ok(file) => judge(&own, file.as_ref()),
        Err(error) => Check::fault(NAME, error.to_string(), "move it away: the node then asks its peers first"),
    })
}

fn judge(database: &Cursor, file: Option<&Cursor>) -> Check {
    let seq = database.seq;
    match file {
        None => Check::warning(
            NAME,
            "the file is missing",
            "the node asks its peers at the next start before it signs anything; let it",
        ),
        Some(file) if database.position() < file.position() => Check::fault(
            NAME,
            format!(
                "entry {} was signed and the database ends at {seq}: it was restored from a backup, or copied",
                file.seq
            ),
            "nothing is signed until the missing entries are back; make sure that no copy of this node runs elsewhere",
        ),
        Some(file) if database.position() == file.position() && database.hash != file.hash => Check::fault(
            NAME,
            format!(
                "entry {seq} was signed otherwise than it stands in the database: two copies of this node have run"
            ),
            "stop the copy; this log needs a new epoch",
        ),
        Some(file) if database.position() > file.position() => Check::ok(
            NAME,
            format!("the database is {} entries ahead of the file, which follows", seq.saturating_sub(file.seq)),
        ),
        Some(_) => Check::ok(NAME, format!("database and file agree at entry {seq}")),
    }
}

#[cfg(test)]
mod tests {
    use hotline_protocol::bytes::Hash;

    use super::super::Finding;
    use super::*;

    #[test]
    fn a_database_that_lacks_or_contradicts_what_was_signed_is_a_fault() {
        let at = |seq, byte| Cursor { epoch: 1, seq, hash: Hash::from_bytes([byte; 32]) };
        for (file, finding) in [
            (None, Finding::Warning),
            (Some(at(3, 1)), Finding::Ok),
            (Some(at(2, 9)), Finding::Ok),
            (Some(at(4, 1)), Finding::Fault),
            (Some(at(3, 9)), Finding::Fault),
        ] {
            assert_eq!(judge(&at(3, 1), file.as_ref()).status, finding, "{file:?}");
        }
    }
}
