//! A connection once it is let in: the number of places, its activity, and its end.
//!
//! - `connection_limit` counts connections, in all and of each holder; where there are as many as there may be, one that does
//!   nothing gives way.
//! - `activity` knows a connection's activity, and says when it has been idle, or left an answer unread, for too long.
//! - `answer` gives an answer in pieces, so that no more of it lies in buffers than the other side reads.
//! - `serve` speaks HTTP.

pub(crate) mod activity;
mod answer;
pub(crate) mod connection_limit;
mod serve;

pub(super) use activity::Patience;
pub(super) use answer::Held;
pub(super) use connection_limit::{Limits, NoPlace, Place, Places};
pub(super) use serve::{Served, serve, show_counters};
