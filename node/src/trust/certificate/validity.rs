//! When a certificate counts. Clocks of hotlines differ, so a day is granted at both ends.

/// A certificate counts a day before its beginning and after its end (seconds).
pub const VALIDITY_TOLERANCE_SECONDS: i64 = 24 * 3_600;

/// When a certificate is valid: seconds since 1970, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// From then on.
    pub not_before: i64,
    /// Until then.
    pub not_after: i64,
}

/// Where a time lies against a [`Validity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeliness {
    /// More than the tolerance before its beginning.
    NotYetValid,
    /// Within it, or within the tolerance of it.
    Valid,
    /// More than the tolerance after its end.
    Expired,
}

impl Validity {
    /// Where `now` (seconds since 1970) lies.
    #[must_use]
    pub const fn at(self, now: i64) -> Timeliness {
        if now > self.not_after.saturating_add(VALIDITY_TOLERANCE_SECONDS) {
            Timeliness::Expired
        } else if now < self.not_before.saturating_sub(VALIDITY_TOLERANCE_SECONDS) {
            Timeliness::NotYetValid
        } else {
            Timeliness::Valid
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_granted_at_both_ends() {
        let day = VALIDITY_TOLERANCE_SECONDS;
        let validity = Validity { not_before: 10 * day, not_after: 20 * day };
        for (now, timeliness) in [
            (9 * day - 1, Timeliness::NotYetValid),
            (9 * day, Timeliness::Valid),
            (21 * day, Timeliness::Valid),
            (21 * day + 1, Timeliness::Expired),
        ] {
            assert_eq!(validity.at(now), timeliness, "{now}");
        }
    }
}
