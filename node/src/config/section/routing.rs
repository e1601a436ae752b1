//! `[routing]`: the destinations of a report, and the forbidden ones.

use std::collections::BTreeMap;

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use serde::{Deserialize, Serialize};

use super::section_reader::Section;

/// The destinations of a report, and the forbidden ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingSection {
    /// For a country that several hotlines answer for: their order. Elsewhere the lowest active id is
    /// taken of those that have their seat there, else of all.
    pub hotlines: BTreeMap<Country, Vec<NodeId>>,
    /// Countries that get no report.
    pub legal_block: Vec<Country>,
}

impl Section for RoutingSection {
    const NAME: &'static str = "routing";
}
