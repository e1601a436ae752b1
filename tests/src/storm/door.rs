//! Answers in the hostile member's name at the address in its card: lies, by chance.

use std::sync::{Mutex, PoisonError};

use hotline_node::clock::Clock;
use hotline_node::randomness::Randomness;
use hotline_protocol::bytes::Hash;
use hotline_protocol::log::Cursor;

use crate::chance::Chance;
use crate::hostile::{Asked, Door, Member, Said};

/// Opens it.
pub(super) async fn open(member: &Member, seed: u64) -> anyhow::Result<Door> {
    let (chance, hello) = (Mutex::new(Chance::seeded(seed)), member.hello()?);
    member
        .serve(move |asked: &Asked| {
            let choice = chance.lock().unwrap_or_else(PoisonError::into_inner).within(0..10);
            let cursor = Cursor { epoch: 1, seq: choice * 100, hash: Hash::from_bytes(Randomness.bytes()) };
            let mut greeting = hello.clone();
            greeting.clock = Clock::system().unix_seconds();
            match (asked.path.as_str(), choice) {
                (_, 0) => Said::problem(503, "busy", "backoff"),
                (_, 1) => Said::problem(409, "cursor-diverged", "rewind"),
                (_, 2) => Said::text("{".repeat(10_000)),
                ("/hello", 3) => Said::json(200, "{}"),
                ("/hello", 4) => {
                    greeting.cursor = cursor;
                    said(200, &greeting)
                }
                ("/hello", _) => said(200, &greeting),
                (_, _) if asked.method == "GET" => Said::nothing(),
                (_, _) => said(200, &serde_json::json!({ "cursor": cursor, "wants": [] })),
            }
        })
        .await
}

fn said(status: u16, document: &impl serde::Serialize) -> Said {
    Said::json(status, serde_json::to_string(document).unwrap_or_default())
}
