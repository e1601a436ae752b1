//! Addresses as they stand in the file.

use std::fmt;

use hotline_protocol::url::ReportedUrl;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::fault::FaultKind;

/// An http or https address, as it was written. It is in no log line: `Debug` hides it, and it has no `Display`.
#[derive(Clone)]
pub struct UrlText(SecretString);

impl UrlText {
    /// Checks that the text is an address of a kind that is taken. No host is refused, whatever its name.
    pub(super) fn parse(text: &str) -> Result<Self, FaultKind> {
        let url = Url::parse(text).map_err(|_| FaultKind::UrlMalformed)?;
        match url.scheme() {
            "http" | "https" => Ok(Self(text.into())),
            "ftp" | "ftps" | "sftp" => Err(FaultKind::UrlFtp),
            "magnet" => Err(FaultKind::UrlMagnet),
            _ => Err(FaultKind::UrlScheme),
        }
    }

    /// The address.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A reported address. What is no address at all is told apart from what is not taken.
pub(super) fn reported_url(text: &str) -> Result<ReportedUrl, FaultKind> {
    ReportedUrl::parse(text).or_else(|refused| {
        UrlText::parse(text)?;
        Err(refused.into())
    })
}

impl fmt::Debug for UrlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlText(hidden)")
    }
}
