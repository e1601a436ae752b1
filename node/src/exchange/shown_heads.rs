//! The heads that a peer shows in hello, compared with the logs here.
//!
//! A head counts where its author's key has signed it. One that contradicts the copy here is proof against its author; one
//! under a key that is not known here is a hint, and its shower's word alone.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::hello::Hello;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, ForkProof, KeyHistory, SignedCheckpoint, VerifiedRun};
use hotline_protocol::signature::read_kid;

use super::hub::Hub;
use super::log::{self, LogError};
use crate::trust::peer::load_keys;

/// Stand-in for the head of a log after its author exchanged the key: farther than any entry here.
const BEYOND: Cursor = Cursor { epoch: u64::MAX, seq: u64::MAX, hash: Hash::ZERO };
/// Longest checkpoint (protocol, section 2).
const CHECKPOINT_LIMIT: usize = 2_048;

/// Compares the peer's head of our log with our own log. Only a head that we signed counts. Gives the proof, where one
/// contradicts ours.
pub(super) async fn take_own_head(
    hub: &Hub,
    peer: &NodeId,
    shown: Option<&SignedCheckpoint>,
) -> Result<Option<ForkProof>, LogError> {
    let context = &hub.context;
    let connection = context.database.read();
    let own = log::own_log(connection, &context.own).await?;
    let Some(token) = shown else {
        hub.gate().peer_showed(peer, None, &own);
        return Ok(None);
    };
    let keys = load_keys(connection, &context.own).await?;
    let head = match token.verify(&context.network, &context.own, &keys) {
        Ok(verified) => verified,
        Err(_) if is_of_unknown_key(token, &keys) => {
            hub.gate().peer_claims_more(peer);
            return Ok(None);
        }
        Err(_) => return Ok(None),
    };
    let cursor = head.checkpoint().cursor();
    let here = log::hash_at(connection, &context.own, cursor.position()).await?;
    hub.gate().peer_showed(peer, Some((cursor, here)), &own);
    if log::fork::is_contradicted(connection, &context.own, &cursor, own.signed).await? {
        hub.links.update(peer, |link| link.contradicts = true);
    } else if here == Some(cursor.hash) && hub.links.of(peer).contradicts {
        hub.links.update(peer, |link| link.contradicts = false);
    }
    log::fork::contradiction(context, &head, &own.head).await
}

/// Notes the heads of the logs that are kept here, each verified under its author's keys; others are left out. Gives the
/// proofs, where some contradict the copies here.
pub(super) async fn take_heads(hub: &Hub, peer: &NodeId, hello: &Hello) -> Result<Vec<ForkProof>, LogError> {
    let context = &hub.context;
    let here = log::heads(context.database.read()).await?;
    let (mut heads, mut ahead, mut proofs) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (node, token) in &hello.heads {
        if *node == context.own || !hub.directory.keeps_log_of(node) {
            continue;
        }
        let keys = load_keys(context.database.read(), node).await?;
        let (end, moved_at) = here.get(node).copied().unwrap_or((Cursor::START, 0));
        let shown = match token.verify(&context.network, node, &keys) {
            Ok(verified) => {
                proofs.extend(log::fork::contradiction(context, &verified, &end).await?);
                verified.checkpoint().cursor()
            }
            // There may be more of that log than is here: the entry that brings the key.
            Err(_) if is_of_unknown_key(token, &keys) => BEYOND,
            Err(_) => continue,
        };
        if shown.position() > end.position() {
            ahead.push((node.clone(), shown, moved_at));
        }
        heads.insert(node.clone(), shown);
    }
    let now = context.now_micros();
    hub.links.update(peer, |link| {
        for (node, shown, moved_at) in ahead {
            let is_new = link.heads.get(&node) != Some(&shown);
            let claim = link.ahead.entry(node);
            claim.or_default().note(shown != BEYOND, is_new, moved_at, now);
        }
        link.heads = heads;
    });
    Ok(proofs)
}

/// Keeps a proof that holds, and tells everybody at once of the first one. One against our own log stops sealing.
pub async fn keep_fork(hub: &Hub, told_by: &NodeId, proof: &ForkProof) -> Result<(), LogError> {
    let context = &hub.context;
    if !log::fork::keep_fork(context, proof, told_by).await? {
        return Ok(());
    }
    let place = proof.place();
    tracing::error!(log = %proof.log(), epoch = place.epoch, seq = place.seq, %told_by, "two entries were signed at one place");
    if *proof.log() == context.own {
        let connection = context.database.read();
        let own = log::own_log(connection, &context.own).await?;
        let here = log::hash_at(connection, &context.own, place).await?;
        for hash in *proof.hashes() {
            hub.gate().proven(&Cursor { epoch: place.epoch, seq: place.seq, hash }, here, &own);
        }
    }
    hub.links.greet_all();
    Ok(())
}

/// Notes that a peer's copy of a log parts from the one here: `run` is kept as proof where it is one, and the peer is asked
/// where they part otherwise.
pub async fn note_parted(hub: &Hub, peer: &NodeId, log: &NodeId, run: Option<&VerifiedRun>) -> Result<(), LogError> {
    let proof = match run {
        Some(run) => log::fork::contradicted_by(&hub.context, run).await?,
        None => None,
    };
    if let Some(proof) = proof {
        return keep_fork(hub, peer, &proof).await;
    }
    hub.links.update(peer, |link| link.parted.insert(log.clone()));
    Ok(())
}

/// Whether a checkpoint names a key that is not known here. Nobody can tell its signer: it is a hint.
fn is_of_unknown_key(token: &SignedCheckpoint, keys: &KeyHistory) -> bool {
    let kid = read_kid(token.as_str(), CHECKPOINT_LIMIT);
    kid.is_ok_and(|kid| keys.keys().iter().all(|bound| bound.key.kid() != kid))
}
