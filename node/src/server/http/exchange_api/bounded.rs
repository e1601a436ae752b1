//! Reading a request's body, compressed or not, within bounds: room is taken before a byte is read, and a bomb is noticed
//! before it fills the memory.

use std::io::Read;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Version, header};
use futures_util::StreamExt as _;
use hotline_protocol::id::NodeId;
use hotline_protocol::problem::{Document, Problem};

use super::refused::Refused;
use crate::problem::ExchangeProblem;
use crate::server::http::budget::{Budget, Room};

/// Most bytes of a request, as sent and decompressed.
const LIMIT: usize = 16 * 1024 * 1024;
/// The first MiB may come from anything; beyond it, at most so many bytes for one compressed byte.
const FREE_BYTES: usize = 1024 * 1024;
const RATIO_LIMIT: usize = 20;
/// Room for decompressed bytes is taken in such steps.
const STEP: usize = 256 * 1024;

/// A body that was read, with the room that it takes.
pub(super) struct Plain {
    pub(super) bytes: Vec<u8>,
    pub(super) room: Room<NodeId>,
}

/// The body as it was before compression (`gzip` or `zstd`).
pub(super) async fn read(request: Request, budget: &Budget<NodeId>, peer: &NodeId) -> Result<Plain, ExchangeProblem> {
    let (head, body) = request.into_parts();
    let declared = head.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > LIMIT) {
        pass_over(head.version, body).await;
        return Err(Problem::TooLarge.into());
    }
    let room = match budget.take(peer.clone(), declared.unwrap_or(0)) {
        Ok(room) => room,
        Err(full) => {
            pass_over(head.version, body).await;
            return Err(Refused::from(full).of(peer));
        }
    };
    let mut plain = Plain { bytes: Vec::new(), room };
    plain.fill(body, declared, peer).await?;
    plain.decompress(&head.headers, peer)
}

/// With HTTP/1 a connection closed on unread bytes is reset, and the client never sees the reason of its refusal. So
/// its bytes are read, and not kept.
pub(super) async fn pass_over(version: Version, body: Body) {
    if version >= Version::HTTP_2 {
        return;
    }
    let (mut chunks, mut length) = (body.into_data_stream(), 0);
    while let Some(Ok(chunk)) = chunks.next().await {
        length += chunk.len();
        // No peer that keeps to the protocol sends more.
        if length > LIMIT {
            return;
        }
    }
}

impl Plain {
    /// Reads the body. Where its length was declared, there is room for it already.
    async fn fill(&mut self, body: Body, declared: Option<usize>, peer: &NodeId) -> Result<(), ExchangeProblem> {
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Problem::Malformed)?;
            if self.bytes.len() + chunk.len() > LIMIT {
                return Err(Problem::TooLarge.into());
            }
            if declared.is_none() {
                self.room.grow(chunk.len()).map_err(|full| Refused::from(full).of(peer))?;
            }
            self.bytes.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn decompress(mut self, headers: &HeaderMap, peer: &NodeId) -> Result<Self, ExchangeProblem> {
        let Some(encoding) = headers.get(header::CONTENT_ENCODING) else { return Ok(self) };
        let limit = LIMIT.min(FREE_BYTES + self.bytes.len().saturating_mul(RATIO_LIMIT));
        let sent = std::mem::take(&mut self.bytes);
        let room = &mut self.room;
        self.bytes = match encoding.as_bytes() {
            b"identity" => sent,
            b"gzip" => read_bounded(flate2::read::GzDecoder::new(&sent[..]), limit, room, peer)?,
            b"zstd" => match zstd::stream::read::Decoder::new(&sent[..]) {
                Ok(decoder) => read_bounded(decoder, limit, room, peer)?,
                Err(_) => return Err(Problem::Malformed.into()),
            },
            _ => return Err(Document::new(Problem::Malformed).with_detail("Only gzip and zstd are read.").into()),
        };
        Ok(self)
    }
}

