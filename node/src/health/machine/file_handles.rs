//! File handles: every connection takes one, and where none is left the database cannot be opened and no peer is let
//! in. So strangers get the rest after the node's own and its peers' are set aside.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::Config;
use crate::health::check::{Check, CheckName};

/// Database, files, keys, and calls to peers, mail and name servers.
const OWN: usize = 768;
/// Connections to the operations listener.
const OPERATIONS: usize = 64;
/// Connections to the exchange with an unfinished handshake.
pub(crate) const UNFINISHED: usize = 256;
/// Fewer are of no use to anybody.
const LEAST: usize = 8;

/// How many connections each listener may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allotted {
    /// Peers.
    pub exchange: usize,
    /// Staff and partners.
    pub office: usize,
    /// Everybody.
    pub public: usize,
    /// The machine's supervisor.
    pub operations: usize,
}

/// Raises this process' limit to as many as the system lets it have, and gives the limit.
#[must_use = "the doors' shares are computed from it"]
pub fn raise_file_limit() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // Where the limit is not raised, the present one must do; the check tells.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let now = getrlimit(Resource::Nofile).current.or(current);
    now.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

fn limit() -> usize {
    let current = getrlimit(Resource::Nofile).current;
    current.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

/// Shares out so many file handles.
#[must_use]
pub fn allot(config: &Config, handles: usize) -> Allotted {
    let wanted = wanted(config);
    let fixed = (OWN + OPERATIONS + UNFINISHED).min(handles / 2);
    let free = handles - fixed;
    let exchange = wanted.exchange.min(free / 3 * 2).max(LEAST);
    let left = free.saturating_sub(exchange);
    let people = wanted.office + wanted.public;
    if people <= left {
        return Allotted { exchange, ..wanted };
    }
    let office = (left * wanted.office / people).max(LEAST);
    let public = (left * wanted.public / people).max(LEAST);
    Allotted { exchange, office, public, ..wanted }
}

fn wanted(config: &Config) -> Allotted {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    Allotted {
        exchange: number(config.exchange.connections),
        office: number(config.office.connections),
        public: number(config.public.connections),
        operations: OPERATIONS,
    }
}

/// Of the process that serves: another one has a limit of its own.
pub(in crate::health) fn check(config: &Config) -> Check {
    judge(config, limit())
}

fn judge(config: &Config, handles: usize) -> Check {
    let (given, wanted) = (allot(config, handles), wanted(config));
    let Allotted { exchange, office, public, .. } = given;
    let text = format!("{handles} are allowed; connections: exchange {exchange}, office {office}, public {public}");
    if given == wanted {
        return Check::ok(CheckName::FileHandles, text);
    }
    let needed = OWN + OPERATIONS + UNFINISHED + wanted.exchange + wanted.office + wanted.public;
    // The exchange is given two thirds of the free handles.
    let needed = needed.max(OWN + OPERATIONS + UNFINISHED + wanted.exchange.div_ceil(2) * 3);
    Check::warning(
        CheckName::FileHandles,
        format!("{text}, which is less than the configuration has"),
        format!("allow the node {needed} (systemd: LimitNOFILE={needed}), or set connections lower"),
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Environment;
    use crate::health::check::Status;

    fn config() -> Config {
        let text = "node = { id = \"fr-example\", country = [\"FR\"], name = \"Example hotline\" }";
        Config::parse(text, Path::new("folder"), &Environment::default()).expect("a configuration")
    }

    #[test]
    fn whatever_the_limit_all_connections_together_leave_the_node_its_own() {
        let config = config();
        for handles in [256, 1_024, 2_048, 4_096, 65_536, usize::MAX] {
            let Allotted { exchange, office, public, operations } = allot(&config, handles);
            assert!([exchange, office, public, operations].iter().all(|share| *share >= LEAST), "{handles}");
            assert!(exchange + office + public <= handles - handles.min(2 * (OWN + OPERATIONS + UNFINISHED)) / 2);
            assert!(exchange > public || handles > 2_048, "{handles}: strangers come last");
        }
    }

    #[test]
    fn too_few_are_told_with_a_number_that_is_enough() {
        let config = config();
        assert_eq!(judge(&config, 65_536).status, Status::Ok);
        let few = judge(&config, 1_024);
        assert_eq!(few.status, Status::Warning);
        let advice = few.advice.expect("advice");
        let number = advice.split("LimitNOFILE=").nth(1).and_then(|rest| rest.split(')').next()).expect("a number");
        assert_eq!(judge(&config, number.parse().expect("a number")).status, Status::Ok, "{advice}");
    }
}
