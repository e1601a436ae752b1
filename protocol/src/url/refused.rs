//! Why a text is not taken as a URL. No text of a refusal repeats anything of the refused text.

use thiserror::Error;
use url::ParseError;

/// The longest URL taken, in bytes, as given and in canonical form: half a header line, twice the length that browsers
/// and servers commonly carry. Part of canonicaliser version 1.
pub const MAX_URL_BYTES: usize = 4096;

/// Why a text is not a URL that can be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UrlRefused {
    /// Longer than [`MAX_URL_BYTES`], as given or in canonical form.
    #[error("the URL is longer than {MAX_URL_BYTES} bytes")]
    TooLong,
    /// No scheme, so not a whole URL.
    #[error("the URL is not whole: it must begin with http:// or https://")]
    NoScheme,
    /// The scheme is ftp.
    #[error("an ftp address cannot be exchanged: only http and https can")]
    SchemeFtp,
    /// The scheme is magnet.
    #[error("a magnet link cannot be exchanged: only http and https can")]
    SchemeMagnet,
    /// Another scheme than http and https.
    #[error("the URL's scheme is neither http nor https")]
    SchemeOther,
    /// The host is empty or the root of all names.
    #[error("the URL has no host")]
    NoHost,
    /// The host is neither a name nor an IP address.
    #[error("the URL's host is neither a name nor an IP address")]
    HostMalformed,
    /// The port is no number from 0 to 65535.
    #[error("the URL's port is not a number from 0 to 65535")]
    PortMalformed,
    /// Malformed in another way.
    #[error("the URL is malformed")]
    Malformed,
}

impl UrlRefused {
    /// Refuses every scheme but http and https; `scheme` is in lower case.
    pub(super) fn unless_web(scheme: &str) -> Result<(), Self> {
        match scheme {
            "http" | "https" => Ok(()),
            "ftp" => Err(Self::SchemeFtp),
            "magnet" => Err(Self::SchemeMagnet),
            _ => Err(Self::SchemeOther),
        }
    }
}

impl From<ParseError> for UrlRefused {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::RelativeUrlWithoutBase => Self::NoScheme,
            ParseError::EmptyHost => Self::NoHost,
            ParseError::InvalidPort => Self::PortMalformed,
            ParseError::IdnaError
            | ParseError::InvalidIpv4Address
            | ParseError::InvalidIpv6Address
            | ParseError::InvalidDomainCharacter => Self::HostMalformed,
            _ => Self::Malformed,
        }
    }
}
