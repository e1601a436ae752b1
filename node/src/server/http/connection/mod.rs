//! A connection once it is let in: how many there may be, what it does, and when it is cut.
//!
//! - `places` counts connections, in all and of each holder; where there are as many as there may be, one that does
//!   nothing gives way.
//! - `activity` knows what a connection does, and says when it has been idle, or left an answer unread, for too long.
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
