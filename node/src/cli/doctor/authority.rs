//! The federation's authority, where there is one: its files, its lists, and whether peers that know it take what this
//! node shows.

use super::Check;
use crate::clock::Clock;
use crate::config::Config;
use crate::trust::{Authority, AuthorityWarning, Identity};

const NAME: &str = "authority";

pub(super) fn check(config: &Config, clock: &Clock) -> Vec<Check> {
    let authority = match Authority::open(&config.authority) {
        Ok(Some(authority)) => authority,
        Ok(None) => return Vec::new(),
        Err(faults) => return vec![Check::fault(NAME, faults.to_string(), "correct the section [authority]")],
    };
    let now = clock.unix_seconds();
    let mut warnings = authority.file_warnings(now);
    // One that cannot be read has a check of its own.
    if let Ok(identity) = Identity::load(&config.keys, &config.node.id) {
        let refused = identity.shown.check_chain(&authority, now).err();
        warnings.extend(refused.map(AuthorityWarning::OwnCertificate));
    }
    let mut checks: Vec<Check> = warnings.iter().map(found).collect();
    if !authority.has_lists() {
        let advice = "name the authority's lists in authority.revocation_lists";
        checks.push(Check::warning(NAME, "no revocation list is named: what it revokes is let in", advice));
    }
    if checks.is_empty() {
        checks.push(Check::ok(NAME, "its lists are fresh, and it answers for this node's certificate"));
    }
    checks
}

fn found(warning: &AuthorityWarning) -> Check {
    let (text, advice) = (warning.to_string(), warning.advice());
    if warning.is_fault() { Check::fault(NAME, text, advice) } else { Check::warning(NAME, text, advice) }
}
