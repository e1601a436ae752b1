//! Work done on a case of the past: counted, never sent.

use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::State;
use serde::{Deserialize, Serialize};

/// A case of the past, as it was handled before this program. Times in seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PastCase {
    /// The country of the hotline that it was sent to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_to: Option<Country>,
    /// The country of the hotline that it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_from: Option<Country>,
    /// When it was assessed, where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessed_at: Option<i64>,
    /// When the police were informed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lea_at: Option<i64>,
    /// When the hoster was informed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isp_at: Option<i64>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<State>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_at: Option<i64>,
    /// When the reporter was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replied_at: Option<i64>,
}
