//! The basis of counts: the zone of the house, and the rules.
//!
//! Figures counted ahead are kept, and a page must never add up days of two zones, or years of two rules. So the basis
//! is compared before a node begins to work. Figures counted by another zone or by older rules are taken away, and the
//! same transaction marks them to be counted from the rows.

use super::rollup_repository::count_from_the_rows;
use crate::context::Context;
use crate::report::projection::Counted;
use crate::storage::{StorageError, leave_setting, read_setting};
use crate::zone::Zone;

/// The setting with the basis of the counted days and years.
const SETTING: &str = "counted-by";
/// Rises whenever days are counted by other rules, or kept in another form.
const RULES_OF_DAYS: u32 = 1;
/// Rises whenever years are. 1: medians by their lower half; 2: by whole halves, and a removal before its clock's start
/// in no median.
const RULES_OF_YEARS: u32 = 2;

/// The basis of counts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Basis {
    days: u32,
    years: u32,
    /// The zone's name: one that this version does not know is another.
    zone: String,
}

impl Basis {
    /// As this version counts.
    fn present(zone: Zone) -> Self {
        Self { days: RULES_OF_DAYS, years: RULES_OF_YEARS, zone: zone.name().to_owned() }
    }

    /// The basis of figures counted before any basis was noted.
    fn first() -> Self {
        Self { days: 1, years: 1, zone: Zone::UTC.name().to_owned() }
    }

    fn of_text(text: &str) -> Option<Self> {
        let [days, years, zone] = text.splitn(3, ' ').collect::<Vec<_>>().try_into().ok()?;
        Some(Self { days: days.parse().ok()?, years: years.parse().ok()?, zone: zone.to_owned() })
    }

    fn text(&self) -> String {
        format!("{} {} {}", self.days, self.years, self.zone)
    }

    /// The figures that must be counted anew where they were counted by another basis. The federation's days are in UTC
    /// in every house.
    fn counts_anew(&self, before: &Self) -> Vec<Counted> {
        let is_zone = self.zone != before.zone;
        let is_anew = |counted: &Counted| match counted {
            Counted::Offers | Counted::Reports => is_zone || self.days != before.days,
            Counted::Federation => self.days != before.days,
            Counted::Years => is_zone || self.years != before.years,
        };
        Counted::ALL.into_iter().filter(is_anew).collect()
    }
}

/// Takes away figures counted by another zone or by older rules, and marks them to be counted anew. For the start of a
/// node, before anything is read of it.
pub async fn count_anew_where_changed(context: &Context) -> Result<(), StorageError> {
    let stored = read_setting(context.database.read(), SETTING).await?;
    let before = stored.as_deref().and_then(Basis::of_text).unwrap_or_else(Basis::first);
    let present = Basis::present(context.zone);
    if stored.as_deref() == Some(&present.text()) {
        return Ok(());
    }
    let write = context.database.write("count_anew").await?;
    for counted in present.counts_anew(&before) {
        count_from_the_rows(&write, counted).await?;
    }
    leave_setting(&write, SETTING, &present.text()).await?;
    write.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_zone_has_all_but_the_federation_counted_anew_and_other_rules_what_they_concern() {
        let basis = |days, years, zone: &str| Basis { days, years, zone: zone.to_owned() };
        let present = basis(1, 2, "Europe/Paris");
        let [offers, reports, federation, years] = Counted::ALL;
        for (before, expected) in [
            (basis(1, 2, "Europe/Paris"), vec![]),
            (basis(1, 1, "Europe/Paris"), vec![years]),
            (basis(2, 2, "Europe/Paris"), vec![offers, reports, federation]),
            (basis(1, 2, "UTC"), vec![offers, reports, years]),
            (basis(1, 2, "Europe/Berlin"), vec![offers, reports, years]),
        ] {
            assert_eq!(present.counts_anew(&before), expected, "{before:?}");
            assert_eq!(Basis::of_text(&before.text()), Some(before));
        }
        assert_eq!(Basis::of_text("1 2"), None);
        assert_eq!(Basis::first().counts_anew(&basis(1, 1, "UTC")), []);
    }
}
