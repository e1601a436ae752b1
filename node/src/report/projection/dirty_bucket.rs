//! Buckets of figures counted ahead of a request: every change of a row marks the bucket that must be counted anew.
//! Pure.

use chrono::{DateTime, Datelike as _};
use hotline_protocol::id::ReportId;

use super::fact::Fact;
use crate::report::model::Report;

/// Seconds of a day; nobody counts leap seconds here.
const DAY: i64 = 86_400;
/// No clock is further from UTC than this.
const FURTHEST_ZONE: i64 = 16 * 3_600;
/// Room for the days of every kind.
const KIND: i64 = 1 << 32;

/// The subject of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// Offers between this hotline and others, by the day of the offer.
    Offers,
    /// This hotline's own reports, by the day of their arrival.
    Reports,
    /// Everything that all logs publish, by the day when the origin gave the report its id.
    Federation,
    /// The yearly figures, by the calendar year in the zone of the house.
    Years,
}

/// A bucket: the things counted together, and their day or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket {
    /// The subject of the count.
    pub counted: Counted,
    /// Days since 1970, or the year. Stale days are marked in UTC, regardless of the present or later zone of the
    /// house. Counts stand under the days of that zone, but the federation's under those in UTC.
    pub at: i64,
}

impl Counted {
    /// All, in the order of the new count.
    pub const ALL: [Self; 4] = [Self::Offers, Self::Reports, Self::Federation, Self::Years];

    const fn number(self) -> i64 {
        match self {
            Self::Offers => 1,
            Self::Reports => 2,
            Self::Federation => 3,
            Self::Years => 4,
        }
    }

    /// The stored numbers of its buckets: the first, and the one after the last.
    #[must_use]
    pub const fn range(self) -> (i64, i64) {
        (self.number() * KIND, (self.number() + 1) * KIND)
    }
}

impl Bucket {
    /// The day of a time in seconds since 1970. A time outside the calendar stands with the first or last day.
    #[must_use]
    pub fn of_seconds(counted: Counted, seconds: i64) -> Self {
        Self { counted, at: seconds.div_euclid(DAY).clamp(0, KIND - 1) }
    }

    /// As it is stored.
    #[must_use]
    pub const fn to_stored(self) -> i64 {
        self.counted.number() * KIND + self.at
    }

    /// As it was stored.
    #[must_use]
    pub fn of_stored(stored: i64) -> Option<Self> {
        let counted = Counted::ALL.into_iter().find(|counted| counted.number() == stored.div_euclid(KIND))?;
        Some(Self { counted, at: stored.rem_euclid(KIND) })
    }
}

/// When an id was made, seconds since 1970: a UUIDv7 begins with milliseconds.
#[must_use]
pub fn id_seconds(id: &ReportId) -> i64 {
    i64::try_from(id.rid.as_u128() >> 80).unwrap_or(0) / 1_000
}

/// Returns the possible calendar years of a time in seconds since 1970, in any zone: two near a year's edge.
fn years_of(seconds: i64) -> impl Iterator<Item = Bucket> {
    let year = |seconds| DateTime::from_timestamp(seconds, 0).map_or(1970, |at| i64::from(at.year()).max(0));
    let years = year(seconds.saturating_sub(FURTHEST_ZONE))..=year(seconds.saturating_add(FURTHEST_ZONE));
    years.map(|at| Bucket { counted: Counted::Years, at })
}

/// Returns the year of this hotline's notice to the hoster: its notices count there, regardless of the time of the
/// report's arrival.
pub(super) fn buckets_of_notice(fact: &Fact) -> impl Iterator<Item = Bucket> + use<> {
    fact.own_isp_at.into_iter().flat_map(years_of)
}

/// Returns the buckets that count a report.
pub(super) fn buckets_of(report: &Report) -> impl Iterator<Item = Bucket> {
    let received = report.received_at.div_euclid(1_000_000);
    let day = Bucket::of_seconds(Counted::Reports, received);
    let ours = report.number.map(|_| std::iter::once(day).chain(years_of(received)));
    // A notice tells the outcome of the report, and the report's row holds it.
    let notice = report.noticed_at.into_iter().flat_map(years_of);
    // Also of a report that is not published: its create may have been left behind.
    ours.into_iter().flatten().chain(notice).chain([Bucket::of_seconds(Counted::Federation, id_seconds(&report.id))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_read_as_it_was_stored() {
        for counted in Counted::ALL {
            for seconds in [0, 86_399, 86_400, 1_700_000_000, i64::MAX] {
                let bucket = Bucket::of_seconds(counted, seconds);
                let (first, end) = counted.range();
                assert!((first..end).contains(&bucket.to_stored()));
                assert_eq!(Bucket::of_stored(bucket.to_stored()), Some(bucket));
            }
        }
        assert_eq!(Bucket::of_stored(7), None);
    }

    #[test]
    fn a_report_counts_on_the_day_it_came_and_in_the_federation_on_the_day_of_its_id() {
        let id: ReportId = "fr-a/018d0000-0000-774b-bcce-b302099a8057".parse().expect("an id");
        assert_eq!(id_seconds(&id), 0x018d_0000_0000 / 1_000);
        let mut report = Report::unknown(1, id, 1_546_300_799_999_999);
        assert_eq!(buckets_of(&report).count(), 1);
        report.number = Some(crate::report::number::Number { year: 2018, count: 1 });
        report.noticed_at = Some(1_600_000_000);
        let shown: Vec<_> = buckets_of(&report).map(|bucket| (bucket.counted, bucket.at)).collect();
        let day = |seconds: i64| seconds / 86_400;
        assert_eq!(
            shown,
            [
                (Counted::Reports, day(1_546_300_799)),
                (Counted::Years, 2018),
                (Counted::Years, 2019),
                (Counted::Years, 2020),
                (Counted::Federation, day(0x018d_0000_0000 / 1_000))
            ]
        );
    }
}
