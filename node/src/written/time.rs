//! Times and days.

use chrono::{DateTime, Duration, NaiveDate, SubsecRound as _, Utc};
use thiserror::Error;

/// The difference between two clocks that is no fault, in seconds.
pub const CLOCK_SLACK_SECONDS: i64 = 60;

/// The last second of the year 9999; no figure counts beyond it.
const LATEST: i64 = 253_402_300_799;

/// Reason why a text is not taken as a time, in a sentence that tells the right form and repeats nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's sentence says it")]
pub enum TimeRefused {
    #[error("a time is expected as RFC 3339 has it (such as 2018-05-04T09:30:00Z)")]
    Malformed,
    #[error("a day without its hour; write hour and zone too (such as 2018-05-04T09:30:00Z)")]
    HourMissing,
    #[error("a time without its zone; add Z where it is UTC, else the offset (such as 2018-05-04T09:30:00+02:00)")]
    ZoneMissing,
    #[error("the name of a zone can mean several offsets; write the offset (such as 2018-05-04T09:30:00+02:00)")]
    ZoneNamed,
    #[error("day and month can be taken for each other, and the zone is missing; write 2018-05-04T09:30:00Z")]
    DayOrMonth,
    #[error("a number that a program counts time by; write the time (such as 2018-05-04T09:30:00Z)")]
    Number,
    #[error("the calendar has no such day, or the clock no such time or offset")]
    NotInCalendar,
    #[error("before 1970, which no report can hold")]
    Before1970,
    #[error("in the future; look at the year, the zone, and this machine's clock")]
    Future,
}

/// Why a text is not taken as a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's sentence says it")]
pub enum DayRefused {
    #[error("a day is expected as year, month and day (such as 2018-05-04)")]
    Malformed,
    #[error("day and month can be taken for each other; write year, month and day (such as 2018-05-04)")]
    DayOrMonth,
    #[error("a day alone is expected, without an hour (such as 2018-05-04)")]
    HourGiven,
    #[error("the calendar has no such day")]
    NotInCalendar,
}

/// Reads a time that has passed: since 1970, and not after `now` but for the difference between two clocks.
pub fn moment(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, TimeRefused> {
    let time = time(text)?;
    not_in_future(time.timestamp(), now.timestamp())?;
    Ok(time)
}

/// Refuses a time that is still to come. Both in seconds since 1970.
pub const fn not_in_future(time: i64, now: i64) -> Result<(), TimeRefused> {
    if time > now.saturating_add(CLOCK_SLACK_SECONDS) { Err(TimeRefused::Future) } else { Ok(()) }
}

/// Reads a time since 1970, cut to the microseconds that both databases keep. Takes RFC 3339 and the unambiguous forms
/// of other programs: a space for the `T`, an offset of hours alone (`+00`) or without its colon (`+0000`), `UTC` and
/// `GMT`, a decimal comma, no seconds.
pub fn time(text: &str) -> Result<DateTime<Utc>, TimeRefused> {
    let text = text.trim();
    let mut scan = Scan(text);
    let Some([year, month, date]) = scan.day() else { return Err(of_other(text)) };
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(0), month, date);
    let day = day.ok_or(TimeRefused::NotInCalendar)?;
    if scan.0.is_empty() {
        return Err(TimeRefused::HourMissing);
    }
    if scan.any("Tt ").is_none() {
        return Err(TimeRefused::Malformed);
    }
    let (hour, minute, second, micros) = scan.clock().ok_or(TimeRefused::Malformed)?;
    scan.any(" ");
    let offset = scan.offset()?;
    // A leap second is the second after the last of the minute, as POSIX counts.
    let is_leap = second == 60;
    let local = day.and_hms_micro_opt(hour, minute, if is_leap { 59 } else { second }, micros);
    let local = local.ok_or(TimeRefused::NotInCalendar)?;
    let shift = Duration::seconds(i64::from(is_leap) - offset);
    let time = local.checked_add_signed(shift).ok_or(TimeRefused::NotInCalendar)?.and_utc().trunc_subsecs(6);
    if is_leap && time.timestamp().rem_euclid(86_400) != 0 {
        return Err(TimeRefused::NotInCalendar);
    }
    match time.timestamp() {
        ..0 => Err(TimeRefused::Before1970),
        0..=LATEST => Ok(time),
        _ => Err(TimeRefused::NotInCalendar),
    }
}

