//! Reading a request's body, compressed or not, within bounds: a bomb is noticed before it fills the memory.

use std::io::Read;

use axum::http::{HeaderMap, header};
use hotline_protocol::problem::{Document, Problem};

use crate::problem::ExchangeProblem;

/// Most bytes after decompression.
const PLAIN_LIMIT: usize = 16 * 1024 * 1024;
/// The first MiB may come from anything; beyond it, at most so many bytes for one compressed byte.
const FREE_BYTES: usize = 1024 * 1024;
const RATIO_LIMIT: usize = 20;

/// The body as it was before compression (`gzip` or `zstd`).
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Vec<u8>, ExchangeProblem> {
    let Some(encoding) = headers.get(header::CONTENT_ENCODING) else { return Ok(body.to_vec()) };
    let limit = PLAIN_LIMIT.min(FREE_BYTES + body.len().saturating_mul(RATIO_LIMIT));
    match encoding.as_bytes() {
        b"identity" => Ok(body.to_vec()),
        b"gzip" => read_bounded(flate2::read::GzDecoder::new(body), limit),
        b"zstd" => match zstd::stream::read::Decoder::new(body) {
            Ok(decoder) => read_bounded(decoder, limit),
            Err(_) => Err(Problem::Malformed.into()),
        },
        _ => Err(Document::new(Problem::Malformed).with_detail("Only gzip and zstd are read.").into()),
    }
}

fn read_bounded(reader: impl Read, limit: usize) -> Result<Vec<u8>, ExchangeProblem> {
    let mut plain = Vec::new();
    reader.take(limit as u64 + 1).read_to_end(&mut plain).map_err(|_| Problem::Malformed)?;
    if plain.len() > limit { Err(Problem::TooLarge.into()) } else { Ok(plain) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(plain).expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    }

    fn encoded(encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_ENCODING, encoding.parse().expect("a header value"))])
    }

    #[test]
    fn compressed_bodies_are_read_and_bombs_and_damage_are_refused() {
        assert_eq!(read(&encoded("gzip"), &gzip(b"a run")).expect("reads"), b"a run");
        let zstd = zstd::encode_all(&b"a run"[..], 3).expect("compresses");
        assert_eq!(read(&encoded("zstd"), &zstd).expect("reads"), b"a run");
        let bomb = gzip(&vec![0; 8 * 1024 * 1024]);
        assert_eq!(read(&encoded("gzip"), &bomb).expect_err("a bomb").problem(), Problem::TooLarge);
        let mut damaged = gzip(b"a run");
        damaged[3] ^= 0xff;
        damaged.truncate(9);
        assert_eq!(read(&encoded("gzip"), &damaged).expect_err("damage").problem(), Problem::Malformed);
        assert_eq!(read(&encoded("br"), &[]).expect_err("unknown").problem(), Problem::Malformed);
    }
}
