//! Databases of the country and the network of an address.

mod checked;
mod country_database;
mod databases;
mod mmdb;
mod network_database;

pub use country_database::CountryDatabase;
pub(crate) use databases::Databases;
pub use databases::{Examined, Role};
pub use mmdb::Extent;
pub(super) use mmdb::scalar::asn_of;
pub use network_database::{Network, NetworkDatabase};
