//! Canonical URL, version 1: one spelling for all texts that every browser takes as the same URL.
//!
//! On the output of a WHATWG parser, in this order: http and https only, kept apart; userinfo and
//! fragment dropped; one trailing dot of the host dropped (a host that ends in two keeps both) and
//! the default port with it; path and query as [`super::percent`] says; `?` with nothing after it
//! dropped. A change that moves one golden vector is a new version.

use std::fmt;
use std::ops::Range;

use url::{Host, Url};
use zeroize::Zeroizing;

use super::percent;
use super::refused::{MAX_URL_BYTES, UrlRefused};

/// The version of these rules; it stands in every digest as `c`.
pub const CANONICALISER_VERSION: u64 = 1;

/// A URL in canonical form, ASCII, at most [`MAX_URL_BYTES`] bytes. Redacted in `Debug`, wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalUrl {
    text: Zeroizing<String>,
    host: Host<Range<usize>>,
}

impl CanonicalUrl {
    /// Brings a URL into canonical form; white space around it is ignored. Parsing the result gives the same again.
    pub fn parse(text: &str) -> Result<Self, UrlRefused> {
        let text = trimmed(text);
        if text.len() > MAX_URL_BYTES {
            return Err(UrlRefused::TooLong);
        }
        let parsed = Url::parse(text)?;
        UrlRefused::unless_web(parsed.scheme())?;
        let canonical = Self::compose(&parsed)?;
        if canonical.text.len() > MAX_URL_BYTES { Err(UrlRefused::TooLong) } else { Ok(canonical) }
    }

    /// Writes the parts anew. The result is never parsed again: that could decode a second time.
    fn compose(parsed: &Url) -> Result<Self, UrlRefused> {
        let mut text = Zeroizing::new(String::with_capacity(parsed.as_str().len()));
        text.push_str(parsed.scheme());
        text.push_str("://");
        let host = push_host(&mut text, parsed)?;
        if let Some(port) = parsed.port() {
            text.push(':');
            text.push_str(&port.to_string());
        }
        percent::push_path(&mut text, parsed.path());
        if let Some(query) = parsed.query().filter(|query| !query.is_empty()) {
            text.push('?');
            percent::push_query(&mut text, query);
        }
        Ok(Self { text, host })
    }

    /// The canonical form as text: for digests and for comparing, not for showing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host: a name in ASCII and lower case, or an address.
    #[must_use]
    pub fn host(&self) -> Host<&str> {
        match &self.host {
            Host::Domain(range) => Host::Domain(&self.text[range.clone()]),
            Host::Ipv4(address) => Host::Ipv4(*address),
            Host::Ipv6(address) => Host::Ipv6(*address),
        }
    }

    /// The last label of the host's name, such as `test`; `None` for an address.
    #[must_use]
    pub fn top_level_domain(&self) -> Option<&str> {
        match self.host() {
            Host::Domain(name) => name.rsplit('.').find(|label| !label.is_empty()),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }

    /// Whether the host is an onion service (RFC 7686): such a service stands in no country.
    #[must_use]
    pub fn is_onion(&self) -> bool {
        self.top_level_domain() == Some("onion")
    }
}

impl fmt::Debug for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CanonicalUrl(..)")
    }
}

/// The text without the characters that the WHATWG parser drops at both ends: C0 controls and spaces.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|character| character <= ' ')
}

fn push_host(text: &mut String, parsed: &Url) -> Result<Host<Range<usize>>, UrlRefused> {
    let (Some(host), Some(written)) = (parsed.host(), parsed.host_str()) else { return Err(UrlRefused::NoHost) };
    let start = text.len();
    text.push_str(match host {
        Host::Domain(name) => without_root_dot(name),
        Host::Ipv4(_) | Host::Ipv6(_) => written,
    });
    match host {
        Host::Domain(_) if text.len() == start => Err(UrlRefused::NoHost),
        Host::Domain(_) => Ok(Host::Domain(start..text.len())),
        Host::Ipv4(address) => Ok(Host::Ipv4(address)),
        Host::Ipv6(address) => Ok(Host::Ipv6(address)),
    }
}

/// Drops a single trailing dot. Of two, dropping one would leave a name with a canonical form that differs again.
fn without_root_dot(name: &str) -> &str {
    match name.strip_suffix('.') {
        Some(rest) if !rest.ends_with('.') => rest,
        _ => name,
    }
}
