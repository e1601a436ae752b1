//! Missing bodies, asked for by name: some at once, and not again and again where they are refused.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use hotline_protocol::bytes::Hash;
use hotline_protocol::hello::WANTS_LIMIT;
use hotline_protocol::log::Position;
use hotline_protocol::problem::Problem;

use super::deliver::DeliverFault;
use crate::exchange::log::{self, LogError};
use crate::exchange::{Hub, PeerClient, SendFault};
use crate::trust::peer::Peer;

/// Calls for bodies that are under way with one peer (protocol, section 3).
const AT_ONCE: usize = 4;
/// Bodies that are taken in one transaction: at most some 16 MiB wait for it in the memory.
const TAKEN_AT_ONCE: usize = 64;
/// The pause after the first refusal.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause (protocol, section 4): the answerer may get the offer that entitles us late, or never.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);

/// A missing body: the place of its entry, and the entry's hash.
type Wanted = (Position, Hash);

/// Bodies that a peer refused, and when each is asked for again. Kept while the peer's fetcher runs.
#[derive(Debug, Default)]
pub struct RefusedBodies(HashMap<Hash, Refused>);

#[derive(Debug, Clone, Copy)]
struct Refused {
    times: u32,
    /// Microseconds since 1970.
    next_try: i64,
}

impl RefusedBodies {
    /// How many are waited with.
    fn len(&self) -> usize {
        self.0.len()
    }

    /// The bodies of `wanted` that may be asked for at `now`. Forgets the bodies that are not wanted any more.
    fn due(&mut self, wanted: Vec<Wanted>, now: i64) -> Vec<Wanted> {
        let known = std::mem::take(&mut self.0);
        self.0 = wanted.iter().filter_map(|(_, hash)| Some((*hash, *known.get(hash)?))).collect();
        let is_due = |hash: &Hash| self.0.get(hash).is_none_or(|refused| refused.next_try <= now);
        wanted.into_iter().filter(|(_, hash)| is_due(hash)).collect()
    }

    fn note(&mut self, hash: Hash, now: i64) {
        let refused = self.0.entry(hash).or_insert(Refused { times: 0, next_try: now });
        refused.next_try = now + i64::try_from(pause(refused.times).as_micros()).unwrap_or(i64::MAX / 2);
        refused.times = refused.times.saturating_add(1);
    }
}

/// The pause after a body was refused `times` times before: 2 s, 4 s, 8 s … and at most 15 minutes.
fn pause(times: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << times.min(16)).min(LONGEST_PAUSE)
}

/// Result of asking for some bodies.
#[derive(Debug, Default)]
struct Asked {
    bodies: Vec<(Position, String)>,
    refused: Vec<Hash>,
    /// The fault that ended the round before all were asked for.
    ended: Option<SendFault>,
}

/// Fetches bodies of `peer`'s log that are missing here. Gives how many came.
pub async fn fetch_bodies(
    hub: &Hub,
    peer: &Peer,
    client: &PeerClient,
    refused: &mut RefusedBodies,
) -> Result<usize, DeliverFault> {
    let context = &hub.context;
    if !log::has_room_today(context, &peer.id).await.map_err(LogError::from)? {
        return Ok(0);
    }
    // Refused ones stand in the list, too: they must not keep others from being seen.
    let limit = WANTS_LIMIT.saturating_add(refused.len()) as u64;
    let wanted = log::wants(context.database.read(), &peer.id, limit).await.map_err(LogError::from)?;
    let mut count = 0;
    for wanted in refused.due(wanted, context.now_micros()).chunks(TAKEN_AT_ONCE) {
        let asked = ask(wanted, |place, hash| {
            let client = client.clone();
            async move { client.body(place, &hash).await }
        })
        .await;
        let now = context.now_micros();
        asked.refused.into_iter().for_each(|hash| refused.note(hash, now));
        count += log::take_bodies(context, &peer.id, asked.bodies).await?;
        match asked.ended {
            None => {}
            // It is there and has no room now: the next round asks again, and nothing else must wait for that.
            Some(SendFault::Problem { .. }) => break,
            Some(fault) => return Err(fault.into()),
        }
    }
    Ok(count)
}

