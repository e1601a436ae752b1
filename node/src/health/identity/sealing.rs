//! Whether this node seals and sends. One that serves knows; from outside it is known as far as it was left in the
//! database.

use crate::context::Context;
use crate::exchange::log::LogError;
use crate::exchange::log::seal::{SEAL_SETTING, SealState};
use crate::health::check::{Check, CheckName};
use crate::health::examine::House;
use crate::storage::read_setting;

const ADVICE: &str = "node/docs/incidents.md, \"After a restore\"";

pub(in crate::health) async fn check(house: &House<'_>, context: &Context) -> Result<Check, LogError> {
    // Asked in any case: it shows that the database answers.
    let left = read_setting(context.database.read(), SEAL_SETTING).await?.filter(|reason| !reason.is_empty());
    if let Some(running) = house.running {
        return Ok(match running.hub.seal_state() {
            SealState::Open => Check::ok(CheckName::Sealing, "reports are sealed and sent"),
            SealState::WaitsForOnePeer => {
                let advice = "nothing is to be done: let it wait";
                Check::stop(CheckName::Sealing, SealState::WaitsForOnePeer.reason(), advice).calling([])
            }
            state => Check::stop(CheckName::Sealing, state.reason(), ADVICE),
        });
    }
    Ok(match left {
        Some(reason) => {
            Check::fault(CheckName::Sealing, reason, format!("{ADVICE}; said by the node that served last"))
        }
        None => Check::ok(CheckName::Sealing, "nothing stood in the way of the node that served last"),
    })
}
