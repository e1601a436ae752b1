//! State figures for the metrics, counted at most once a minute.

use std::sync::Mutex;

use tokio::time::Instant;

/// The state figures kept between two requests for metrics.
#[derive(Default)]
pub(super) struct Counted(pub(crate) Mutex<Option<(Instant, StateFigures)>>);

/// For each state its reports, and the time of the oldest.
type StateFigures = Vec<(String, u64, i64)>;
