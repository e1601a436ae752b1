//! State shared by the parts of the exchange.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hotline_protocol::hello::AcceptMode;
use hotline_protocol::id::NodeId;
use hotline_protocol::problem::Problem;

use super::client::{PeerClient, SendFault};
use super::link::Links;
use super::log::seal::{SealGuard, SealState, Sealer};
use crate::context::Context;
use crate::storage::StorageError;
use crate::trust::handshake::PeerDirectory;
use crate::trust::own::ShownCertificate;
use crate::trust::peer::Peer;

/// Configuration of the exchange.
#[derive(Debug, Clone)]
pub struct HubSettings {
    /// Whether offers are taken by the node itself.
    pub accept: AcceptMode,
    /// Between two hellos.
    pub hello: Duration,
    /// Time of silence until a peer is polled.
    pub poll_silence: Duration,
    /// Longest pause between tries.
    pub retry_longest: Duration,
    /// Most entries in a run.
    pub run_entries: usize,
    /// Most bytes in a run.
    pub run_bytes: usize,
    /// Time without delivery until a person is called.
    pub delivery_alarm: Duration,
    /// Time without an answer until an offer is taken back. A person is called then, where a person answers there.
    pub answer_alarm: Duration,
}

/// Shared by the listener, the senders and the steps.
pub struct Hub {
    /// The use cases' context.
    pub context: Context,
    /// The peers that may come in.
    pub directory: Arc<PeerDirectory>,
    /// The certificates shown in TLS.
    pub shown: Arc<ShownCertificate>,
    /// Seals our log.
    pub sealer: Arc<Sealer>,
    /// How each link stands.
    pub links: Links,
    /// This start: a UUIDv7.
    pub boot: String,
    /// The configuration.
    pub settings: HubSettings,
    gate: Mutex<SealGuard>,
}

/// The parts that one start of the node brings.
pub struct Start {
    /// Its name: a UUIDv7.
    pub boot: String,
    /// The certificates shown in TLS.
    pub shown: Arc<ShownCertificate>,
    /// Seals our log.
    pub sealer: Sealer,
    /// The check before sealing, begun.
    pub gate: SealGuard,
}

impl Hub {
    /// Puts it together.
    #[must_use]
    pub fn new(
        context: Context,
        settings: HubSettings,
        directory: Arc<PeerDirectory>,
        links: Links,
        start: Start,
    ) -> Self {
        let Start { boot, shown, sealer, gate } = start;
        let sealer = Arc::new(sealer);
        Self { context, directory, shown, sealer, links, boot, settings, gate: Mutex::new(gate) }
    }

    /// The check before sealing; locked for moments only.
    pub fn gate(&self) -> MutexGuard<'_, SealGuard> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether sealing goes on, and if not, why.
    #[must_use]
    pub fn seal_state(&self) -> SealState {
        self.gate().state().clone()
    }

    /// Reads peers and certificates anew.
    pub async fn reload_peers(&self) -> Result<(), StorageError> {
        self.directory.reload(self.context.database.read()).await
    }

    /// A client for one peer.
    pub fn client(&self, peer: &Peer) -> Result<PeerClient, SendFault> {
        PeerClient::new(Arc::clone(&self.shown), Arc::clone(&self.directory), peer)
    }

    /// Notes that a peer answered or failed.
    pub fn note<T>(&self, peer: &NodeId, result: &Result<T, SendFault>) {
        let now = self.context.now_micros();
        match result {
            Ok(_) => self.links.heard_from(peer, now, false),
            Err(fault) => {
                self.links.failed(peer, now, fault.to_string(), fault.retry_after(), self.settings.retry_longest);
                self.links.update(peer, |link| {
                    if fault.is_clone_suspected() {
                        link.clone_suspected.get_or_insert(now);
                    }
                    match fault {
                        SendFault::Refused(_) => link.refused = true,
                        SendFault::Problem { problem, .. } => {
                            link.refused = false;
                            link.suspended_there = *problem == Some(Problem::Suspended);
                        }
                        // Nobody answered: earlier knowledge of the answering side stays valid.
                        _ => {}
                    }
                });
            }
        }
    }
}
