//! The protocol at work: this node's log, what it takes from peers, and what it gives them.
//!
//! [`Hub`] is what the parts share. Calling peers is [`PeerClient`]; how each link stands is [`Links`]; what two nodes
//! tell each other is `hello`. Applying what came is the pipeline's.

mod ahead;
mod client;
#[cfg(test)]
mod client_tests;
mod gone;
mod hello;
mod hub;
mod last_good;
mod limited;
mod link;
mod link_repository;
pub mod log;
mod own_copy;
pub mod rotation;
mod shown_heads;
mod standing;
mod way;

pub use ahead::Ahead;
pub use client::{PeerClient, SendFault};
pub use gone::gone_peers;
pub use hello::{HelloRefused, SKEW_ALARM_SECONDS, clock_skew_seconds, make_hello, take_hello};
pub use hub::{Hub, HubSettings, Start};
pub use last_good::{Compared, NotCompared, compare_copy, lost_entries};
pub use limited::Limited;
pub use link::{Link, Links, retry_delay};
pub use link_repository::{StoredLink, stored_links};
pub use own_copy::{ask_for_own_copy, ask_where_copies_part};
pub use shown_heads::{keep_fork, note_parted};
pub use standing::{Standing, load_standings};
pub use way::{Spoken, Way, find_way};
