//! Certificates: how many days are left. A certificate that ends takes its node out of the exchange.

use super::{Check, Finding};
use crate::clock::Clock;
use crate::config::Config;
use crate::trust::{Ending, Identity, days_left, says_days_left};

/// How urgent it is that a certificate ends in so many days.
pub(super) fn urgency(days: i64) -> Finding {
    match Ending::of(days) {
        Some(Ending::Over) => Finding::Fault,
        Some(Ending::Within(_)) => Finding::Warning,
        None => Finding::Ok,
    }
}

/// This node's own certificate, and whether it can be used.
pub(super) fn check(config: &Config, clock: &Clock) -> Check {
    const NAME: &str = "certificate";
    let identity = match Identity::load(&config.keys, &config.node.id) {
        Ok(identity) => identity,
        Err(error) => return Check::fault(NAME, error.to_string(), "restore the keys from their backup"),
    };
    let days = days_left(identity.certificate.not_after, clock.unix_seconds());
    let advice = if config.authority.is_there() {
        "ask the authority for a new one in good time: hotline-node identity certificate-request, then hotline-node \
         identity rotate-certificate --certificate FILE"
    } else {
        "make a new one in good time: hotline-node identity rotate-certificate"
    };
    match urgency(days) {
        Finding::Ok => Check::ok(NAME, format!("{days} days are left")),
        Finding::Warning => Check::warning(NAME, format!("it {}", says_days_left(days)), advice),
        Finding::Fault => Check::fault(NAME, format!("it {}", says_days_left(days)), advice),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::cli::open;
    use crate::cli::test_node::new_node;

    #[tokio::test]
    async fn this_node_s_own_certificate_is_warned_of_at_each_threshold() {
        let (folder, _) = new_node().await;
        let (config, _) = open(&folder.path().join("config.toml")).await.expect("opened");
        let identity = Identity::load(&config.keys, &config.node.id).expect("loaded");
        let end = chrono::DateTime::from_timestamp(identity.certificate.not_after, 0).expect("a time");
        for (days, finding, text) in [
            (61, Finding::Ok, "61 days are left"),
            (60, Finding::Warning, "ends in 60 days"),
            (30, Finding::Warning, "ends in 30 days"),
            (14, Finding::Warning, "ends in 14 days"),
            (7, Finding::Warning, "ends in 7 days"),
            (1, Finding::Warning, "ends in 1 day"),
            (-1, Finding::Fault, "ended a day ago"),
        ] {
            let found = check(&config, &Clock::set_at(end - TimeDelta::days(days)));
            assert!(found.status == finding && found.text.contains(text), "{days}: {found:?}");
            assert_eq!(found.advice.is_some_and(|advice| advice.contains("rotate-certificate")), days < 61, "{days}");
        }
    }

    #[test]
    fn the_end_is_a_warning_sixty_days_before_and_a_fault_after() {
        let day = 86_400;
        for (not_after, finding) in
            [(61 * day, Finding::Ok), (61 * day - 1, Finding::Warning), (0, Finding::Warning), (-1, Finding::Fault)]
        {
            assert_eq!(urgency(days_left(not_after, 0)), finding, "{not_after}");
        }
    }
}
