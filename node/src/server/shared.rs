//! The state shared by the listeners and the loops.

use std::sync::Arc;

use hotline_protocol::id::NodeId;

use super::counted_metrics::Counted;
use super::http::{Budget, exchange_api};
use super::task::Failing;
use crate::access::alert::Observer;
use crate::config::Config;
use crate::context::Context;
use crate::exchange::Hub;
use crate::exchange::rotation::Rotation;
use crate::geolocation::Geolocator;
use crate::health::{Examiner, Findings, House, Running, Troubles};
use crate::shutdown::Tasks;
use crate::statistics::rollup::Rollups;
use crate::storage::StorageError;
use crate::trust::own::WebCertificates;
use crate::trust::peer::{Peer, StoredCertificate, certificates, peers};

/// The state shared by the listeners and the steps.
pub(crate) struct Shared {
    /// The exchange.
    pub hub: Hub,
    /// Where servers stand.
    pub geolocator: Arc<Geolocator>,
    /// The configuration.
    pub config: Config,
    /// This node's own keys.
    pub rotation: Rotation,
    /// The certificates shown by the listeners for people.
    pub web: WebCertificates,
    /// Figures counted ahead for pages.
    pub rollups: Rollups,
    /// The known state of the node's health.
    pub examiner: Examiner,
    /// The troubles found by the node's loops.
    pub troubles: Troubles,
    /// The repeated failures of the loops, for the log.
    pub(super) failing: Failing,
    /// The state figures counted for metrics.
    pub(super) counted: Counted,
    /// Opens and ends alerts.
    pub observer: Observer,
    /// When this process started, microseconds since 1970.
    pub started_at: i64,
    /// The tasks that run in the background.
    pub(super) tasks: Tasks,
    /// Calls of peers that are under way.
    pub(super) turns: exchange_api::Turns,
    /// The memory held by requests of peers and by answers to them.
    pub(super) budget: Budget<NodeId>,
}

impl Shared {
    /// Every check as it is now.
    pub(super) async fn examine(&self) -> Findings {
        let context = &self.hub.context;
        let running =
            Running { hub: &self.hub, geolocator: &self.geolocator, troubles: &self.troubles, web: &self.web };
        let house = House { config: &self.config, clock: &context.clock, running: Some(running) };
        self.examiner.examine(&house, context).await
    }
}

/// Peers, and their certificates.
pub(super) type PeerPicture = (Vec<Peer>, Vec<StoredCertificate>);

/// Peers and certificates as they are stored now.
pub(super) async fn peer_picture(context: &Context) -> Result<PeerPicture, StorageError> {
    let connection = context.database.read();
    Ok((peers(connection).await?, certificates(connection).await?))
}
