//! To whom a report goes, and why.
//!
//! The decision ([`Atlas::route`]) is pure: countries, peers, the configuration's order and blocks, and where the
//! server was found. A route leads to this house, to one active peer, or to nobody, and always has a reason.

mod atlas;
mod hotline_countries;
mod place;
mod place_many;

pub use atlas::{Atlas, DOUBTS, PeerArea, Traced};
pub use place::{Placement, Placer};
pub use place_many::Placing;
