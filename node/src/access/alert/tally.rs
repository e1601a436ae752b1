//! One alert about many things of a kind: the entries of one author must not fill the list that people read.

use super::model::{Alert, Cause, Details};
use super::{AlertKind, raise, repository};
use crate::clock::Clock;
use crate::storage::{StorageError, Write};

/// So many are named: a line can be read.
const NAMED_LIMIT: usize = 10;

/// How many there are, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    count: usize,
    named: Vec<String>,
}

impl Tally {
    /// Of these.
    #[must_use]
    pub fn of(names: impl IntoIterator<Item = String>) -> Self {
        let mut tally = Self { count: 0, named: Vec::new() };
        for name in names {
            tally.count += 1;
            if tally.named.len() < NAMED_LIMIT {
                tally.named.push(name);
            }
        }
        tally
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Those that are named.
    #[must_use]
    pub fn shown(&self) -> String {
        let more = if self.count > self.named.len() { ", …" } else { "" };
        format!("{}{more}", self.named.join(", "))
    }

    fn of_details(details: &Details) -> Option<Self> {
        let count = details.get("count")?.parse().ok()?;
        let named = details.get("reports")?.trim_end_matches(", …").split(", ").map(str::to_owned).collect();
        Some(Self { count, named })
    }

    fn and(self, later: Self) -> Self {
        let named = self.named.into_iter().chain(later.named).take(NAMED_LIMIT).collect();
        Self { count: self.count.saturating_add(later.count), named }
    }
}

/// Raises one alert about all of `new`, in the caller's transaction. While one of this kind about this subject is open,
/// that one tells of all together. `tell` gives the text, with details of its own.
pub async fn raise_tally(
    write: &Write<'_>,
    clock: &Clock,
    (kind, subject): (AlertKind, &str),
    new: Tally,
    tell: impl Fn(&Tally) -> Cause,
) -> Result<(), StorageError> {
    let open = repository::open_about(write, kind, subject).await?;
    let before = open.as_ref().and_then(|alert: &Alert| Tally::of_details(&alert.details));
    let tally = before.map_or_else(|| new.clone(), |before| before.and(new.clone()));
    let cause = tell(&tally).with("count", tally.count()).with("reports", tally.shown());
    match open {
        Some(alert) => repository::retell(write, alert.id, &cause).await,
        None => raise(write, clock, Cause { kind, subject: subject.to_owned(), ..cause }).await.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(numbers: std::ops::Range<u32>) -> Tally {
        Tally::of(numbers.map(|number| format!("FR-2026-{number:07}")))
    }

    #[test]
    fn ten_are_named_and_all_are_counted_however_they_came() {
        for cuts in [&[25][..], &[3, 25], &[10, 25], &[1, 2, 25]] {
            let mut tally: Option<Tally> = None;
            for (place, end) in cuts.iter().enumerate() {
                let new = names(if place == 0 { 0 } else { cuts[place - 1] }..*end);
                let cause = |tally: &Tally| {
                    Cause::new(AlertKind::WorkTakenAway, "de-a", "")
                        .with("count", tally.count())
                        .with("reports", tally.shown())
                };
                // As it is read back from the alert.
                let before = tally.and_then(|tally| Tally::of_details(&cause(&tally).details));
                tally = Some(before.map_or(new.clone(), |before| before.and(new)));
            }
            let tally = tally.expect("some");
            assert_eq!(tally.count(), 25);
            assert_eq!(tally.shown(), format!("{}, …", names(0..10).shown()));
        }
        assert_eq!(names(0..2).shown(), "FR-2026-0000000, FR-2026-0000001");
    }
}
