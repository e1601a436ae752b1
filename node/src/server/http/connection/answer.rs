//! An answer's body in pieces. HTTP/2 keeps a piece that was given to it until the other side makes room, so a large one
//! would lie in memory for as long as the other side pleases, and nobody would know.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::activity::UnderWay;

/// Longest piece, in bytes.
const PIECE: usize = 64 * 1024;

/// Stands in an answer's extensions: a value to be kept until the answer was read, or its connection is over.
#[derive(Clone)]
pub(in crate::server) struct Held(Arc<dyn Any + Send + Sync>);

impl Held {
    /// Keeps this.
    pub(in crate::server) fn new(kept: impl Any + Send + Sync) -> Self {
        Self(Arc::new(kept))
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({})", Arc::strong_count(&self.0))
    }
}

/// The body of an answer.
pub(super) struct InPieces {
    inner: Body,
    rest: Bytes,
    _held: Option<Held>,
    _under_way: UnderWay,
}

impl InPieces {
    pub(super) const fn new(inner: Body, held: Option<Held>, under_way: UnderWay) -> Self {
        Self { inner, rest: Bytes::new(), _held: held, _under_way: under_way }
    }

    /// The next piece of the bytes read. A copy: a part of it would keep all of it in memory.
    fn piece(&mut self) -> Bytes {
        if self.rest.len() <= PIECE {
            return std::mem::take(&mut self.rest);
        }
        let piece = self.rest.split_to(PIECE);
        Bytes::copy_from_slice(&piece)
    }
}

impl HttpBody for InPieces {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        if this.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut this.inner).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                ended => return Poll::Ready(ended),
            };
            match frame.into_data() {
                Ok(data) if data.len() > PIECE => this.rest = data,
                Ok(data) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        Poll::Ready(Some(Ok(Frame::data(this.piece()))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, rest) = (self.inner.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + rest);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tokio::time::Instant;

    use super::*;
    use crate::server::http::connection::activity::Activity;

    #[tokio::test]
    async fn a_long_answer_comes_in_pieces_with_its_length_and_holds_what_it_needs_to_its_end() {
        let text: Vec<u8> = (0..=255).cycle().take(3 * PIECE + 7).collect();
        let activity = Activity::new(Instant::now());
        let kept = Arc::new(());
        let under_way = activity.begin();
        let mut body = InPieces::new(Body::from(text.clone()), Some(Held::new(Arc::clone(&kept))), under_way);
        let mut read = Vec::new();
        while !body.is_end_stream() {
            assert_eq!(body.size_hint().exact(), Some((text.len() - read.len()) as u64));
            let piece = body.frame().await.expect("more").expect("no error").into_data().expect("data");
            assert!(piece.len() <= PIECE && Arc::strong_count(&kept) == 2);
            read.extend_from_slice(&piece);
        }
        assert!(read == text && activity.idle_since().is_none());
        drop(body);
        assert!(Arc::strong_count(&kept) == 1 && activity.idle_since().is_some());
    }
}
