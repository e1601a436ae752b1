//! The federation's authority, where there is one: its files, its lists, and whether peers that know it accept the
//! certificate shown by this node.

use std::sync::Arc;

use crate::access::alert::{AlertKind, Cause};
use crate::health::check::{Check, CheckName, Status};
use crate::health::examine::House;
use crate::trust::own::{Identity, ShownCertificate};
use crate::trust::{Authority, AuthorityWarning};

const NAME: CheckName = CheckName::Authority;

/// A node that serves goes on with the lists that it has; from outside, the files are read as at a start.
pub(in crate::health) fn check(house: &House<'_>) -> Vec<Check> {
    let (authority, shown) = match house.running {
        Some(running) => (running.hub.directory.authority().cloned(), Some(Arc::clone(&running.hub.shown))),
        None => match Authority::open(&house.config.authority, house.clock.unix_seconds()) {
            Ok(authority) => (authority, shown_at_a_start(house)),
            Err(faults) => return vec![Check::fault(NAME, faults.to_string(), "correct the section [authority]")],
        },
    };
    let Some(authority) = authority else { return Vec::new() };
    let now = house.clock.unix_seconds();
    let warnings = match &shown {
        Some(shown) => authority.warnings(shown, now),
        None => authority.file_warnings(now),
    };
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

/// One that cannot be read has a check of its own.
fn shown_at_a_start(house: &House<'_>) -> Option<Arc<ShownCertificate>> {
    Identity::load(&house.config.keys, &house.config.node.id).ok().map(|identity| identity.shown)
}

fn found(warning: &AuthorityWarning) -> Check {
    let status = if warning.is_fault() { Status::Fault } else { Status::Warning };
    let text = format!("{warning}; {}", warning.advice());
    let cause = Cause::new(AlertKind::Authority, warning.subject(), text).at(warning.stage());
    Check::of(NAME, status, warning.to_string(), warning.advice()).calling([cause])
}
