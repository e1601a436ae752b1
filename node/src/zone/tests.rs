use super::*;

fn zone(name: &str) -> Zone {
    name.parse().expect("a zone")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn seconds(time: &str) -> i64 {
    time.parse::<DateTime<Utc>>().expect("a time").timestamp()
}

#[test]
fn a_day_begins_when_the_houses_clock_first_shows_it() {
    for (name, of, begin, minutes) in [
        ("UTC", "2026-01-01", "2026-01-01T00:00:00Z", 1440),
        ("Europe/Paris", "2026-01-01", "2025-12-31T23:00:00Z", 1440),
        // The clocks change.
        ("Europe/Paris", "2026-03-29", "2026-03-28T23:00:00Z", 1380),
        ("Europe/Paris", "2026-10-25", "2026-10-24T22:00:00Z", 1500),
        ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z", 1440),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 1470),
        // Midnight does not exist: the clock goes from 23:59:59 to 01:00.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 1380),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", 1380),
        // Midnight exists twice: the clock goes from 01:00 back to 00:00.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 1500),
        // The clock goes from 24:00 back to 23:00 of the same day.
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", 1500),
        // The clock goes from 00:01 back to 23:01 of the day before; that day does not come back.
        ("America/St_Johns", "2010-11-06", "2010-11-06T02:30:00Z", 1440),
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", 1500),
        // The calendar skips a day.
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 1440),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 1440),
    ] {
        let (zone, of) = (zone(name), day(of));
        let (start, end) = (zone.day_start(of), zone.day_start(of.succ_opt().expect("a day")));
        assert_eq!(DateTime::from_timestamp(start, 0), DateTime::from_timestamp(seconds(begin), 0), "{name} {of}");
        assert_eq!(end - start, minutes * 60, "{name} {of}");
    }
}

#[test]
fn a_second_at_the_years_edge_is_of_the_houses_year() {
    for (name, time, year) in [
        ("UTC", "2025-12-31T23:30:00Z", 2025),
        ("Europe/Paris", "2025-12-31T23:30:00Z", 2026),
        ("Europe/Paris", "2025-12-31T22:59:59Z", 2025),
        ("America/Montreal", "2026-01-01T04:59:59Z", 2025),
        ("America/Montreal", "2026-01-01T05:00:00Z", 2026),
        ("Asia/Kathmandu", "2025-12-31T18:14:59Z", 2025),
        ("Asia/Kathmandu", "2025-12-31T18:15:00Z", 2026),
        ("Pacific/Kiritimati", "2025-12-31T10:00:00Z", 2026),
        ("Pacific/Pago_Pago", "2026-01-01T10:59:59Z", 2025),
        ("Pacific/Apia", "2011-12-30T09:59:59Z", 2011),
        ("America/New_York", "1970-01-01T00:00:00Z", 1969),
    ] {
        assert_eq!(zone(name).year_of(seconds(time)), year, "{name} {time}");
    }
}

#[test]
fn every_second_is_of_one_day_in_every_zone() {
    for zone in chrono_tz::TZ_VARIANTS.iter().copied().map(Zone) {
        for year in [1970, 1986, 1995, 2010, 2011, 2026] {
            let mut of = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
            let mut start = zone.day_start(of);
            while of.year() == year {
                let next = of.succ_opt().expect("a day");
                let end = zone.day_start(next);
                assert!(end >= start && end - start <= 48 * 3_600, "{zone} {of}");
                if end > start {
                    assert_eq!((zone.day_of(start), zone.day_of(end - 1)), (of, of), "{zone} {of}");
                }
                (of, start) = (next, end);
            }
        }
    }
}

#[test]
fn what_no_calendar_has_is_of_its_first_or_last_day() {
    for name in ["UTC", "Europe/Paris", "America/New_York", "Pacific/Kiritimati"] {
        let zone = zone(name);
        assert_eq!((zone.day_of(i64::MIN), zone.day_of(i64::MAX)), (NaiveDate::MIN, NaiveDate::MAX), "{name}");
        let ends = [NaiveDate::MIN, NaiveDate::MAX].map(|day| zone.day_start(day));
        assert!(ends[0] < *CALENDAR.start() && *CALENDAR.end() < ends[1], "{name}: {ends:?}");
        assert_eq!(zone.days_within(i64::MAX).collect::<Vec<_>>(), [NaiveDate::MAX], "{name}");
    }
}

#[test]
fn a_day_in_utc_has_seconds_of_two_or_three_of_the_houses_days() {
    let of = |name: &str, utc: &str| -> Vec<String> {
        let utc_day = seconds(&format!("{utc}T00:00:00Z")) / 86_400;
        zone(name).days_within(utc_day).map(|day| day.to_string()).collect()
    };
    assert_eq!(of("UTC", "2026-01-01"), ["2026-01-01"]);
    assert_eq!(of("Europe/Paris", "2025-12-31"), ["2025-12-31", "2026-01-01"]);
    assert_eq!(of("America/Montreal", "2026-01-01"), ["2025-12-31", "2026-01-01"]);
    assert_eq!(of("Pacific/Apia", "2011-12-30"), ["2011-12-29", "2011-12-30", "2011-12-31"]);
}

#[test]
fn a_time_is_shown_with_its_distance_from_utc() {
    let shown = |name: &str, time: &str| zone(name).shown(time.parse().expect("a time")).replace('\u{a0}', " ");
    assert_eq!(shown("UTC", "2025-12-31T23:30:00Z"), "2025-12-31 23:30:00 UTC");
    assert_eq!(shown("Europe/Paris", "2025-12-31T23:30:00Z"), "2026-01-01 00:30:00 +01:00");
    // The hour that comes twice.
    assert_eq!(shown("Europe/Paris", "2026-10-25T00:30:00Z"), "2026-10-25 02:30:00 +02:00");
    assert_eq!(shown("Europe/Paris", "2026-10-25T01:30:00Z"), "2026-10-25 02:30:00 +01:00");
}

#[test]
fn a_name_that_no_zone_has_is_refused_with_a_hint() {
    let refused = |name: &str| name.parse::<Zone>().expect_err(name);
    for (name, meant) in [
        ("Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("Europe/Pariss", "Europe/Paris"),
        ("Eurpe/Berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
        (" Europe/Rome", "Europe/Rome"),
    ] {
        let ZoneUnknown::Like(names) = refused(name) else { panic!("{name}: {}", refused(name)) };
        assert_eq!(names.first(), Some(&meant), "{name}");
        assert!(refused(name).to_string().contains(&format!("\"{meant}\"")), "{name}");
    }
    for name in ["CET", "EST", "MST7MDT", "UTC+1", "+01:00", "GMT+0200", "Etc/GMT-1", "EST5EDT"] {
        assert_eq!(refused(name), ZoneUnknown::OnlyAnOffset, "{name}");
    }
    for name in ["", "France", &"x".repeat(100_000), "Europe/\u{0}"] {
        assert_eq!(refused(name), ZoneUnknown::NotAName, "{name}");
    }
    for name in ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Asia/Kathmandu", "Pacific/Apia"] {
        assert_eq!(zone(name).to_string(), name);
    }
}
