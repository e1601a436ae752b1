//! `[routing]`: to whom a report goes, and where it must not go.

use std::collections::BTreeMap;

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use serde::{Deserialize, Serialize};

use super::section_reader::Section;

/// To whom a report goes, and where it must not go.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingSection {
    /// For a country that several hotlines answer for: their order. Elsewhere the lowest active id is
    /// taken of those that have their seat there, else of all.
    pub hotlines: BTreeMap<Country, Vec<NodeId>>,
    /// Countries to which no report is passed.
    pub legal_block: Vec<Country>,
}

impl Section for RoutingSection {
    const NAME: &'static str = "routing";
}
