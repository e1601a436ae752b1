//! `[exchange]`: how the node talks with other nodes.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::section_reader::Section;
use crate::config::value::{OwnUrl, Proxies};

/// The party that answers an offer within the node's jurisdiction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// The node, from the result of its own location.
    #[default]
    Automatic,
    /// A person.
    Manual,
}

/// How the node talks with other nodes. Limits are those of the protocol (HXP/1, section 8); a node may set them
/// lower, and of two nodes the smaller counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExchangeSection {
    /// Where it listens for peers.
    pub listen: SocketAddr,
    /// The address that stands in its card; https with `listen` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<OwnUrl>,
    /// TCP proxies before it that name the caller behind them (PROXY protocol).
    pub proxies: Proxies,
    /// The party that answers offers.
    pub accept: Acceptance,
    /// Time between two greetings of a peer.
    pub hello_seconds: u32,
    /// Silence of the direct way until a peer is polled and its log fetched from other members.
    pub poll_silence_seconds: u32,
    /// Longest pause between two tries to reach a peer.
    pub retry_maximum_seconds: u32,
    /// Time without delivery until an alarm is raised.
    pub delivery_alarm_seconds: u32,
    /// Time without an answer until an offer is taken back. An alarm is raised before; where a machine answers, long
    /// before.
    pub answer_alarm_hours: u32,
    /// Time without a word of an accepted report until a person of its origin is called, and may take it back.
    pub holder_silence_days: u32,
    /// Time that a TLS handshake may take.
    pub handshake_timeout_seconds: u32,
    /// Time that a request's head may take.
    pub header_timeout_seconds: u32,
    /// Time that a request's body may take.
    pub body_timeout_seconds: u32,
    /// Unfinished handshakes that one address may hold open.
    pub unfinished_handshakes_per_address: u32,
    /// Connections of all peers together.
    pub connections: u32,
    /// Connections of one peer.
    pub connections_per_peer: u32,
    /// Time without a request until a connection is ended.
    pub idle_seconds: u32,
    /// Longest time for reading an answer to its end.
    pub answer_timeout_seconds: u32,
    /// Bytes of requests and answers that lie in memory, of all peers together.
    pub bytes_under_way: u32,
    /// The same of one peer.
    pub bytes_under_way_per_peer: u32,
    /// Most entries in a run.
    pub run_maximum_entries: u32,
    /// Most bytes in a run, bodies included.
    pub run_maximum_bytes: u32,
    /// Entries of one author's log that are taken in a day.
    pub day_maximum_entries: u32,
    /// Mebibytes of one author's log that are taken in a day, bodies included.
    pub day_maximum_mebibytes: u32,
    /// New epochs of one author's log that are taken in a day.
    pub day_maximum_epochs: u32,
    /// Refusals that one author's offers get in an hour.
    pub hour_maximum_refusals: u32,
}

/// The amount taken of one author's log in a day, from all its carriers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayBudget {
    /// Entries.
    pub entries: u64,
    /// Bytes of header lines, and of the bodies that are kept.
    pub bytes: u64,
    /// New epochs.
    pub epochs: u64,
}

impl Default for DayBudget {
    fn default() -> Self {
        ExchangeSection::default().day_budget()
    }
}

impl ExchangeSection {
    /// Returns the amount taken of one author's log in a day.
    #[must_use]
    pub fn day_budget(&self) -> DayBudget {
        DayBudget {
            entries: self.day_maximum_entries.into(),
            bytes: u64::from(self.day_maximum_mebibytes) * 1_024 * 1_024,
            epochs: self.day_maximum_epochs.into(),
        }
    }
}

impl Default for ExchangeSection {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 7443).into(),
            url: None,
            proxies: Proxies::default(),
            accept: Acceptance::default(),
            hello_seconds: 60,
            poll_silence_seconds: 60,
            retry_maximum_seconds: 300,
            delivery_alarm_seconds: 900,
            answer_alarm_hours: 72,
            holder_silence_days: 14,
            handshake_timeout_seconds: 10,
            header_timeout_seconds: 10,
            body_timeout_seconds: 60,
            unfinished_handshakes_per_address: 16,
            connections: 1_024,
            connections_per_peer: 32,
            // Longer than the reference node keeps a connection that it does not use (90 s): it is the one to end it.
            idle_seconds: 120,
            answer_timeout_seconds: 60,
            bytes_under_way: 256 * 1_024 * 1_024,
            // Two pushes and two pulls of the largest runs that there can be.
            bytes_under_way_per_peer: 64 * 1_024 * 1_024,
            run_maximum_entries: 1_024,
            run_maximum_bytes: 4 * 1_024 * 1_024,
            // A hundred thousand reports in a day, of some eight entries each with a body of some KiB, are less than half.
            day_maximum_entries: 2_000_000,
            day_maximum_mebibytes: 8_192,
            day_maximum_epochs: 16,
            // Twenty thousand in a day and a half, within the 72 hours of an offer.
            hour_maximum_refusals: 600,
        }
    }
}

impl Section for ExchangeSection {
    const NAME: &'static str = "exchange";
}
