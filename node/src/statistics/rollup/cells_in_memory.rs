//! Cells of one kind that are kept in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::names::Names;

/// The cells of each day.
pub(super) type Days<C> = BTreeMap<i64, Arc<[C]>>;

/// The kept figures of one kind.
#[derive(Clone)]
pub(crate) struct Kept<C> {
    pub(crate) days: Arc<Days<C>>,
    pub(crate) names: Arc<Names>,
    pub(crate) version: i64,
    pub(crate) counted_at: Option<i64>,
}

impl<C> Default for Kept<C> {
    fn default() -> Self {
        Self { days: Arc::default(), names: Arc::default(), version: 0, counted_at: None }
    }
}
