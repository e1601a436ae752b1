//! Lines of the log for repeated failures in the background: one when a failure begins or becomes another fault, one
//! when it is over.
//!
//! While the database is away or takes nothing every loop fails. That is one fault of all of them: one line when the first
//! one meets it, one when none is left that does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use crate::exchange::HelloRefused;
use crate::exchange::log::LogError;
use crate::pipeline::{DeliverFault, PipelineError};
use crate::report::ReportError;
use crate::storage::StorageError;
use crate::trust::peer::DigestKeyError;

/// A fault of work that may fail again and again.
pub(super) trait Fault: Display {
    /// The database's error, where the database was the cause.
    fn of_storage(&self) -> Option<&StorageError>;

    /// Whether the database takes nothing now and may later, regardless of other faults.
    fn is_database_away(&self) -> bool {
        self.of_storage().is_some_and(StorageError::takes_nothing_now)
    }
}

impl Fault for StorageError {
    fn of_storage(&self) -> Option<&StorageError> {
        Some(self)
    }
}

impl Fault for ReportError {
    fn of_storage(&self) -> Option<&StorageError> {
        if let Self::Storage(cause) = self { Some(cause) } else { None }
    }
}

impl Fault for PipelineError {
    fn of_storage(&self) -> Option<&StorageError> {
        match self {
            Self::Storage(cause) => Some(cause),
            Self::Report(cause) => cause.of_storage(),
        }
    }
}

impl Fault for LogError {
    fn of_storage(&self) -> Option<&StorageError> {
        match self {
            Self::Storage(cause) => Some(cause),
            Self::Report(cause) => cause.of_storage(),
            _ => None,
        }
    }
}

impl Fault for DeliverFault {
    fn of_storage(&self) -> Option<&StorageError> {
        match self {
            Self::Log(cause) | Self::Hello(HelloRefused::Log(cause)) => cause.of_storage(),
            Self::Hello(HelloRefused::Keys(DigestKeyError::Storage(cause))) => Some(cause),
            _ => None,
        }
    }
}

/// The present failures. One for a node that serves.
#[derive(Default)]
pub(crate) struct Failing(Mutex<State>);

#[derive(Default)]
struct State {
    /// Tasks that fail because the database is away.
    waiting: BTreeSet<&'static str>,
    /// Tasks that fail otherwise, each with the logged fault.
    said: BTreeMap<&'static str, String>,
}

impl Failing {
    /// Notes how a piece of work went that is done again and again; `what` is a sentence about its failure.
    pub(super) fn note<T, E: Fault>(&self, what: &'static str, result: &Result<T, E>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Err(fault) if fault.is_database_away() => state.wait(what, fault),
            Err(fault) => state.fail(what, fault),
            Ok(_) => state.succeed(what),
        }
    }
}

impl State {
    fn wait(&mut self, what: &'static str, fault: &impl Display) {
        if self.waiting.is_empty() {
            tracing::warn!(%fault, "what works in the background waits for the database, and is tried again");
        }
        tracing::debug!(%fault, "{what}");
        self.waiting.insert(what);
    }

    fn goes_on(&mut self, what: &'static str) {
        if self.waiting.remove(what) && self.waiting.is_empty() {
            tracing::info!("what works in the background has its database again, and goes on");
        }
    }

    fn fail(&mut self, what: &'static str, fault: &impl Display) {
        self.goes_on(what);
        let fault = fault.to_string();
        if self.said.get(what) != Some(&fault) {
            tracing::error!(%fault, "{what}");
            self.said.insert(what, fault);
        }
    }

    fn succeed(&mut self, what: &'static str) {
        self.goes_on(what);
        if self.said.remove(what).is_some() {
            tracing::info!("over: {what}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::section::{LogFormat, LogSection};
    use crate::telemetry::kept_lines::KeptLines;
    use crate::telemetry::subscriber;

    const ANSWERS: &str = "offers could not be answered; they are looked at again";
    const PLACES: &str = "reports could not be placed again; they are looked at again";

    /// The lines that are written meanwhile, from `info` on.
    fn lines_of(act: impl FnOnce()) -> Vec<String> {
        let lines = KeptLines::default();
        let kept = lines.clone();
        let log = LogSection { level: "info".into(), format: LogFormat::Text };
        tracing::subscriber::with_default(subscriber(&log, move || kept.clone()).expect("a filter"), act);
        lines.take().lines().map(str::to_owned).collect()
    }

    fn away(why: &'static str) -> Result<(), PipelineError> {
        Err(ReportError::Storage(StorageError::Busy(why)).into())
    }

    const WELL: Result<(), PipelineError> = Ok(());

    #[test]
    fn a_database_that_is_away_is_one_line_of_all_loops_and_one_when_it_is_back() {
        let failing = Failing::default();
        let lines = lines_of(|| {
            for why in ["no connection", "the server stops or starts", "the connection was lost"] {
                failing.note(ANSWERS, &away(why));
                failing.note(PLACES, &away(why));
            }
            failing.note(ANSWERS, &WELL);
            failing.note(ANSWERS, &WELL);
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("WARN") && lines[0].contains("waits for the database"), "{lines:?}");
        let lines = lines_of(|| {
            failing.note(PLACES, &WELL);
            failing.note(PLACES, &WELL);
        });
        assert!(lines.len() == 1 && lines[0].contains("goes on"), "{lines:?}");
    }

    #[test]
    fn another_fault_is_a_line_of_its_own_when_it_begins_changes_and_ends() {
        let failing = Failing::default();
        let faulty = |table| Err::<(), _>(PipelineError::Storage(StorageError::Inconsistent(table)));
        let lines = lines_of(|| {
            for table in ["report", "report", "entry"] {
                failing.note(ANSWERS, &faulty(table));
            }
            failing.note(PLACES, &away("no connection"));
            // The database answers, and the fault is there still.
            failing.note(PLACES, &faulty("report"));
            failing.note(ANSWERS, &faulty("entry"));
            failing.note(ANSWERS, &WELL);
        });
        let wanted = ["'report'", "'entry'", "waits for", "goes on", "placed again", "over: offers"];
        assert_eq!(lines.len(), wanted.len(), "{lines:?}");
        for (line, words) in lines.iter().zip(wanted) {
            assert!(line.contains(words), "{words}: {lines:?}");
        }
    }
}
