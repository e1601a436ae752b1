//! How near a certificate's end is. A certificate that ends takes its node out of the exchange, and two hotlines need
//! time to exchange a new one, so people are told 60, 30, 14, 7 and 1 days before, and when it is over.

use std::fmt;

use crate::trust::peer::StoredCertificate;

/// So many days before its end people are told.
const THRESHOLDS: [i64; 5] = [1, 7, 14, 30, 60];
/// Seconds.
const DAY: i64 = 86_400;

/// The last threshold that was crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expiry {
    /// So many days are left, or fewer: 60, 30, 14, 7 or 1.
    Within(i64),
    /// None is left.
    Over,
}

impl Expiry {
    /// `None` while the end is far.
    #[must_use]
    pub fn of(days_left: i64) -> Option<Self> {
        if days_left < 0 {
            return Some(Self::Over);
        }
        THRESHOLDS.into_iter().find(|threshold| days_left <= *threshold).map(Self::Within)
    }

    /// Whether the exchange stops within hours, or has stopped.
    #[must_use]
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Over | Self::Within(1))
    }
}

/// As in the subject of an alert.
impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(1) => f.write_str("1 day"),
            Self::Within(days) => write!(f, "{days} days"),
            Self::Over => f.write_str("over"),
        }
    }
}

/// Whole days from `now` until `not_after` (both in seconds since 1970); negative when it is over.
#[must_use]
pub const fn days_left(not_after: i64, now: i64) -> i64 {
    (not_after - now).div_euclid(DAY)
}

/// Returns the days that are left, in words for people.
#[must_use]
pub fn says_days_left(days: i64) -> String {
    match days {
        ..-1 => format!("ended {} days ago", -days),
        -1 => "ended a day ago".to_owned(),
        0 => "ends within a day".to_owned(),
        1 => "ends in 1 day".to_owned(),
        _ => format!("ends in {days} days"),
    }
}

/// Returns the certificates of a peer (`now` in seconds since 1970) that people must look at. One that is over is
/// nobody's concern while another that counts is not.
#[must_use]
pub fn ending_certificates<'a>(
    peers: impl IntoIterator<Item = &'a StoredCertificate>,
    now: i64,
) -> Vec<(&'a StoredCertificate, Expiry)> {
    let counting: Vec<_> = peers.into_iter().filter(|certificate| certificate.counts()).collect();
    let ending = |certificate: &StoredCertificate| Expiry::of(days_left(certificate.not_after, now));
    let one_holds = counting.iter().any(|certificate| ending(certificate) != Some(Expiry::Over));
    let near = counting.iter().filter_map(|certificate| Some((*certificate, ending(certificate)?)));
    near.filter(|(_, ending)| !(one_holds && *ending == Expiry::Over)).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;
    use crate::trust::handshake::test_certificate::{TestCertificate, now};

    #[test]
    fn the_last_threshold_that_was_crossed_counts() {
        for (days, ending) in [
            (365, None),
            (61, None),
            (60, Some(Expiry::Within(60))),
            (31, Some(Expiry::Within(60))),
            (30, Some(Expiry::Within(30))),
            (15, Some(Expiry::Within(30))),
            (14, Some(Expiry::Within(14))),
            (8, Some(Expiry::Within(14))),
            (7, Some(Expiry::Within(7))),
            (2, Some(Expiry::Within(7))),
            (1, Some(Expiry::Within(1))),
            (0, Some(Expiry::Within(1))),
            (-1, Some(Expiry::Over)),
        ] {
            assert_eq!(Expiry::of(days), ending, "{days}");
        }
        let urgent = [Some(Expiry::Within(7)), Some(Expiry::Within(1)), Some(Expiry::Over)];
        assert_eq!(urgent.map(|ending| ending.is_some_and(Expiry::is_urgent)), [false, true, true]);
    }

    #[test]
    fn a_day_is_left_when_all_of_it_is() {
        for (not_after, days) in [(2 * DAY, 2), (2 * DAY - 1, 1), (DAY - 1, 0), (0, 0), (-1, -1), (-DAY - 1, -2)] {
            assert_eq!(days_left(not_after, 0), days, "{not_after}");
        }
        let said = [2, 1, 0, -1, -2].map(says_days_left).join(", ");
        assert_eq!(said, "ends in 2 days, ends in 1 day, ends within a day, ended a day ago, ended 2 days ago");
    }

    #[test]
    fn a_certificate_that_is_over_is_of_no_concern_while_another_holds() {
        let clock = Clock::set_at(now());
        let old = TestCertificate::of("de-example").stored("de-example", "active");
        let new = TestCertificate::changed("de-example", |parameters| {
            crate::trust::own::set_validity(parameters, now(), now() + chrono::TimeDelta::days(700));
        });
        let (new, revoked) = (new.stored("de-example", "active"), new.stored("de-example", "revoked"));
        let found = |certificates: [&StoredCertificate; 2], clock: &Clock| {
            let near = ending_certificates(certificates, clock.unix_seconds());
            near.into_iter().map(|(certificate, ending)| (certificate.pin, ending)).collect::<Vec<_>>()
        };
        assert_eq!(found([&old, &new], &clock), []);
        clock.advance(Duration::from_hours(24 * 360));
        assert_eq!(found([&old, &new], &clock), [(old.pin, Expiry::Within(7))]);
        clock.advance(Duration::from_hours(24 * 10));
        assert_eq!(found([&old, &new], &clock), []);
        assert_eq!(found([&old, &revoked], &clock), [(old.pin, Expiry::Over)]);
    }
}
