//! The reports concerned where a log continued in a new epoch, with their entries that count for nothing. This serves
//! the hotline that opened it and every other.

use std::collections::{BTreeMap, HashMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::Header;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::log::Position;

use super::left_behind_repository::{headers_of_further_epochs, left_rows, lost_entries};
use crate::context::Context;
use crate::exchange::log::error::LogError;
use crate::report::query::repository::{by_ids, by_keys};
use crate::report::{Number, ReportError};
use crate::storage::ConnectionTrait;

/// A report with entries that count for nothing since a log continued in a new epoch, and that were not said again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLeftBehind {
    /// The log's author.
    pub log: NodeId,
    /// The report.
    pub report: ReportId,
    /// This hotline's own number of it; none where it has none.
    pub number: Option<Number>,
    /// The entries that count no more: places, and the type of the entry there.
    pub entries: Vec<(Position, String)>,
    /// The peer to ask for entries that are not here; none where they are here.
    pub ask: Option<NodeId>,
}

/// All of them, of one log or of all; by log, then by the first entry that counts no more. With a limit no more than so many
/// entries are looked at, about the newest reports.
pub async fn reports_left_behind<C: ConnectionTrait>(
    context: &Context,
    connection: &C,
    log: Option<&NodeId>,
    limit: Option<u64>,
) -> Result<Vec<ReportLeftBehind>, LogError> {
    let rows = left_rows(connection, log, limit).await?;
    let mut keys: Vec<i64> = rows.iter().map(|row| row.report).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut again: HashSet<Hash> = HashSet::new();
    for header in headers_of_further_epochs(connection, &keys).await? {
        let header = Header::from_storage(&header).map_err(ReportError::from)?;
        again.extend(header.content.was.iter().map(|former| former.hash));
    }
    let reports: HashMap<i64, (ReportId, Option<Number>)> =
        by_keys(connection, &keys).await?.into_iter().map(|report| (report.key, (report.id, report.number))).collect();
    let mut found: BTreeMap<(NodeId, ReportId), ReportLeftBehind> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| !again.contains(&row.hash)) {
        let Some((report, number)) = reports.get(&row.report) else { continue };
        let header = Header::from_storage(&row.header).map_err(ReportError::from)?;
        let new = || ReportLeftBehind {
            log: row.log.clone(),
            report: report.clone(),
            number: *number,
            entries: Vec::new(),
            ask: None,
        };
        let left = found.entry((row.log.clone(), report.clone())).or_insert_with(new);
        left.entries.push((row.place, header.content.entry_type.code().to_owned()));
    }
    if log.is_none_or(|log| *log == context.own) {
        add_lost(context, connection, &mut found).await?;
    }
    let mut found: Vec<ReportLeftBehind> = found.into_values().collect();
    found.sort_by(|one, other| (&one.log, one.entries.first()).cmp(&(&other.log, other.entries.first())));
    Ok(found)
}

async fn add_lost<C: ConnectionTrait>(
    context: &Context,
    connection: &C,
    found: &mut BTreeMap<(NodeId, ReportId), ReportLeftBehind>,
) -> Result<(), LogError> {
    let lost = lost_entries(connection).await?;
    let ids: Vec<ReportId> = lost.iter().map(|lost| lost.report.clone()).collect();
    let numbers: HashMap<ReportId, Option<Number>> =
        by_ids(connection, &ids).await?.into_iter().map(|report| (report.id, report.number)).collect();
    for lost in lost {
        let new = || ReportLeftBehind {
            log: context.own.clone(),
            report: lost.report.clone(),
            number: numbers.get(&lost.report).copied().flatten(),
            entries: Vec::new(),
            ask: Some(lost.peer.clone()),
        };
        let left = found.entry((context.own.clone(), lost.report.clone())).or_insert_with(new);
        left.ask.get_or_insert(lost.peer);
        left.entries.push((lost.place, lost.entry_type));
    }
    Ok(())
}