/// Reads a day: year, month and day.
pub fn day(text: &str) -> Result<NaiveDate, DayRefused> {
    let text = text.trim();
    let mut scan = Scan(text);
    let Some([year, month, date]) = scan.day() else {
        let is_numeric = of_other(text) == TimeRefused::DayOrMonth;
        return Err(if is_numeric { DayRefused::DayOrMonth } else { DayRefused::Malformed });
    };
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(0), month, date);
    match (day, scan.0) {
        (None, _) => Err(DayRefused::NotInCalendar),
        (Some(day), "") => Ok(day),
        (Some(_), rest) if rest.starts_with(['T', 't', ' ']) => Err(DayRefused::HourGiven),
        _ => Err(DayRefused::Malformed),
    }
}

/// Returns the reason for refusing a text that does not begin with year, month and day.
fn of_other(text: &str) -> TimeRefused {
    let mut scan = Scan(text);
    let parts = [scan.number(), scan.any("/.-"), scan.number(), scan.any("/.-"), scan.number()];
    // A year in the first place leaves no doubt, it is only not written as it should be.
    let [Some(first), rest @ ..] = parts else { return TimeRefused::Malformed };
    if first <= 31 && rest.iter().all(Option::is_some) {
        return TimeRefused::DayOrMonth;
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | 'E' | 'e' | '+'));
    if is_number { TimeRefused::Number } else { TimeRefused::Malformed }
}

/// The rest to be read.
struct Scan<'t>(&'t str);