fn read_bounded(
    reader: impl Read,
    limit: usize,
    room: &mut Room<NodeId>,
    peer: &NodeId,
) -> Result<Vec<u8>, ExchangeProblem> {
    let mut plain = Vec::new();
    let mut reader = reader.take(limit as u64 + 1);
    loop {
        room.grow(STEP).map_err(|full| Refused::from(full).of(peer))?;
        let read = reader.by_ref().take(STEP as u64).read_to_end(&mut plain).map_err(|_| Problem::Malformed)?;
        if plain.len() > limit {
            return Err(Problem::TooLarge.into());
        }
        if read < STEP {
            return Ok(plain);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::server::http::budget::Bounds;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(plain).expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    }

    fn peer() -> NodeId {
        "nl-a".parse().expect("an id")
    }

    async fn read_of(budget: &Budget<NodeId>, encoding: Option<&str>, body: Body) -> Result<Plain, Problem> {
        let request = Request::put("/").version(Version::HTTP_2);
        let request = encoding.into_iter().fold(request, |request, it| request.header(header::CONTENT_ENCODING, it));
        let length = hyper::body::Body::size_hint(&body).exact();
        let request = length.into_iter().fold(request, |request, it| request.header(header::CONTENT_LENGTH, it));
        read(request.body(body).expect("a request"), budget, &peer()).await.map_err(|refused| refused.problem())
    }

    async fn read_as(encoding: &str, body: Vec<u8>) -> Result<Vec<u8>, Problem> {
        let budget = Budget::new(Bounds { all: LIMIT * 2, each: LIMIT * 2, always: 0 });
        read_of(&budget, Some(encoding), body.into()).await.map(|plain| plain.bytes)
    }

    #[tokio::test]
    async fn compressed_bodies_are_read_and_bombs_and_damage_are_refused() {
        assert_eq!(read_as("gzip", gzip(b"a run")).await, Ok(b"a run".to_vec()));
        let zstd = zstd::encode_all(&b"a run"[..], 3).expect("compresses");
        assert_eq!(read_as("zstd", zstd).await, Ok(b"a run".to_vec()));
        assert_eq!(read_as("identity", b"a run".to_vec()).await, Ok(b"a run".to_vec()));
        let long = vec![b'a'; STEP * 3];
        assert_eq!(read_as("gzip", gzip(&long)).await, Ok(long));
        assert_eq!(read_as("gzip", gzip(&vec![0; 8 * 1024 * 1024])).await, Err(Problem::TooLarge));
        let mut damaged = gzip(b"a run");
        damaged[3] ^= 0xff;
        damaged.truncate(9);
        assert_eq!(read_as("gzip", damaged).await, Err(Problem::Malformed));
        assert_eq!(read_as("br", Vec::new()).await, Err(Problem::Malformed));
    }

    #[tokio::test]
    async fn room_is_taken_before_a_byte_is_read_and_for_what_is_decompressed() {
        let budget = Budget::new(Bounds { all: STEP * 10, each: STEP * 2, always: 0 });
        let never_read = Body::from_stream(futures_util::stream::once(async {
            panic!("it is read") as Result<Vec<u8>, axum::Error>
        }));
        let request = Request::put("/").version(Version::HTTP_2).header(header::CONTENT_LENGTH, STEP * 2 + 1);
        let refused = read(request.body(never_read).expect("a request"), &budget, &peer()).await;
        assert_eq!(refused.err().map(|refused| refused.problem()), Some(Problem::RateLimited));
        // Of unknown length: as it comes.
        let piece = || Ok::<_, axum::Error>(vec![0; STEP]);
        let unknown = |pieces: usize| Body::from_stream(futures_util::stream::iter((0..pieces).map(move |_| piece())));
        assert!(read_of(&budget, None, unknown(2)).await.is_ok());
        assert_eq!(read_of(&budget, None, unknown(3)).await.err(), Some(Problem::RateLimited));
        assert_eq!(
            read_of(&budget, Some("gzip"), gzip(&vec![0; STEP * 2]).into()).await.err(),
            Some(Problem::RateLimited)
        );
        // Refused or not, it is given back.
        let plain = read_of(&budget, None, vec![0; STEP * 2].into()).await.expect("there is room");
        assert_eq!(read_of(&budget, None, vec![0; 1].into()).await.err(), Some(Problem::RateLimited));
        drop(plain);
        assert!(read_of(&budget, None, vec![0; STEP * 2].into()).await.is_ok());
    }
}
