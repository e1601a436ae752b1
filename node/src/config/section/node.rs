//! `[node]`: the identity of this node.

use hotline_protocol::country::{Country, CountryCode};
use hotline_protocol::id::{Network, NodeId};
use serde::{Deserialize, Serialize};
use toml::Value;

use super::section_reader::{Required, Section};
use crate::zone::Zone;

/// The identity of this node. Only `network` and `time_zone` have a default.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSection {
    /// The node's id, such as `fr-pointdecontact`; never changes.
    pub id: NodeId,
    /// The countries that this hotline answers for, the seat first.
    pub country: Vec<Country>,
    /// The hotline's name, as people read it.
    pub name: String,
    /// The federation: practice never meets production.
    #[serde(default)]
    pub network: Network,
    /// The zone of calendar days and years, and of the times that pages show.
    #[serde(default)]
    pub time_zone: Zone,
}

impl NodeSection {
    /// The country of the seat.
    #[must_use]
    pub fn seat(&self) -> CountryCode {
        self.id.seat()
    }
}

impl Section for NodeSection {
    const NAME: &'static str = "node";
    const REQUIRED: &'static [Required] = &[
        Required { key: "id", stands_in: || Value::from("fr-unknown") },
        Required { key: "country", stands_in: || Value::from(vec!["FR"]) },
        Required { key: "name", stands_in: || Value::from("unknown") },
    ];
}
