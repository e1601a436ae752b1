//! A peer: another hotline's node with an added card.

use hotline_protocol::country::{Country, CountryCode};
use hotline_protocol::id::NodeId;

/// Whether the two exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerStanding {
    /// They do.
    Active,
    /// They do not for now: its headers are taken through others, nothing is offered to it or accepted from it.
    Suspended,
    /// They do not any more.
    Removed,
}

impl PeerStanding {
    /// As it is stored and shown.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Removed => "removed",
        }
    }

    /// As it was stored.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Removed].into_iter().find(|standing| standing.code() == code)
    }
}

/// A peer as it is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its id.
    pub id: NodeId,
    /// Whether the two exchange.
    pub standing: PeerStanding,
    /// Its name.
    pub name: String,
    /// The countries that its card names, its seat first: known here or not.
    pub countries: Vec<CountryCode>,
    /// Where it is reached: an https URL.
    pub endpoint: String,
    /// Its newest card, as it signed it.
    pub card: String,
    /// The card's counter.
    pub card_number: u64,
    /// When it was added, microseconds since 1970.
    pub added_at: i64,
}

impl Peer {
    /// The countries that it answers for, as far as they are known here. The others stay on its card until a version
    /// knows them: nothing is offered for them meanwhile.
    pub fn answers_for(&self) -> impl Iterator<Item = Country> + '_ {
        self.countries.iter().copied().filter_map(CountryCode::known)
    }
}