impl Scan<'_> {
    /// So many digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let value = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        self.0 = rest;
        Some(value)
    }

    /// One to four digits.
    fn number(&mut self) -> Option<u32> {
        let count = self.0.bytes().take(4).take_while(u8::is_ascii_digit).count();
        if count == 0 { None } else { self.digits(count) }
    }

    /// One of some characters.
    fn any(&mut self, characters: &str) -> Option<u32> {
        let first = self.0.chars().next().filter(|first| characters.contains(*first))?;
        self.0 = &self.0[first.len_utf8()..];
        Some(first.into())
    }

    fn day(&mut self) -> Option<[u32; 3]> {
        let year = self.digits(4)?;
        self.any("-")?;
        let month = self.digits(2)?;
        self.any("-")?;
        Some([year, month, self.digits(2)?])
    }

    /// Hour, minute, second, microsecond.
    fn clock(&mut self) -> Option<(u32, u32, u32, u32)> {
        let hour = self.digits(2)?;
        self.any(":")?;
        let minute = self.digits(2)?;
        if self.any(":").is_none() {
            return Some((hour, minute, 0, 0));
        }
        let second = self.digits(2)?;
        if self.any(".,").is_none() {
            return Some((hour, minute, second, 0));
        }
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|(digits, _)| !digits.is_empty())?;
        self.0 = rest;
        let micros = digits.bytes().chain([b'0'; 6]).take(6).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        Some((hour, minute, second, micros))
    }

    /// The offset from UTC to the text's end, in seconds.
    fn offset(&mut self) -> Result<i64, TimeRefused> {
        let text = self.0;
        if text.is_empty() {
            return Err(TimeRefused::ZoneMissing);
        }
        if ["Z", "UTC", "GMT"].iter().any(|zone| zone.eq_ignore_ascii_case(text)) {
            return Ok(0);
        }
        // RFC 3339 has the hyphen alone; ISO 8601 prefers the true minus sign.
        let Some(sign) = self.any("+-\u{2212}") else {
            let is_name = text.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '_'));
            return Err(if is_name { TimeRefused::ZoneNamed } else { TimeRefused::Malformed });
        };
        let hours = self.digits(2).ok_or(TimeRefused::Malformed)?;
        let minutes = if self.0.is_empty() {
            0
        } else {
            self.any(":");
            self.digits(2).ok_or(TimeRefused::Malformed)?
        };
        if !self.0.is_empty() {
            return Err(TimeRefused::Malformed);
        }
        if hours > 23 || minutes > 59 {
            return Err(TimeRefused::NotInCalendar);
        }
        let seconds = i64::from(hours * 3_600 + minutes * 60);
        Ok(if sign == u32::from('+') { seconds } else { -seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_write_without_ambiguity_is_the_same_time() {
        for text in [
            "2018-05-04T09:30:00Z",
            "2018-05-04t09:30:00z",
            "2018-05-04 09:30:00+00",
            "2018-05-04 09:30:00+00:00",
            "2018-05-04 09:30:00.000000+00:00",
            "2018-05-04T09:30:00+0000",
            "2018-05-04 09:30:00 +0000",
            "2018-05-04 09:30:00 UTC",
            "2018-05-04 09:30:00 GMT",
            "2018-05-04T09:30Z",
            "2018-05-04T09:30:00,000Z",
            "2018-05-04T11:30:00+02",
            "2018-05-04T05:00:00-04:30",
            "2018-05-04T05:00:00\u{2212}0430",
            "2018-05-04T09:30:00-00:00",
            " 2018-05-04T09:30:00Z ",
        ] {
            assert_eq!(time(text).map(|time| time.timestamp_micros()), Ok(1_525_426_200_000_000), "{text}");
        }
        assert_eq!(time("2018-05-04T09:30:00.1234567Z").map(|time| time.timestamp_subsec_micros()), Ok(123_456));
        assert_eq!(time("2016-12-31T23:59:60Z").map(|time| time.timestamp()), Ok(1_483_228_800));
        assert_eq!(time("1970-01-01T00:00:00Z").map(|time| time.timestamp()), Ok(0));
    }

    #[test]
    fn what_can_be_read_in_two_ways_or_cannot_be_is_refused_by_its_kind() {
        use TimeRefused as T;
        for (text, refused) in [
            ("2018-05-04", T::HourMissing),
            ("2018-05-04 09:30:00", T::ZoneMissing),
            ("2018-05-04T09:30", T::ZoneMissing),
            ("2018-05-04 09:30:00 CET", T::ZoneNamed),
            ("2018-05-04 09:30:00 Europe/Paris", T::ZoneNamed),
            ("05/11/2026 10:00", T::DayOrMonth),
            ("5.11.2026 10:00", T::DayOrMonth),
            ("05-11-26", T::DayOrMonth),
            ("43224.3958333", T::Number),
            ("43224,3958333", T::Number),
            ("1525426200", T::Number),
            ("1.52543E+09", T::Number),
            ("2018-02-30T09:30:00Z", T::NotInCalendar),
            ("2018-05-04T24:00:00Z", T::NotInCalendar),
            ("2018-05-04T09:60:00Z", T::NotInCalendar),
            ("2018-05-04T09:30:60Z", T::NotInCalendar),
            ("2018-05-04T09:30:00+24:00", T::NotInCalendar),
            ("1969-12-31T23:59:59Z", T::Before1970),
            ("1970-01-01T00:30:00+01:00", T::Before1970),
            ("0001-01-01T00:00:00Z", T::Before1970),
            ("9999-12-31T23:59:59-10:00", T::NotInCalendar),
            ("yesterday", T::Malformed),
            ("2018-5-4T09:30:00Z", T::Malformed),
            ("2018/05/04 09:30:00", T::Malformed),
            ("2018-05-04_09:30:00Z", T::Malformed),
            ("2018-05-04T09:30:00+1", T::Malformed),
            ("2018-05-04T09:30:00.Z", T::Malformed),
            ("2018-05-04T09:30:00Z2", T::Malformed),
            ("+2018-05-04T09:30:00Z", T::Malformed),
            ("", T::Malformed),
        ] {
            assert_eq!(time(text), Err(refused), "{text}");
        }
    }

    #[test]
    fn a_moment_is_past_but_for_the_difference_between_two_clocks() {
        let now = time("2026-11-05T10:00:00Z").expect("a time");
        assert!(moment("2026-11-05T10:01:00Z", now).is_ok());
        assert_eq!(moment("2026-11-05T10:01:01Z", now), Err(TimeRefused::Future));
        assert_eq!(moment("9999-12-31T23:59:59Z", now), Err(TimeRefused::Future));
    }

    #[test]
    fn a_day_is_year_month_and_day() {
        assert_eq!(day("2018-05-04"), Ok(NaiveDate::from_ymd_opt(2018, 5, 4).expect("a day")));
        for (text, refused) in [
            ("04/05/2018", DayRefused::DayOrMonth),
            ("2018-05-04T00:00:00Z", DayRefused::HourGiven),
            ("2018-05-04 00:00", DayRefused::HourGiven),
            ("2018-02-29", DayRefused::NotInCalendar),
            ("2018-W18-5", DayRefused::Malformed),
            ("today", DayRefused::Malformed),
        ] {
            assert_eq!(day(text), Err(refused), "{text}");
        }
    }

    #[test]
    fn every_sentence_says_what_to_write_or_what_is_wrong_and_repeats_nothing() {
        for text in ["05/11/2026 10:00", "2018-05-04", "secret", "43224"] {
            let sentence = time(text).expect_err("refused").to_string();
            assert!(sentence.contains("2018-05-04T09:30:00") && (text == "2018-05-04" || !sentence.contains(text)));
        }
    }
}
