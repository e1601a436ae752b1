//! Hello: the facts that two nodes tell each other, and their use.

use data_encoding::BASE64URL_NOPAD;
use hotline_protocol::hello::{AcceptMode, DIGEST_KEYS_LIMIT, Hello, Limits, SharedDigestKey, WANTS_LIMIT};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;
use hotline_protocol::problem::Problem;
use hotline_protocol::url::DigestKey;
use thiserror::Error;

use super::hub::{Hub, HubSettings};
use super::link::Link;
use super::log::{self, LogError};
use super::shown_heads::{keep_fork, take_heads, take_own_head};
use crate::context::Context;
use crate::storage::StorageError;
use crate::trust::peer::{DigestKeyError, digest_keys, forget_other_digest_keys, save_digest_key};

/// Earlier starts that are remembered of a peer.
const BOOTS_LIMIT: usize = 16;
/// Clocks further apart than this are worth a warning.
const SKEW_WARNING_SECONDS: i64 = 30;
/// Clocks further apart than this are an alarm (protocol, section 8).
pub const SKEW_ALARM_SECONDS: i64 = 300;

/// Why a hello was not taken.
#[derive(Debug, Error)]
pub enum HelloRefused {
    /// The peer's.
    #[error("the hello is refused: {}", .0.name())]
    Problem(Problem),
    /// Ours.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Ours.
    #[error(transparent)]
    Keys(#[from] DigestKeyError),
}

impl From<StorageError> for HelloRefused {
    fn from(error: StorageError) -> Self {
        Self::Log(error.into())
    }
}

/// Makes our hello to `peer`, as the node that started as `boot` with these settings.
pub async fn make_hello(
    context: &Context,
    boot: &str,
    settings: &HubSettings,
    peer: &NodeId,
) -> Result<Hello, HelloRefused> {
    let connection = context.database.read();
    let own_keys = digest_keys(connection, &context.seal)
        .await?
        .into_iter()
        .filter(|(node, _)| *node == context.own)
        .map(|(_, key)| SharedDigestKey { key: BASE64URL_NOPAD.encode(key.secret_bytes()) })
        .collect();
    Ok(Hello {
        net: context.network.clone(),
        id: context.own.clone(),
        software: concat!("hotline-node/", env!("CARGO_PKG_VERSION")).to_owned(),
        versions: vec![1],
        features: vec!["gzip".to_owned(), "zstd".to_owned()],
        limits: Limits { run_entries: settings.run_entries as u64, run_bytes: settings.run_bytes as u64 },
        clock: context.clock.unix_seconds(),
        boot: boot.to_owned(),
        check: false,
        accept: settings.accept,
        heads: log::newest_checkpoints(connection).await?,
        forks: log::fork::standing_forks(connection).await?,
        cursor: crate::report::head(connection, peer).await?,
        wants: log::wants(connection, peer, WANTS_LIMIT as u64).await?.into_iter().map(|(_, hash)| hash).collect(),
        digest_keys: own_keys,
    })
}

/// Takes the hello of `peer`.
pub async fn take_hello(hub: &Hub, peer: &NodeId, hello: &Hello) -> Result<(), HelloRefused> {
    let context = &hub.context;
    hello.check(&context.network, peer).map_err(|_| HelloRefused::Problem(Problem::Malformed))?;
    check_boot(hub, peer, hello)?;
    if hello.check {
        // It may come from beside a node that is just starting: its boot is no start, and its cursor an older one.
        return Ok(());
    }
    let of_own_log = take_own_head(hub, peer, hello.heads.get(&context.own)).await?;
    take_digest_keys(hub, peer, hello).await?;
    let of_others = take_heads(hub, peer, hello).await?;
    let now = context.now_micros();
    let skew = clock_skew_seconds(hello.clock, context.clock.unix_seconds());
    if skew.abs() > SKEW_ALARM_SECONDS {
        tracing::error!(%peer, skew_seconds = skew, "a peer's clock and ours are more than 5 minutes apart");
    } else if skew.abs() > SKEW_WARNING_SECONDS {
        tracing::warn!(%peer, skew_seconds = skew, "a peer's clock and ours are more than 30 seconds apart");
    }
    let cursor = standing_of(context, &hello.cursor).await?;
    let forks = hello.forks.iter().filter(|(log, _)| **log == context.own || hub.directory.keeps_log_of(log));
    let forks = forks.map(|(log, place)| (log.clone(), *place)).collect();
    hub.links.update(peer, |link| {
        link.cursor_differs = cursor == Standing::Another;
        // The receiver's cursor may go backwards (it was restored): the sender obeys.
        if cursor == Standing::Ours {
            link.acknowledged = hello.cursor;
        }
        link.forks = forks;
        note_boot(link, &hello.boot);
        link.clock_skew_seconds = Some(skew);
        link.accept = Some(match hello.accept {
            AcceptMode::Automatic => "automatic".to_owned(),
            AcceptMode::Manual => "manual".to_owned(),
        });
        link.run_entries = usize::try_from(hello.limits.run_entries).unwrap_or(usize::MAX).max(1);
        link.run_bytes = usize::try_from(hello.limits.run_bytes).unwrap_or(usize::MAX);
        link.head_shown = true;
        link.last_hello = Some(now);
    });
    // Call this after noting the peer's cursor: that decides the certificate that it is shown from now on.
    hub.shown.note_accepted(peer);
    // Last: it lets everybody be greeted again, this peer too.
    for proof in of_own_log.iter().chain(&of_others) {
        keep_fork(hub, peer, proof).await?;
    }
    Ok(())
}

/// The meaning of a peer's cursor for our log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// A place of ours, or one that we have left behind: it goes on from there.
    Ours,
    /// Beyond the entries that we have signed.
    Beyond,
    /// A place that counts, with another hash. It is not signed, and so that peer's word alone: it does not change our
    /// deliveries.
    Another,
}

