//! The name servers that say where names lead: whether each answers, and whether it lies.

use crate::geolocation::{Examination, Geolocator, ServerState, Settings};
use crate::health::check::{Check, CheckName};
use crate::health::examine::House;

const NAME: CheckName = CheckName::NameServer;

/// One check a name server. A node that serves tells its last findings; from outside, each server is asked, about names
/// that reveal nothing.
pub(in crate::health) async fn check(house: &House<'_>) -> Vec<Check> {
    if let Some(running) = house.running {
        return found(&running.geolocator.examined_resolvers());
    }
    // Faults of the files have a check of their own.
    match Geolocator::open(&Settings::from(&house.config.geolocation)) {
        Ok(geolocator) => found(&geolocator.examine_resolvers().await),
        Err(_) => Vec::new(),
    }
}

/// Where none of them answers, no name is located: that is a fault.
fn found(examined: &[Examination]) -> Vec<Check> {
    let all_dead = examined.iter().all(|examination| examination.state == ServerState::Dead);
    let check = |examination: &Examination| {
        let text = examination.to_string();
        let check = match examination.state {
            ServerState::Honest => Check::ok(NAME, text),
            ServerState::Dead if all_dead => {
                Check::fault(NAME, text, "start it, or name another in geolocation.resolver")
            }
            ServerState::Dead => Check::warning(NAME, text, "start it, or name another in geolocation.resolver"),
            ServerState::Lies { .. } => Check::warning(
                NAME,
                text,
                "answers with these addresses are taken for blocked ones: name a server in geolocation.resolver that does \
                 not lie, and its stop pages in geolocation.stop_page_addresses",
            ),
            ServerState::Unclear => Check::warning(
                NAME,
                text,
                "its IPv6 answers are not believed: name a server in geolocation.resolver that answers for ipv4only.arpa",
            ),
        };
        check.about(examination.resolver.to_string())
    };
    examined.iter().map(check).collect()
}
