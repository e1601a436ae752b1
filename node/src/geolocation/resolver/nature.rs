//! Nature of a name server: whether it makes up addresses, and its addresses for names that do not exist.
//!
//! Learnt by questions that reveal nothing: `ipv4only.arpa`, with records that everybody knows, and a random name under
//! `invalid`, without records (RFC 2606).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use data_encoding::HEXLOWER;
use hickory_resolver::proto::rr::{Name, RecordType};

use super::question::{CONTROL_PATIENCE, addresses};
use super::reply::{Reply, Said};
use super::translation::{KNOWN, Prefix};
use crate::geolocation::special::unwrapped;
use crate::randomness::Randomness;

/// The longest time for a learnt nature, and the shortest where something was not learnt.
const LEARNT: Duration = Duration::from_hours(1);
const NOT_LEARNT: Duration = Duration::from_secs(30);

/// The known nature of a name server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Nature {
    /// The prefixes of its DNS64, none where it has none; `None` where that could not be learnt.
    pub(super) prefixes: Option<Vec<Prefix>>,
    /// Addresses that it gives for names that do not exist.
    pub(super) false_addresses: Vec<IpAddr>,
    /// It answered a name that does not exist.
    pub(super) lies: bool,
    /// It answered something.
    pub(super) lives: bool,
}

/// Returns the name with addresses that show a DNS64 (RFC 7050).
pub(super) fn known_name() -> Name {
    Name::from_ascii("ipv4only.arpa.").expect("a name")
}

/// A name that does not exist, and that nobody can have prepared an answer for.
fn absent_name() -> Name {
    let label = HEXLOWER.encode(&Randomness.unique_bytes::<10>());
    Name::from_ascii(format!("{label}.invalid.")).expect("a name")
}

/// Examines a server; gives how long that holds, too.
pub(super) async fn learn(server: SocketAddr) -> (Nature, Duration) {
    let (known, absent) = (known_name(), absent_name());
    let ask = |name, kind| addresses(server, name, kind, &CONTROL_PATIENCE);
    let (known_v4, known_v6, absent_v4, absent_v6) = tokio::join!(
        ask(&known, RecordType::A),
        ask(&known, RecordType::AAAA),
        ask(&absent, RecordType::A),
        ask(&absent, RecordType::AAAA),
    );
    let holds = [&known_v4, &known_v6, &absent_v4, &absent_v6].into_iter().map(holds).min().unwrap_or(NOT_LEARNT);
    (weigh(&known_v4, &known_v6, [&absent_v4, &absent_v6]), holds)
}

/// A failed answer is asked for again soon.
fn holds(reply: &Reply) -> Duration {
    match reply {
        Reply::Said(said) => Duration::from_secs(said.seconds.into()).clamp(NOT_LEARNT, LEARNT),
        Reply::Failed | Reply::Silence => NOT_LEARNT,
    }
}

/// Derives the nature from four replies: to A and AAAA of the known name, and of one that does not exist.
fn weigh(known_v4: &Reply, known_v6: &Reply, absent: [&Reply; 2]) -> Nature {
    let prefixes = match known_v6 {
        Reply::Said(said) if !said.withheld => Some(Prefix::learnt(&said.addresses)),
        _ => None,
    };
    let is_known = |address: &IpAddr| match address {
        IpAddr::V4(address) => KNOWN.contains(address),
        IpAddr::V6(address) => prefixes.iter().flatten().any(|prefix| prefix.unwrap(*address).is_some()),
    };
    let of_known = given(known_v4).chain(given(known_v6)).filter(|address| !is_known(address));
    let of_absent = absent.into_iter().flat_map(given);
    // Answers about hosts are compared after they were read back, so these are, too.
    let read_back = |address: &IpAddr| match unwrapped(*address) {
        IpAddr::V6(v6) => prefixes.iter().flatten().find_map(|prefix| prefix.unwrap(v6)).map_or(v6.into(), Into::into),
        v4 @ IpAddr::V4(_) => v4,
    };
    let mut false_addresses: Vec<IpAddr> = of_known.chain(of_absent).map(read_back).collect();
    false_addresses.sort_unstable();
    false_addresses.dedup();
    let lives = [known_v4, known_v6, absent[0], absent[1]].iter().any(|reply| **reply != Reply::Silence);
    Nature { lies: !false_addresses.is_empty(), prefixes, false_addresses, lives }
}

fn given(reply: &Reply) -> impl Iterator<Item = &IpAddr> {
    match reply {
        Reply::Said(Said { addresses, .. }) => addresses.iter(),
        Reply::Failed | Reply::Silence => [].iter(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(addresses: &[&str]) -> Reply {
        let addresses = addresses.iter().map(|text| text.parse().expect("a test's address")).collect();
        Reply::Said(Said { addresses, seconds: 60, ..Said::default() })
    }

    #[test]
    fn an_honest_server_has_no_prefix_and_tells_no_lie() {
        let nature = weigh(&said(&["192.0.0.170", "192.0.0.171"]), &said(&[]), [&said(&[]), &said(&[])]);
        assert_eq!(nature, Nature { prefixes: Some(vec![]), lives: true, ..Nature::default() });
    }

    #[test]
    fn a_translating_server_shows_its_prefix_and_tells_no_lie() {
        let known = said(&["192.0.0.170", "192.0.0.171"]);
        let nature = weigh(&known, &said(&["2001:db8:64::192.0.0.170"]), [&said(&[]), &said(&[])]);
        assert_eq!(nature.prefixes.expect("is learnt").len(), 1);
        assert!(!nature.lies);
    }

    #[test]
    fn what_names_that_do_not_exist_lead_to_is_false_and_so_is_another_answer_for_the_known_name() {
        let nature = weigh(&said(&["203.0.113.9"]), &said(&["2001:db8::9"]), [&said(&["203.0.113.8"]), &Reply::Failed]);
        assert!(nature.lies);
        let shown: Vec<String> = nature.false_addresses.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["203.0.113.8", "203.0.113.9", "2001:db8::9"]);
        assert_eq!(nature.prefixes, Some(vec![]));
    }

    #[test]
    fn without_an_answer_no_prefix_is_assumed_and_none_is_excluded() {
        for reply in [Reply::Silence, Reply::Failed] {
            let nature = weigh(&reply, &reply, [&reply, &reply]);
            assert_eq!((nature.prefixes, nature.lives), (None, reply == Reply::Failed));
        }
    }
}
