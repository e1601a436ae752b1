//! Reports come in: the fixtures' rows, imported in batches while the nodes serve.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use super::federation::Member;
use super::nation::{Reports, SHARES};
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::console::acting_user;
use crate::cli::console::exit::CliError;
use crate::intake::csv::file::{ImportReader, Reading, Scope};
use crate::intake::csv::row::ImportRow;
use crate::intake::{ImportResult, import_rows};
use crate::routing::Locator;

/// Rows in one transaction: small enough that other commands get their turn.
const BATCH: usize = 100;

/// How far the intake is.
pub(super) struct Progress {
    /// Reports to take in.
    pub total: u64,
    taken: AtomicU64,
}

impl Progress {
    pub(super) const fn of(total: u64) -> Self {
        Self { total, taken: AtomicU64::new(0) }
    }

    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.taken() == self.total
    }
}

/// Takes in `count` reports, at all hotlines at once that have some.
pub(super) async fn take_in_all(members: &[Member], count: u32, progress: &Progress) -> Result<(), CliError> {
    let mut left = count;
    let mut imports = Vec::new();
    let reporting: Vec<(&Member, &Reports)> =
        members.iter().filter_map(|member| Some((member, member.nation.reports.as_ref()?))).collect();
    for (place, (member, reports)) in reporting.iter().enumerate() {
        // The last one takes the remainder of rounding.
        let share = if place + 1 == reporting.len() { left } else { share(count, reports.share) };
        left -= share;
        imports.push(take_in(member, read_rows(reports.file, share as usize)?, progress));
    }
    futures_util::future::try_join_all(imports).await?;
    Ok(())
}

fn share(count: u32, share: u32) -> u32 {
    let part = u64::from(count) * u64::from(share) / u64::from(SHARES);
    u32::try_from(part).expect("a part is no more than the whole")
}

/// The reports inside the program are of no clock's past or future.
const fn reading() -> Reading {
    Reading::new(Scope::Present, DateTime::<Utc>::MAX_UTC)
}

/// The first `count` rows; where the file has fewer they come again, under references of their own.
fn read_rows(file: &'static [u8], count: usize) -> Result<Vec<ImportRow>, CliError> {
    let mut rows = Vec::with_capacity(count);
    let mut round = 1;
    while rows.len() < count {
        let faulty = || CliError::refused("the reports inside the program cannot be read");
        let reader = ImportReader::open(file, reading()).map_err(|_| faulty())?;
        for row in reader.take(count - rows.len()) {
            let mut row = row.map_err(|_| faulty())?;
            if round > 1 {
                row.reference = format!("{}-{round}", row.reference);
            }
            rows.push(row);
        }
        round += 1;
    }
    Ok(rows)
}

async fn take_in(member: &Member, rows: Vec<ImportRow>, progress: &Progress) -> Result<(), CliError> {
    let context = &member.context;
    let mut rows = rows.into_iter();
    let mut result = ImportResult::default();
    loop {
        let batch: Vec<ImportRow> = rows.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let locator = Locator::new(context, Arc::clone(&member.geolocator), &member.config.routing).await?;
        let before = result.taken;
        import_rows(context, &locator, batch, &mut result).await?;
        if !result.faulty.is_empty() || result.known > 0 {
            return Err(CliError::refused(format!("{}: reports inside the program were not taken", member.id)));
        }
        progress.taken.fetch_add(result.taken - before, Ordering::Relaxed);
    }
    let write = context.database.write("import_reports").await?;
    let (who, what) = (acting_user(), format!("{} reports", result.taken));
    record_act(&write, &context.clock, Act { who: &who, act: "import_reports", what, origin: ActOrigin::Cli }).await?;
    write.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::cli::demo::nation::NATIONS;

    #[test]
    fn the_shares_are_those_of_the_files() {
        let reports: Vec<&Reports> = NATIONS.iter().filter_map(|nation| nation.reports.as_ref()).collect();
        assert_eq!(reports.iter().map(|reports| reports.share).sum::<u32>(), SHARES);
        for reports in reports {
            let rows = ImportReader::open(reports.file, reading()).expect("opens").count();
            assert_eq!(rows, reports.share as usize);
        }
    }

    #[test]
    fn more_rows_than_the_file_has_get_references_of_their_own() {
        let file = NATIONS[1].reports.as_ref().expect("NL has reports").file;
        let rows = read_rows(file, 2_500).expect("are read");
        let references: HashSet<&str> = rows.iter().map(|row| row.reference.as_str()).collect();
        assert_eq!((rows.len(), references.len()), (2_500, 2_500));
    }
}
