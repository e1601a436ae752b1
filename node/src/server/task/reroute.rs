//! The loop of second tries: at once where an offer was refused; where peers or location data changed, and every hour,
//! for all waiting reports. It also runs when an awaited peer was heard from, and every few seconds for offers without
//! an answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::id::NodeId;
use tokio::time::Instant;

use super::locator::locator;
use super::pace::{PAUSE, SLOW_TICK, STEP_LIMIT, committed};
use super::recheck_due::DoubtsDue;
use crate::exchange::HubSettings;
use crate::exchange::log::seal::SealState;
use crate::pipeline::{PipelineError, Placed, Reroute};
use crate::report::query::Part;
use crate::server::shared::{Shared, peer_picture};
use crate::shutdown::{Stop, Waited};

/// Silence counts in hours: so often is soon enough, and one question a peer costs nothing.
const SILENCE_ROUND: Duration = Duration::from_secs(5);

/// The loop's memory from round to round. After a start it looks at everything.
struct Due {
    /// All that waits is looked at.
    everything: bool,
    /// The nodes that some reports wait for; each must be heard from after its time here (seconds since 1970).
    awaited: BTreeMap<NodeId, i64>,
    /// When offers without an answer were last looked for.
    silence_looked: Option<Instant>,
}

/// A list that is gone through from its beginning to its end.
#[derive(Clone, Copy)]
enum List<'a> {
    /// Reports that wait until this node, or any node, is heard from.
    Awaiting(Option<&'a NodeId>),
    /// Reports without a node to offer them to.
    Unplaced,
    /// Offers that this node has left without an answer.
    Unanswered(&'a HubSettings, &'a NodeId),
}

/// Goes round until the stop.
pub(super) async fn second_tries_loop(shared: Arc<Shared>, stop: Stop) {
    let context = &shared.hub.context;
    let mut changes = context.database.changes();
    let mut peers = shared.hub.directory.changes();
    let mut due = Due { everything: true, awaited: BTreeMap::new(), silence_looked: None };
    let mut doubts = DoubtsDue::default();
    while !stop.is_stopping() {
        changes.mark_unchanged();
        due.everything |= peers.has_changed().unwrap_or(false) || doubts.are_due(&shared.geolocator);
        peers.mark_unchanged();
        let placed = round(&shared, &mut due, &stop).await;
        shared.failing.note("reports could not be placed again; they are looked at again", &placed);
        if placed.is_err() {
            due.everything = true;
            stop.wait(PAUSE).await;
        }
        // Refusals come in runs: a short pause gathers them into one transaction.
        if stop.wait(PAUSE).await == Waited::Elapsed {
            committed(&mut changes, SLOW_TICK, &stop).await;
        }
    }
}

async fn round(shared: &Shared, due: &mut Due, stop: &Stop) -> Result<(), PipelineError> {
    let locator = locator(shared).await?;
    let links = shared.hub.links.all();
    let tries = Reroute::new(&shared.hub.context, &locator, &links);
    while !stop.is_stopping() {
        let placed = tries.place_refused(STEP_LIMIT).await?;
        due.note(&placed);
        if placed.moves == 0 {
            break;
        }
    }
    if due.everything {
        due.awaited.clear();
        go_through(&tries, List::Awaiting(None), due, stop).await?;
        go_through(&tries, List::Unplaced, due, stop).await?;
        due.everything = false;
    }
    for node in due.heard_from(&tries) {
        go_through(&tries, List::Awaiting(Some(&node)), due, stop).await?;
    }
    // A start that has not seen the peers' heads may lack answers that it had before it was restored.
    let is_due = due.silence_looked.is_none_or(|looked| looked.elapsed() >= SILENCE_ROUND);
    if is_due && shared.hub.seal_state() == SealState::Open {
        let (peers, _) = peer_picture(&shared.hub.context).await?;
        for peer in peers {
            go_through(&tries, List::Unanswered(&shared.hub.settings, &peer.id), due, stop).await?;
        }
        due.silence_looked = Some(Instant::now());
    }
    Ok(())
}

/// Goes through a list in parts, each a transaction of its own.
async fn go_through(tries: &Reroute<'_>, list: List<'_>, due: &mut Due, stop: &Stop) -> Result<(), PipelineError> {
    let mut part = Some(Part { after: 0, limit: STEP_LIMIT });
    while let Some(asked) = part.filter(|_| !stop.is_stopping()) {
        let placed = match list {
            List::Awaiting(node) => tries.place_awaiting(node, asked).await?,
            List::Unplaced => tries.place_unplaced(asked).await?,
            List::Unanswered(settings, target) => tries.take_back_silent(settings, target, asked).await?,
        };
        due.note(&placed);
        part = placed.last.map(|after| Part { after, ..asked });
    }
    Ok(())
}

impl Due {
    fn note(&mut self, placed: &Placed) {
        for (node, since) in &placed.awaited {
            let earliest = self.awaited.entry(node.clone()).or_insert(*since);
            *earliest = (*earliest).min(*since);
        }
    }

    /// Takes out the nodes heard from since; a report that still waits for one puts it back.
    fn heard_from(&mut self, tries: &Reroute<'_>) -> Vec<NodeId> {
        let is_heard = |since: &i64, node| tries.last_contact(node).is_some_and(|at| at > *since);
        let heard: Vec<NodeId> =
            self.awaited.iter().filter(|(node, since)| is_heard(since, node)).map(|(node, _)| node.clone()).collect();
        for node in &heard {
            self.awaited.remove(node);
        }
        heard
    }
}
