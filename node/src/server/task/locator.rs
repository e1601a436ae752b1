//! What steps need to find out where a report goes.

use std::sync::Arc;

use crate::routing::Placer;
use crate::server::shared::Shared;
use crate::storage::StorageError;

pub(super) async fn placer(shared: &Shared) -> Result<Placer, StorageError> {
    Placer::new(&shared.hub.context, Arc::clone(&shared.geolocator), &shared.config.routing).await
}
