//! Reports that are taken once, however often the request for them comes.
//!
//! A client that lost the answer cannot know whether its report was taken. It sends the same request under the same
//! key, and gets the same answer. The answer is kept in the very transaction that takes the reports: on any failure,
//! either both are there or neither is.

use std::time::Duration;

use hotline_protocol::bytes::Hash;
use zeroize::Zeroizing;

use super::idempotency_repository::{any_until, given_since, keep, remove_until};
use crate::context::Context;
use crate::report::{Report, ReportError};
use crate::secret::SealKey;
use crate::storage::{ConnectionTrait, StorageError, Write};

/// How long an answer is given again.
const KEPT: Duration = Duration::from_hours(24);

/// A request that its client may send again. Only keyed digests of it are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    /// Of the key that the client chose.
    pub key: [u8; 32],
    request: [u8; 32],
}

/// The present and earlier answers to a request.
pub enum Answer {
    /// The reports as they were taken now.
    Taken(Vec<Report>),
    /// The earlier answer to the same request.
    Given(Zeroizing<Vec<u8>>),
    /// Another request came under this key before.
    OtherRequest,
}

impl Once {
    /// Of a client's key, and of everything that the request says.
    #[must_use]
    pub fn new(seal: &SealKey, key: &str, request: &Hash) -> Self {
        Self {
            key: seal.index_digest("idempotency-key", key.as_bytes()),
            request: seal.index_digest("idempotency-request", request.as_bytes()),
        }
    }

    fn place(&self) -> Vec<u8> {
        [b"given-answer/", &self.key[..]].concat()
    }
}

/// Returns the earlier answer to a request, if there was one.
pub async fn answered_before(context: &Context, once: &Once) -> Result<Option<Answer>, ReportError> {
    look(context, context.database.read(), once).await
}

/// What was answered to a request before, as a connection sees it.
pub(super) async fn look<C: ConnectionTrait>(
    context: &Context,
    connection: &C,
    once: &Once,
) -> Result<Option<Answer>, ReportError> {
    match given_since(connection, &once.key, outdated(context)).await? {
        None => Ok(None),
        Some((request, answer)) if request == once.request => {
            Ok(Some(Answer::Given(context.seal.open(&once.place(), &answer)?)))
        }
        Some(_) => Ok(Some(Answer::OtherRequest)),
    }
}

/// Keeps the answer to a request in the transaction that takes its reports in, and forgets outdated ones.
pub(super) async fn keep_answer(
    context: &Context,
    write: &Write<'_>,
    once: &Once,
    answer: &[u8],
) -> Result<(), ReportError> {
    remove_until(write, outdated(context)).await?;
    let sealed = context.seal.seal(&once.place(), answer);
    Ok(keep(write, (&once.key, &once.request), sealed, context.now_micros()).await?)
}

/// Forgets answers that are given no more: they hold secrets of reporters.
pub async fn forget_answers(context: &Context) -> Result<(), StorageError> {
    let until = outdated(context);
    if !any_until(context.database.read(), until).await? {
        return Ok(());
    }
    let write = context.database.write("forget_answers").await?;
    remove_until(&write, until).await?;
    write.commit().await
}

fn outdated(context: &Context) -> i64 {
    context.now_micros().saturating_sub(i64::try_from(KEPT.as_micros()).unwrap_or(i64::MAX))
}
