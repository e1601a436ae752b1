//! Certificates: how many days are left. A certificate that ends takes its node out of the exchange.

use super::ends::end_of;
use crate::file_fault::FileFault;
use crate::health::check::{Check, CheckName, Status};
use crate::health::examine::House;
use crate::secret::SecretError;
use crate::trust::certificate::{Expiry, days_left, says_days_left};
use crate::trust::own::{Identity, IdentityError, KeyFileError};

/// How urgent it is that a certificate ends in so many days.
pub(in crate::health) fn urgency(days: i64) -> Status {
    match Expiry::of(days) {
        Some(Expiry::Over) => Status::Fault,
        Some(Expiry::Within(_)) => Status::Warning,
        None => Status::Ok,
    }
}

/// This node's own certificate, and whether it can be used. A node that serves goes on with the one that it has.
pub(in crate::health) fn check(house: &House<'_>) -> Check {
    const NAME: CheckName = CheckName::Certificate;
    let not_after = match house.running {
        Some(running) => running.hub.shown.not_after(),
        None => match Identity::load(&house.config.keys, &house.config.node.id) {
            Ok(identity) => identity.certificate.not_after,
            Err(IdentityError::File(KeyFileError::Secret(SecretError::File { path, cause }))) => {
                let FileFault { text, advice } = FileFault::of(&path, &cause, "restore the keys from their backup");
                return Check::fault(NAME, text, advice);
            }
            Err(error) => return Check::fault(NAME, error.to_string(), "restore the keys from their backup"),
        },
    };
    let days = days_left(not_after, house.clock.unix_seconds());
    let check = judge(days, house.config.authority.is_there());
    let Some(ending) = Expiry::of(days) else { return check };
    let text = format!(
        "this node's certificate {}; {}",
        says_days_left(days),
        check.advice.as_deref().unwrap_or("make a new one")
    );
    check.calling([end_of(&house.config.node.id, not_after, ending, &text).with("days", days)])
}

fn judge(days: i64, is_under_authority: bool) -> Check {
    const NAME: CheckName = CheckName::Certificate;
    let advice = if is_under_authority {
        "ask the authority for a new one in good time: hotline-node identity certificate-request, then hotline-node \
         identity rotate-certificate --certificate FILE"
    } else {
        "make a new one in good time: hotline-node identity rotate-certificate"
    };
    match urgency(days) {
        Status::Ok => Check::ok(NAME, format!("{days} days are left")),
        status => Check::of(NAME, status, format!("it {}", says_days_left(days)), advice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_node_s_own_certificate_is_warned_of_at_each_threshold() {
        for (days, status, text) in [
            (61, Status::Ok, "61 days are left"),
            (60, Status::Warning, "ends in 60 days"),
            (30, Status::Warning, "ends in 30 days"),
            (14, Status::Warning, "ends in 14 days"),
            (7, Status::Warning, "ends in 7 days"),
            (1, Status::Warning, "ends in 1 day"),
            (-1, Status::Fault, "ended a day ago"),
        ] {
            for is_under_authority in [false, true] {
                let found = judge(days, is_under_authority);
                assert!(found.status == status && found.text.contains(text), "{days}: {found:?}");
                let advice = found.advice.unwrap_or_default();
                assert_eq!(advice.contains("rotate-certificate"), days < 61, "{days}");
                assert_eq!(advice.contains("certificate-request"), days < 61 && is_under_authority, "{days}");
            }
        }
    }

    #[test]
    fn the_end_is_a_warning_sixty_days_before_and_a_fault_after() {
        let day = 86_400;
        for (not_after, status) in
            [(61 * day, Status::Ok), (61 * day - 1, Status::Warning), (0, Status::Warning), (-1, Status::Fault)]
        {
            assert_eq!(urgency(days_left(not_after, 0)), status, "{not_after}");
        }
    }
}