async fn standing_of(context: &Context, cursor: &Cursor) -> Result<Standing, StorageError> {
    let (connection, own) = (context.database.read(), &context.own);
    let head = log::signed_head(connection, own).await?;
    if cursor.position() > head.position() {
        return Ok(Standing::Beyond);
    }
    let counts = *cursor == head || log::epoch::line_of(connection, own, head.epoch).await?.counts(cursor.position());
    let agrees = !counts || log::hash_at(connection, own, cursor.position()).await? == Some(cursor.hash);
    Ok(if agrees { Standing::Ours } else { Standing::Another })
}

/// How far a peer's clock is ahead of ours. The result can be negated for any clock that the peer claims: a panic over
/// a lie would end the node.
#[must_use]
pub fn clock_skew_seconds(theirs: i64, ours: i64) -> i64 {
    theirs.saturating_sub(ours).max(-i64::MAX)
}

/// Two machines from one snapshot: a start that was followed by another says hello again. No clock orders starts.
fn check_boot(hub: &Hub, peer: &NodeId, hello: &Hello) -> Result<(), HelloRefused> {
    if hub.links.of(peer).superseded_boots.contains(&hello.boot) {
        let now = hub.context.now_micros();
        if !hub.links.of(peer).speaks_twice(now) {
            tracing::error!(%peer, "an earlier start of this peer said hello after a later one: it may run twice");
        }
        hub.links.update(peer, |link| link.spoke_twice = Some(now));
        return Err(HelloRefused::Problem(Problem::CloneSuspected));
    }
    Ok(())
}

/// Notes the start that said hello; the one before it must not be heard again.
fn note_boot(link: &mut Link, boot: &str) {
    if let Some(before) = link.boot.replace(boot.to_owned()).filter(|before| before != boot) {
        link.superseded_boots.push(before);
        let surplus = link.superseded_boots.len().saturating_sub(BOOTS_LIMIT);
        link.superseded_boots.drain(..surplus);
    }
}

async fn take_digest_keys(hub: &Hub, peer: &NodeId, hello: &Hello) -> Result<(), HelloRefused> {
    let context = &hub.context;
    let (mut new, mut kept) = (Vec::new(), Vec::new());
    let known = digest_keys(context.database.read(), &context.seal).await?;
    for shared in hello.digest_keys.iter().take(DIGEST_KEYS_LIMIT) {
        let key = DigestKey::from_bytes(shared.bytes().ok_or(HelloRefused::Problem(Problem::Malformed))?);
        kept.push(key.id());
        if !known.iter().any(|(node, held)| node == peer && held.id() == key.id()) {
            new.push(key);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let write = context.database.write("take_digest_keys").await?;
    for key in &new {
        save_digest_key(&*write, &context.seal, peer, key, context.now_micros()).await?;
    }
    // A peer that shows new keys for ever must not slow every hello down: its newest four are kept.
    let older = known.iter().filter(|(node, key)| node == peer && !kept.contains(&key.id())).map(|(_, key)| key.id());
    let kept: Vec<_> = kept.iter().copied().chain(older).take(DIGEST_KEYS_LIMIT).collect();
    forget_other_digest_keys(&*write, peer, &kept).await?;
    write.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_clock_a_peer_says_it_has_the_skew_is_a_number_with_an_opposite() {
        for (theirs, ours, skew) in [
            (40, 10, 30),
            (10, 40, -30),
            (i64::MAX, 1, i64::MAX - 1),
            (i64::MIN, 1, -i64::MAX),
            (i64::MAX, -1, i64::MAX),
        ] {
            assert_eq!(clock_skew_seconds(theirs, ours), skew);
            assert_eq!(skew.abs(), skew.checked_abs().expect("it has an opposite"));
        }
    }
}
