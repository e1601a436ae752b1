//! The protocol at work: this node's log, and the data that it takes from peers and gives them.
//!
//! [`Hub`] holds the state shared by the parts. [`PeerClient`] calls peers; [`Links`] holds the state of each link;
//! `hello` makes and takes hellos. The pipeline applies the runs that came.

mod absent_peers;
mod client;
#[cfg(test)]
mod client_tests;
mod copy_comparison;
mod hello;
mod hub;
mod link;
mod link_repository;
pub mod log;
mod missing_entries;
mod peer_ahead;
mod peer_status;
mod reachability;
mod repeated_limits;
pub mod rotation;
mod shown_heads;

pub use absent_peers::gone_peers;
pub use client::{PeerClient, SendFault};
pub use copy_comparison::{Compared, NotCompared, compare_copy, lost_entries};
pub use hello::{HelloRefused, SKEW_ALARM_SECONDS, clock_skew_seconds, make_hello, take_hello};
pub use hub::{Hub, HubSettings, Start};
pub use link::{Link, Links, retry_delay};
pub use link_repository::{StoredLink, stored_links};
pub use missing_entries::{ask_for_own_copy, ask_where_copies_part};
pub use peer_ahead::Ahead;
pub use peer_status::{Standing, load_standings};
pub use reachability::{Spoken, Way, find_way};
pub use repeated_limits::Limited;
pub use shown_heads::{keep_fork, note_parted};
