//! Notes that an address itself gives, without asking anybody: its content is hosted elsewhere than its host's address,
//! or nobody can ever reach it. Pure. A note is a hint to a person; it refuses nothing.

mod gateway;
mod onion;

pub use gateway::{Gateway, gateway_of};
use hotline_protocol::url::CanonicalUrl;
use onion::{OnionName, onion_name};
use serde::Serialize;

/// A note about a URL. The word for the JSON shape is the variant in `snake_case`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressNote {
    /// A gateway shows an onion service under an ordinary name.
    TorGateway,
    /// A gateway that shows content spread over many hosts.
    IpfsGateway,
    /// An archive's copy of another address.
    WebArchive,
    /// No onion service can have this name.
    OnionMistyped,
    /// An onion service of version 2: no Tor knows them since 2021.
    OnionRetired,
}

impl AddressNote {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::TorGateway, Self::IpfsGateway, Self::WebArchive, Self::OnionMistyped, Self::OnionRetired];

    /// Returns the note on the URL's host and path; `None` for an ordinary address.
    ///
    /// Notes a mistyped onion address and does not refuse it: the reporter may be gone, and an analyst can often tell
    /// the intended one. In cases of the past, addresses of version 2 were good then.
    #[must_use]
    pub fn of(url: &CanonicalUrl) -> Option<Self> {
        match gateway_of(url) {
            Some(Gateway::Tor) => return Some(Self::TorGateway),
            Some(Gateway::Ipfs) => return Some(Self::IpfsGateway),
            Some(Gateway::Archive) => return Some(Self::WebArchive),
            None => {}
        }
        match onion_name(url)? {
            OnionName::Good => None,
            OnionName::Mistyped => Some(Self::OnionMistyped),
            OnionName::Retired => Some(Self::OnionRetired),
        }
    }

    /// Returns its code: its form in JSON, and the key of its text in the office.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TorGateway => "tor_gateway",
            Self::IpfsGateway => "ipfs_gateway",
            Self::WebArchive => "web_archive",
            Self::OnionMistyped => "onion_mistyped",
            Self::OnionRetired => "onion_retired",
        }
    }

    /// A sentence for the person at the terminal.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::TorGateway => {
                "this is a gateway to an onion service: the content is hosted elsewhere, where nobody can tell"
            }
            Self::IpfsGateway => "this is a gateway to IPFS: the content is hosted elsewhere, on many hosts",
            Self::WebArchive => "this is an archive's copy: the address that it was copied from is another one",
            Self::OnionMistyped => {
                "this onion address is mistyped: its 56 letters and digits do not fit each other, so nobody can reach it"
            }
            Self::OnionRetired => "this onion address is of version 2, which nobody can reach since 2021",
        }
    }
}

#[cfg(test)]
mod tests;
