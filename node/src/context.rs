//! Common means of every use case: this node's identity, its database, its sealing key, its clock and its randomness.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use hotline_protocol::country::Country;
use hotline_protocol::entry::Salt;
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::url::DigestKey;
use secrecy::ExposeSecret as _;
use thiserror::Error;

use super::clock::Clock;
use super::config::Config;
use super::config::section::DayBudget;
use super::randomness::Randomness;
use super::secret::{SealKey, SecretError};
use super::storage::digest_key::newest_digest_key;
use super::storage::{Database, StorageError};
use super::zone::Zone;

/// Why a node cannot work on its folder.
#[derive(Debug, Error)]
pub enum OpenError {
    /// `keys/seal.key`, or a value that it sealed.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The database was not made for this node.
    #[error("the database holds no digest key of {0}; node.id and database.url do not belong together")]
    AnothersDatabase(NodeId),
}

/// Cheap to clone; holds no connection and no lock while nothing runs.
#[derive(Clone)]
pub struct Context {
    /// This node.
    pub own: NodeId,
    /// Its federation.
    pub network: Network,
    /// Its countries, the seat first.
    pub countries: Arc<[Country]>,
    /// The zone of its calendar for days and years, and of its clock for times.
    pub zone: Zone,
    /// The amount that it takes of one author's log in a day.
    pub day_budget: DayBudget,
    /// Its database.
    pub database: Database,
    /// The key that seals values in the database.
    pub seal: Arc<SealKey>,
    /// This node's own key for URL digests.
    pub digest_key: Arc<DigestKey>,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub randomness: Randomness,
}

impl Context {
    /// Opens the parts named in a checked configuration: the sealing key, the database, this node's own digest key.
    pub async fn open(config: &Config, clock: Clock, randomness: Randomness) -> Result<Self, OpenError> {
        let own = config.node.id.clone();
        let seal = SealKey::read(&config.keys.seal_key())?;
        let database = Database::open(config.database.url.connection_url().expose_secret()).await?;
        let sealed = newest_digest_key(database.read(), &own).await?;
        let digest_key = sealed.ok_or_else(|| OpenError::AnothersDatabase(own.clone()))?.open(&seal)?;
        Ok(Self {
            own,
            network: config.node.network.clone(),
            countries: config.node.country.clone().into(),
            zone: config.node.time_zone,
            day_budget: config.exchange.day_budget(),
            database,
            seal: Arc::new(seal),
            digest_key: Arc::new(digest_key),
            clock,
            randomness,
        })
    }

    /// Now, microseconds since 1970.
    #[must_use]
    pub fn now_micros(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }

    /// The calendar year in UTC, for numbers: a house that changes its zone must not give one twice.
    #[must_use]
    pub fn year_of_numbers(&self) -> u16 {
        u16::try_from(self.clock.now().year()).unwrap_or(0)
    }

    /// The present day in the zone of the house.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.zone.day_of(self.clock.unix_seconds())
    }

    /// The present calendar year in the zone of the house.
    #[must_use]
    pub fn year(&self) -> u16 {
        u16::try_from(self.today().year()).unwrap_or(0)
    }

    /// A new salt for a body.
    #[must_use]
    pub fn salt(&self) -> Salt {
        Salt::from_bytes(self.randomness.unique_bytes())
    }
}
