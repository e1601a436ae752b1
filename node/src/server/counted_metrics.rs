//! What is counted for metrics, at most once a minute.

use std::sync::Mutex;

use tokio::time::Instant;

/// What is remembered between two questions.
#[derive(Default)]
pub(super) struct Counted(pub(crate) Mutex<Option<(Instant, StateFigures)>>);

/// For each state its reports, and the time of the oldest.
type StateFigures = Vec<(String, u64, i64)>;
