//! Requests that take long, are too big, or are none.

pub(super) mod bombs;
pub(super) mod idle;
pub(super) mod malformed;
pub(super) mod slow_bodies;
pub(super) mod unread_answers;