/// Asks for bodies, four at once. After a fault that is not about one body, asks for nothing more, and still takes the
/// answers under way.
async fn ask<F>(wanted: &[Wanted], fetch: impl Fn(Position, Hash) -> F) -> Asked
where
    F: Future<Output = Result<String, SendFault>>,
{
    let mut asked = Asked::default();
    let mut left = wanted.iter().copied();
    let call = |(place, hash): Wanted| {
        let answer = fetch(place, hash);
        async move { (place, hash, answer.await) }
    };
    let mut under_way: stream::FuturesUnordered<_> = left.by_ref().take(AT_ONCE).map(call).collect();
    while let Some((place, hash, answer)) = under_way.next().await {
        match answer {
            Ok(line) => asked.bodies.push((place, line)),
            // Not yet, or erased: it stays wanted.
            Err(SendFault::Problem { problem: Some(Problem::NotEntitled | Problem::Gone), .. }) => {
                asked.refused.push(hash);
            }
            Err(fault) => asked.ended = asked.ended.or(Some(fault)),
        }
        if asked.ended.is_none() {
            under_way.extend(left.next().map(call));
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn wanted(count: u8) -> Vec<Wanted> {
        let wanted = |number: u8| (Position { epoch: 1, seq: number.into() }, Hash::of(&[&[number]]));
        (0..count).map(wanted).collect()
    }

    const fn problem(problem: Problem) -> SendFault {
        SendFault::Problem { problem: Some(problem), cursor: None, retry_after: None }
    }

    #[tokio::test]
    async fn four_are_under_way_and_never_more() {
        let (now, most) = (Cell::new(0), Cell::new(0));
        let asked = ask(&wanted(11), |_, _| async {
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            tokio::task::yield_now().await;
            now.set(now.get() - 1);
            Ok("{}".to_owned())
        })
        .await;
        assert_eq!((asked.bodies.len(), asked.refused.len(), most.get()), (11, 0, 4));
    }

    #[tokio::test]
    async fn a_refused_body_keeps_no_other_from_coming() {
        let all = wanted(9);
        let answer = |hash| match hash {
            hash if hash == all[0].1 => Err(problem(Problem::NotEntitled)),
            hash if hash == all[4].1 => Err(problem(Problem::Gone)),
            _ => Ok("{}".to_owned()),
        };
        let asked = ask(&all, |_, hash| std::future::ready(answer(hash))).await;
        assert_eq!((asked.bodies.len(), asked.ended.is_none()), (7, true));
        assert_eq!(asked.refused, [all[0].1, all[4].1]);
        assert!(asked.bodies.iter().all(|(place, _)| ![all[0].0, all[4].0].contains(place)));
    }

    #[tokio::test]
    async fn a_fault_of_the_peer_ends_the_round_and_what_came_is_kept() {
        for fault in [|| SendFault::Unreachable, || problem(Problem::RateLimited), || SendFault::Malformed] {
            let all = wanted(20);
            let calls = Cell::new(0);
            let answer = |hash| {
                calls.set(calls.get() + 1);
                if hash == all[2].1 { Err(fault()) } else { Ok("{}".to_owned()) }
            };
            let asked = ask(&all, |_, hash| std::future::ready(answer(hash))).await;
            assert!(asked.ended.is_some() && asked.refused.is_empty());
            assert_eq!(asked.bodies.len(), calls.get() - 1);
            assert!(calls.get() < all.len(), "{} calls", calls.get());
        }
    }

    #[test]
    fn the_pause_doubles_up_to_a_quarter_of_an_hour() {
        let seconds = |times| pause(times).as_secs();
        assert_eq!([0, 1, 2, 7, 8, 9, 99].map(seconds), [2, 4, 8, 256, 512, 900, 900]);
    }

    #[test]
    fn a_refused_body_is_asked_for_after_its_pause_and_forgotten_when_nobody_wants_it() {
        const SECOND: i64 = 1_000_000;
        let (all, mut refused) = (wanted(2), RefusedBodies::default());
        assert_eq!(refused.due(all.clone(), 0), all);
        refused.note(all[0].1, 0);
        assert_eq!(refused.due(all.clone(), 2 * SECOND - 1), all[1..]);
        assert_eq!(refused.due(all.clone(), 2 * SECOND), all);
        refused.note(all[0].1, 2 * SECOND);
        assert_eq!(refused.due(all.clone(), 6 * SECOND - 1), all[1..]);
        assert_eq!(refused.due(all[1..].to_vec(), 6 * SECOND), all[1..]);
        assert_eq!((refused.len(), refused.due(all.clone(), 0)), (0, all));
    }
}
