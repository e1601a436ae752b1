//! A report's destination, and the reason.
//!
//! The decision ([`RoutingTable::route`]) is pure: countries, peers, the configuration's order and blocks, and where the
//! server was found. A route leads to this house, to one active peer, or to nobody, and always has a reason.

mod hotline_countries;
mod locate_and_route;
mod locate_and_route_many;
mod routing_table;

pub use locate_and_route::{Locator, Placement};
pub use locate_and_route_many::Placing;
pub use routing_table::{DOUBTS, PeerArea, RoutingTable, Traced};
