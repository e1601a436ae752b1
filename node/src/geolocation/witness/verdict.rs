//! The verdict of witnesses.

use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::LocationDecision;
use serde::{Serialize, Serializer};

/// The verdict of all witnesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stands there.
    In(Country, Certainty),
    /// There is an address, and no country is certain.
    Unsure(Doubt),
    /// There is no address of a server.
    Untraceable(Untraceable),
    /// Nobody answered: the same question may be answered later.
    NotYet,
}

/// How a country is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// All witnesses with any knowledge say the same.
    Agreed,
    /// More than half of those that know something.
    Majority,
    /// A correction of the house's own, and a database says otherwise.
    Corrected,
}

/// Why no country is certain although there is an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Witnesses name different countries, and none has the majority.
    Disputed,
    /// The address belongs to a network that delivers content hosted elsewhere.
    OriginHidden,
    /// A name server answers with a stop page or an address where nothing stands.
    BlockedAnswer,
    /// The databases have a code that is no country known here.
    UnknownCode,
    /// No database knows a country for the address.
    UnknownCountry,
}

/// Why a place has no address. The word for the JSON shape is the variant in `snake_case`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Untraceable {
    /// An onion service: its server hides where it stands.
    Onion,
    /// The name servers say that the name has no address.
    Unresolved,
    /// No file knows the name, and no name server is configured.
    NoResolver,
    /// The URL or the hosts file names an address where no server of the internet stands: a private one, say.
    NoPlace,
}

/// As its word, or null.
impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.decision().serialize(serializer)
    }
}

impl Verdict {
    /// The country, where one is certain.
    #[must_use]
    pub const fn country(self) -> Option<Country> {
        match self {
            Self::In(country, _) => Some(country),
            _ => None,
        }
    }

    /// The word for it; `None` while nothing is known.
    #[must_use]
    pub const fn decision(self) -> Option<LocationDecision> {
        Some(match self {
            Self::In(_, Certainty::Agreed) => LocationDecision::Agreed,
            Self::In(_, Certainty::Majority) => LocationDecision::Majority,
            Self::In(_, Certainty::Corrected) => LocationDecision::Corrected,
            Self::Unsure(Doubt::Disputed) => LocationDecision::Disputed,
            Self::Unsure(Doubt::OriginHidden) => LocationDecision::OriginHidden,
            Self::Unsure(Doubt::BlockedAnswer) => LocationDecision::BlockedAnswer,
            Self::Unsure(Doubt::UnknownCode) => LocationDecision::UnknownCode,
            Self::Unsure(Doubt::UnknownCountry) => LocationDecision::UnknownCountry,
            Self::Untraceable(_) => LocationDecision::Untraceable,
            Self::NotYet => return None,
        })
    }
}
