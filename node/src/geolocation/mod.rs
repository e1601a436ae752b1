//! Where a server stands: from a place (a domain or an address) to evidence, and from evidence to a country.
//!
//! - *Evidence*: one address of a server, with each database's statement about it.
//! - *Testimony*: one name server's answer about a name.
//! - *Location*: all evidence and testimonies about one place, or why there is none.
//! - The *verdict* follows from all witnesses together: a country, or why none is certain (`witness`).
//!
//! Nothing here ever connects to a reported host. The node looks up a name in the hosts file first. It asks a name
//! server only where one is configured, because a question shows the reported name to the name server's owner.

mod address_note;
mod code;
pub mod database;
mod delivery_network;
mod error;
mod evidence;
pub mod fixture;
mod hosts;
mod locate;
mod locate_many;
mod model;
mod name_to_ask;
mod resolver;
mod settings;
mod special;
mod stop_page;
mod warning;
mod witness;

pub use address_note::{AddressNote, Gateway, gateway_of};
pub use delivery_network::DeliveryNetworks;
pub use error::{GeolocationError, HostsFault, HostsProblem, ListFault};
pub use evidence::{Evidence, Method};
pub use hosts::HostsFile;
pub use locate::Geolocator;
pub use locate_many::Locating;
pub use model::{Location, Place, Summary};
pub use resolver::crowd::{CrowdBook, Suspects};
pub use resolver::testimony::{Answer, BlockedWhy, DECIDING, SAMPLE, Testimony};
pub use resolver::{Examination, ServerState};
pub use settings::Settings;
pub use warning::Warning;
pub use witness::{Certainty, Decided, Doubt, Statement, Untraceable, Verdict};
