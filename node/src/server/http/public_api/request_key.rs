//! `Idempotency-Key`: a request that is sent again is answered again, and its report taken once.
//!
//! The key is not bound to an address, as a client may come from another one. The sender of another's key learns
//! nothing: the answer holds a secret, and only the very same report receives it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName};

use crate::problem::{FieldFault, PublicProblem};

/// The header's name.
pub(super) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Longest key, in bytes.
const LIMIT_BYTES: usize = 255;

/// The key of a request, where it has one.
pub(super) fn key_of(headers: &HeaderMap) -> Result<Option<String>, PublicProblem> {
    let mut keys = headers.get_all(HEADER).iter();
    let (Some(key), second) = (keys.next(), keys.next()) else { return Ok(None) };
    let text = std::str::from_utf8(key.as_bytes()).ok().map(str::trim);
    let is_key = |text: &&str| (1..=LIMIT_BYTES).contains(&text.len()) && !text.contains(char::is_control);
    match text.filter(is_key).filter(|_| second.is_none()) {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(PublicProblem::validation(vec![FieldFault {
            field: HEADER.to_string(),
            fault: "one line of 1 to 255 printable characters is expected, once".into(),
        }])),
    }
}

/// The keys of requests that are being worked on.
#[derive(Default)]
pub(super) struct AtWork(Mutex<HashSet<[u8; 32]>>);

/// A request's turn: while it lasts, no other of the same key is worked on. It ends with its request, also where the
/// client went away.
pub(super) struct Turn<'a> {
    at_work: &'a AtWork,
    key: [u8; 32],
}

impl AtWork {
    /// The turn of a request; none while another of the same key has it.
    pub(super) fn begin(&self, key: [u8; 32]) -> Option<Turn<'_>> {
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        is_new.then_some(Turn { at_work: self, key })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.at_work.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn key(values: &[&[u8]]) -> Result<Option<String>, PublicProblem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_bytes(value).expect("a header's value"));
        }
        key_of(&headers)
    }

    #[test]
    fn a_key_is_one_line_of_printable_text() {
        assert!(key(&[]).is_ok_and(|key| key.is_none()));
        for text in ["a", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "clé n° 7", &"k".repeat(255)] {
            assert!(key(&[text.as_bytes()]).is_ok_and(|key| key.as_deref() == Some(text)), "{text}");
        }
        let long = "k".repeat(256);
        for values in [&[&b""[..]][..], &[b" "], &[long.as_bytes()], &[b"a\tb"], &[b"\xff"], &[b"a", b"a"]] {
            assert!(key(values).is_err(), "{values:?}");
        }
    }

    #[test]
    fn a_turn_lasts_as_long_as_its_request() {
        let at_work = AtWork::default();
        let turn = at_work.begin([1; 32]);
        assert!(turn.is_some() && at_work.begin([1; 32]).is_none() && at_work.begin([2; 32]).is_some());
        drop(turn);
        assert!(at_work.begin([1; 32]).is_some());
    }
}
