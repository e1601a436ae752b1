//! Where a server stands: from a place (a domain or an address) to evidence, and from evidence to a country.
//!
//! - *Evidence*: one address of a server, with what the databases say about it; all of it is kept.
//! - *Location*: all evidence about one place, or why there is none.
//! - The *decisive* evidence is the address whose country counts as the hosting country ([`choose`]).
//!
//! Nothing here ever connects to a reported host. A name is looked up in the hosts file first, and asked of a name
//! server only where one is configured, because a question tells the name server's owner what was reported.

mod choose;
mod country_database;
mod database;
mod databases;
mod error;
pub mod fixture;
mod hosts;
mod locate;
mod model;
mod network_database;
mod resolver;
mod settings;
mod special;
mod warning;

pub use choose::choose;
pub use country_database::CountryDatabase;
pub use error::{GeolocationError, HostsFault, HostsProblem};
pub use hosts::HostsFile;
pub use locate::Geolocator;
pub use model::{Evidence, Location, Method, Place, Summary, Untraceable};
pub use network_database::{Network, NetworkDatabase};
pub use resolver::testimony::{Answer, BlockedWhy, DECIDING, SAMPLE, Testimony};
pub use settings::Settings;
pub use warning::Warning;
