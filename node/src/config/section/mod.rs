//! One file a section of the configuration.

mod alerts;
mod authority;
mod database;
mod exchange;
pub mod geolocation;
mod keys;
mod listener;
mod log;
mod node;
mod routing;
mod section_reader;

pub use alerts::AlertsSection;
pub use authority::{AuthoritySection, Revocation, StaleList};
pub use database::{DatabaseLocation, DatabaseSection, DatabaseUrl, DatabaseUrlMalformed};
pub use exchange::{Acceptance, DayBudget, ExchangeSection};
pub use geolocation::GeolocationSection;
pub use keys::KeysSection;
pub use listener::{OfficeSection, OperationsSection, PublicSection};
pub use log::{LogFormat, LogSection};
pub use node::NodeSection;
pub use routing::RoutingSection;
pub(crate) use section_reader::{Section, take};
