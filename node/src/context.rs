//! What every use case works with: who this node is, its database, its sealing key, its clock and its chance.

use std::sync::Arc;

use chrono::Datelike as _;
use hotline_protocol::country::Country;
use hotline_protocol::entry::Salt;
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::url::DigestKey;

use crate::clock::Clock;
use crate::randomness::Randomness;
use crate::secret::SealKey;
use crate::storage::Database;

/// Cheap to clone; holds no connection and no lock while nothing runs.
#[derive(Clone)]
pub struct Context {
    /// This node.
    pub own: NodeId,
    /// Its federation.
    pub network: Network,
    /// Its countries, the seat first.
    pub countries: Arc<[Country]>,
    /// Its database.
    pub database: Database,
    /// Seals what stands in the database.
    pub seal: Arc<SealKey>,
    /// This node's own key for URL digests.
    pub digest_key: Arc<DigestKey>,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub randomness: Randomness,
}

impl Context {
    /// Now, microseconds since 1970.
    #[must_use]
    pub fn now_micros(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }

    /// The calendar year (UTC), for numbers.
    #[must_use]
    pub fn year(&self) -> u16 {
        u16::try_from(self.clock.now().year()).unwrap_or(0)
    }

    /// A new salt for a body.
    #[must_use]
    pub fn salt(&self) -> Salt {
        Salt::from_bytes(self.randomness.bytes())
    }
}
