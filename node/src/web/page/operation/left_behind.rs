//! Reports with parts that count no more, since a log went on in a new epoch.

use crate::exchange::log::LogError;
use crate::exchange::log::epoch::{ReportLeftBehind, reports_left_behind};
use crate::web::shell::Office;

/// So many of them stand on the page; the command lists all.
const SHOWN: usize = 200;
/// Entries that are looked at for the page: an author that leaves much behind must not fill the memory.
const LOOKED_AT: u64 = 5_000;

/// One of them.
pub(super) struct Left {
    /// This hotline's number, the name of its page; none where it has none.
    pub(super) number: Option<String>,
    pub(super) report: String,
    pub(super) log: String,
    /// The parts that count no more.
    pub(super) entries: String,
    /// A peer that has the missing parts.
    pub(super) ask: Option<String>,
}

impl Left {
    pub(super) async fn all(office: &Office) -> Result<Vec<Self>, LogError> {
        let context = &office.context;
        let seat = context.own.seat();
        let found = reports_left_behind(context, context.database.read(), None, Some(LOOKED_AT)).await?;
        let left = |left: ReportLeftBehind| Self {
            number: left.number.map(|number| number.shown(seat)),
            report: left.report.to_string(),
            log: left.log.to_string(),
            entries: left.entries.iter().map(|(_, entry_type)| entry_type.as_str()).collect::<Vec<_>>().join(", "),
            ask: left.ask.map(|peer| peer.to_string()),
        };
        Ok(found.into_iter().take(SHOWN).map(left).collect())
    }
}
