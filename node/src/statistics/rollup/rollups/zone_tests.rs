//! Figures by the zone of the house, and the effects of a changed zone or of changed rules on counted figures.

use chrono::NaiveDate;

use super::tests::{context, days, take_in};
use super::*;
use crate::clock::Clock;
use crate::statistics::count::statistics;
use crate::statistics::rollup::basis::count_anew_where_changed;
use crate::statistics::rollup::refresh::{Span, refresh};
use crate::storage::{leave_setting, read_setting};
use crate::zone::Zone;

/// The same house, elsewhere.
async fn moved(context: &Context, zone: &str) -> (Context, Rollups) {
    let context = Context { zone: zone.parse().expect("a zone"), ..context.clone() };
    count_anew_where_changed(&context).await.expect("compared");
    (context.clone(), Rollups::new(context))
}

/// The same house at another time.
fn at(context: &Context, time: &str) -> Context {
    Context { clock: Clock::set_at(time.parse().expect("a time")), ..context.clone() }
}

async fn count_all(context: &Context) {
    for span in [Span::Days, Span::Years] {
        assert_eq!(refresh(context, span, 0, 100).await.expect("counted").next, None);
    }
}

/// The counts of a day in rollups: own reports, offers, and reports of the federation.
async fn of_day(rollups: &Rollups, day: &str) -> (u64, u64, u64) {
    let filter = days(day, day);
    let volumes = rollups.volumes(&filter).await.expect("read");
    let (world, all) = (rollups.world(&filter).await.expect("read"), rollups.federation(&filter).await.expect("read"));
    (world.all.reports, volumes.sent.counts.offered, all.all.published)
}

async fn of_year(context: &Context, rollups: &Rollups, year: u16) -> u64 {
    let counted = rollups.year(year).await.expect("read").expect("a year").figures;
    let exact = statistics(context, Period::year(year).expect("a year"), None).await.expect("counted");
    assert_eq!((counted.reported, &counted.series), (exact.reported, &exact.series), "{year}");
    assert_eq!(counted.time_zone, context.zone);
    exact.reported
}

#[tokio::test]
async fn a_change_of_the_zone_counts_days_and_years_anew_and_mixes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let in_utc = at(&context(folder.path()).await, "2025-12-31T23:30:00Z");
    take_in(&in_utc, &[Some("nl-example"), None]).await;
    let (eve, new_year) = ("2025-12-31", "2026-01-01");
    for (zone, on_eve, on_new_year, years) in [
        ("UTC", (2, 1, 2), (0, 0, 0), [2, 0]),
        ("Europe/Paris", (0, 0, 2), (2, 1, 0), [0, 2]),
        ("America/Montreal", (2, 1, 2), (0, 0, 0), [2, 0]),
        ("Asia/Kathmandu", (0, 0, 2), (2, 1, 0), [0, 2]),
        ("UTC", (2, 1, 2), (0, 0, 0), [2, 0]),
    ] {
        let (context, rollups) = moved(&in_utc, zone).await;
        assert_eq!(of_day(&rollups, eve).await.0 + of_day(&rollups, new_year).await.0, 0, "{zone}: not yet counted");
        count_all(&context).await;
        assert_eq!(of_day(&rollups, eve).await, on_eve, "{zone}");
        assert_eq!(of_day(&rollups, new_year).await, on_new_year, "{zone}");
        let counted = [of_year(&context, &rollups, 2025).await, of_year(&context, &rollups, 2026).await];
        assert_eq!(counted, years, "{zone}");
        let (_, again) = moved(&in_utc, zone).await;
        assert_eq!(of_day(&again, eve).await, on_eve, "{zone}: a start without a change keeps what was counted");
    }
}

#[tokio::test]
async fn every_report_of_a_year_counts_once_in_days_of_any_length() {
    let folder = tempfile::tempdir().expect("a folder");
    let house = context(folder.path()).await;
    for time in ["2026-03-28T22:59:59Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z", "2026-10-25T22:59:59Z"] {
        take_in(&at(&house, time), &[Some("nl-example")]).await;
    }
    let (context, rollups) = moved(&house, "Europe/Paris").await;
    count_all(&context).await;
    for (day, n) in [("2026-03-28", 1), ("2026-03-29", 1), ("2026-03-30", 1), ("2026-10-25", 1), ("2026-10-26", 0)] {
        let (reports, offers, _) = of_day(&rollups, day).await;
        assert_eq!((reports, offers), (n, n), "{day}");
        let day: NaiveDate = day.parse().expect("a day");
        let exact = statistics(&context, Period { from: day, to: day }, None).await.expect("counted");
        assert_eq!(exact.reported, n, "{day}");
    }
    assert_eq!(of_year(&context, &rollups, 2026).await, 4);
}

#[tokio::test]
async fn years_that_older_rules_counted_are_counted_anew_and_days_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = context(folder.path()).await;
    let (context, _) = moved(&context, "UTC").await;
    take_in(&context, &[None]).await;
    count_all(&context).await;
    let present = read_setting(context.database.read(), "counted-by").await.expect("read");
    let write = context.database.write("test").await.expect("a turn");
    leave_setting(&write, "counted-by", "1 1 UTC").await.expect("left");
    write.commit().await.expect("committed");
    let (context, rollups) = moved(&context, "UTC").await;
    assert_eq!(read_setting(context.database.read(), "counted-by").await.expect("read"), present);
    assert_eq!(of_day(&rollups, "2026-03-02").await.0, 1, "days are by the same rules");
    let year = rollups.year(2026).await.expect("read").expect("a year");
    assert!(year.fresh.counted_at.is_none() && year.fresh.waiting > 0, "{:?}", year.fresh);
    count_all(&context).await;
    let year = rollups.year(2026).await.expect("read").expect("a year");
    assert!(year.fresh.counted_at.is_some() && year.fresh.waiting == 0, "{:?}", year.fresh);
    assert_eq!(year.figures.time_zone, Zone::UTC);
}
