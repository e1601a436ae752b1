//! Results of a name server's examination, for `doctor`.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::nature::Nature;

/// Findings about a name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// The name server.
    pub resolver: SocketAddr,
    /// How it is.
    pub state: ServerState,
    /// The prefixes of its DNS64, such as `64:ff9b::/96`; none where it has none or none was learnt.
    pub dns64: Vec<String>,
}

/// How a name server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerState {
    /// It answers as it should.
    Honest,
    /// It answers with addresses for names that do not exist.
    Lies {
        /// These.
        addresses: Vec<IpAddr>,
    },
    /// It answers, but not whether it makes up addresses.
    Unclear,
    /// Nothing came back.
    Dead,
}

impl Examination {
    pub(super) fn of(resolver: SocketAddr, nature: &Nature) -> Self {
        let state = if !nature.lives {
            ServerState::Dead
        } else if nature.lies {
            ServerState::Lies { addresses: nature.false_addresses.clone() }
        } else if nature.prefixes.is_none() {
            ServerState::Unclear
        } else {
            ServerState::Honest
        };
        let dns64 = nature.prefixes.iter().flatten().map(ToString::to_string).collect();
        Self { resolver, state, dns64 }
    }
}

/// In words for people.
impl fmt::Display for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resolver, state, dns64 } = self;
        match state {
            ServerState::Honest => write!(f, "the name server {resolver} answers as it should")?,
            ServerState::Lies { addresses } => {
                let shown: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                let shown = shown.join(", ");
                write!(f, "the name server {resolver} lies: it gives {shown} for a name that does not exist")?;
            }
            ServerState::Unclear => {
                write!(f, "the name server {resolver} answers, but not whether it makes up IPv6 addresses (DNS64)")?;
            }
            ServerState::Dead => write!(f, "the name server {resolver} does not answer")?,
        }
        if !dns64.is_empty() {
            write!(f, "; it makes up IPv6 addresses (DNS64) under {}, which are read back", dns64.join(", "))?;
        }
        Ok(())
    }
}
