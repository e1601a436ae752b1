//! The parts that steps need to find a report's destination.

use std::sync::Arc;

use crate::routing::Locator;
use crate::server::shared::Shared;
use crate::storage::StorageError;

pub(super) async fn locator(shared: &Shared) -> Result<Locator, StorageError> {
    Locator::new(&shared.hub.context, Arc::clone(&shared.geolocator), &shared.config.routing).await
}
