//! Testimonies of name servers about a name: one a server, none of them believed before the others are heard.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

/// Most addresses of one name that are kept with a report and shown: a host may have thousands, and evidence travels.
pub const SAMPLE: usize = 16;

/// Most addresses of one name that decide: a message of DNS (64 KiB) has room for no more, a hosts file may have.
pub const DECIDING: usize = 4_096;

/// One name server's testimony about one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Testimony {
    /// The name server.
    pub resolver: SocketAddr,
    /// Its answer.
    pub answer: Answer,
}

/// An answer to a question for all addresses of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Its addresses.
    Addresses {
        /// Those that decide: each once, ascending, IPv4 first, unwrapped; at least one and at most [`DECIDING`], spread
        /// evenly over more. One own country among them decides, so evidence is cut to [`SAMPLE`] only after that.
        sample: Vec<IpAddr>,
        /// How many there are in all.
        count: u32,
    },
    /// It does not exist, or has no address.
    NoAddress,
    /// An answer that leads to no server of that name.
    Blocked {
        /// The answered addresses, at most [`SAMPLE`]; none where the server said that it blocks.
        sample: Vec<IpAddr>,
        /// Why it is not believed.
        why: BlockedWhy,
    },
    /// It was silent or failed: ask again later.
    Silent,
}

/// Why an answer is taken for a block. The word for the JSON shape is the variant in `snake_case`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockedWhy {
    /// An address where no server of the internet stands: `0.0.0.0`, `::`, loopback, private or reserved.
    NoPlace,
    /// An address of `geolocation.stop_page_addresses`.
    StopPage,
    /// Unlike names lead to the address at once.
    Shared,
    /// An address that the server gives for names that do not exist, too.
    FalseAnswer,
    /// The server says itself that it blocked, censored, filtered or forged the answer (RFC 8914).
    Told,
}

impl BlockedWhy {
    /// The word that evidence has for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoPlace => "no_place",
            Self::StopPage => "stop_page",
            Self::Shared => "shared",
            Self::FalseAnswer => "false_answer",
            Self::Told => "told",
        }
    }
}
