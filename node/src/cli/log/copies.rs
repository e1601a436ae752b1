//! The peers' copies of this node's log, compared before it goes on in a new epoch.

use std::sync::Arc;

use hotline_protocol::hello::Hello;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position};

use crate::cli::console::exit::CliError;
use crate::cli::console::output::tell;
use crate::cli::peer::check_hello;
use crate::config::Config;
use crate::context::Context;
use crate::exchange::log::epoch::LostEntry;
use crate::exchange::log::{LogError, hash_at};
use crate::exchange::{Compared, NotCompared, PeerClient, SendFault, compare_copy, lost_entries};
use crate::storage::StorageError;
use crate::trust::Authority;
use crate::trust::handshake::PeerDirectory;
use crate::trust::own::Identity;
use crate::trust::peer::{Peer, PeerStanding, certificates, peers};

/// Result of comparing the peers' copies.
pub(super) struct Copies {
    /// How many of the places none contradicts.
    pub(super) agreed: usize,
    /// The newest epoch that one showed.
    pub(super) epoch: u64,
    /// Peers that could not be asked.
    pub(super) not_asked: Vec<NodeId>,
    /// Entries of this log that one of them has and this node lacks.
    pub(super) lost: Vec<LostEntry>,
}

/// Asks every active peer how far its copy is ours.
pub(super) async fn compare_with_peers(
    config: &Config,
    context: &Context,
    (identity, authority): (&Identity, Option<Arc<Authority>>),
    places: &[Position],
    without: &[NodeId],
) -> Result<Copies, CliError> {
    let connection = context.database.read();
    let all = peers(connection).await?;
    let directory = Arc::new(PeerDirectory::under(context.clock.clone(), authority));
    directory.replace(all.clone(), &certificates(connection).await?);
    let mut copies = Copies { agreed: places.len(), epoch: 0, not_asked: Vec::new(), lost: Vec::new() };
    let is_active = |peer: &Peer| peer.standing == PeerStanding::Active;
    if let Some(unknown) = without.iter().find(|id| !all.iter().any(|peer| is_active(peer) && peer.id == **id)) {
        return Err(CliError::refused(format!("{unknown} is no active peer here, so it is not asked anyway")));
    }
    let is_asked = |peer: &Peer| is_active(peer) && !without.contains(&peer.id);
    for peer in all.into_iter().filter(is_asked) {
        let hello = check_hello(config, context, &peer.id).await?;
        let compared = match PeerClient::new(Arc::clone(&identity.shown), Arc::clone(&directory), &peer) {
            Ok(client) => compare(context, &client, &hello, places, &peer.id, &mut copies.lost).await,
            Err(fault) => Err(fault.into()),
        };
        match compared {
            Ok(compared) => {
                tell(&says_compared(&peer.id, places, &compared));
                copies.agreed = copies.agreed.min(compared.agreed);
                copies.epoch = copies.epoch.max(compared.epoch);
            }
            Err(NotCompared::Send(fault)) => {
                tell(&not_asked_says(&peer.id, &fault));
                copies.not_asked.push(peer.id);
            }
            Err(NotCompared::Log(error)) => return Err(error.into()),
        }
    }
    Ok(copies)
}

/// Compares a copy, and adds its entries of this log that this node lacks.
async fn compare(
    context: &Context,
    client: &PeerClient,
    hello: &Hello,
    places: &[Position],
    peer: &NodeId,
    lost: &mut Vec<LostEntry>,
) -> Result<Compared, NotCompared> {
    let compared = compare_copy(context, client, hello, places).await?;
    let last = last_that_counts(context, &places[..compared.agreed]).await?;
    match lost_entries(context, client, last, peer).await {
        Ok(found) => lost.extend(found),
        Err(NotCompared::Send(fault)) => tell(&format!("{peer} did not show what it has beyond that: {fault}")),
        Err(fault) => return Err(fault),
    }
    Ok(compared)
}

/// The last place that counts, with its hash.
pub(super) async fn last_that_counts(context: &Context, good: &[Position]) -> Result<Cursor, LogError> {
    let Some(place) = good.last() else { return Ok(Cursor::START) };
    let hash = hash_at(context.database.read(), &context.own, *place).await?;
    let hash = hash.ok_or(LogError::Storage(StorageError::Inconsistent("log")))?;
    Ok(Cursor { epoch: place.epoch, seq: place.seq, hash })
}

/// The sentence for a person: the peer, and how far back its copy takes the log.
fn says_compared(peer: &NodeId, places: &[Position], compared: &Compared) -> String {
    match places[..compared.agreed].last() {
        _ if compared.agreed == places.len() && compared.beyond > 0 => format!(
            "{peer}: its copy has at least {} entries that are not here. They count for nothing from now on, and what \
             they say is lost to this node: ask that hotline for it",
            compared.beyond
        ),
        _ if compared.agreed == places.len() => format!("{peer}: its copy contradicts nothing"),
        Some(place) => format!("{peer}: its copy is another one after entry {} of epoch {}", place.seq, place.epoch),
        None => format!("{peer}: its copy is another one from the first entry on; --without {peer} leaves it aside"),
    }
}

fn not_asked_says(peer: &NodeId, fault: &SendFault) -> String {
    format!(
        "{peer} was not asked: {fault}. If its copy of this log is another one, it refuses the new epoch, and an alert here \
         says so (peer_copy); open another one then, with --last-good"
    )
}
