//! Ordinary hosts that show content hosted elsewhere.
//!
//! Told by the form of the address, so that a gateway that nobody has listed is known, too; only archives that write
//! the copied address in no form of their own are told by their names.

use hotline_protocol::url::{CanonicalUrl, Host};

use super::onion::{is_base32, is_key};

/// The kind of service behind a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gateway {
    /// An onion service: the address behind it is the gateway's, and the content's origin is hidden.
    Tor,
    /// IPFS: the content lies on hosts that the address does not name.
    Ipfs,
    /// An archive: the copy is hosted where the host is, the original elsewhere.
    Archive,
}

impl Gateway {
    /// Returns its name, for the evidence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tor => "a gateway to an onion service",
            Self::Ipfs => "a gateway to IPFS",
            Self::Archive => "an archive of other addresses",
        }
    }

    /// Whether the host's own address tells nothing of where the content is hosted.
    #[must_use]
    pub const fn hides_origin(self) -> bool {
        matches!(self, Self::Tor | Self::Ipfs)
    }
}

/// Archives with addresses that do not all show it: <https://en.wikipedia.org/wiki/Archive.today>, Perma.cc.
const ARCHIVES: [&str; 11] = [
    "archive.today",
    "archive.fo",
    "archive.is",
    "archive.li",
    "archive.md",
    "archive.ph",
    "archive.vn",
    "perma.cc",
    "webcitation.org",
    "web.archive.org",
    "webcache.googleusercontent.com",
];

/// Returns the kind of gateway at a URL's host; `None` for an ordinary one.
#[must_use]
pub fn gateway_of(url: &CanonicalUrl) -> Option<Gateway> {
    let path = path_of(url);
    let Host::Domain(name) = url.host() else { return by_path(path) };
    if url.is_onion() {
        return None;
    }
    let labels: Vec<&str> = name.split('.').collect();
    if is_tor(&labels) {
        Some(Gateway::Tor)
    } else if is_ipfs(&labels) {
        Some(Gateway::Ipfs)
    } else if ARCHIVES.contains(&name.strip_prefix("www.").unwrap_or(name)) {
        Some(Gateway::Archive)
    } else {
        by_path(path)
    }
}

/// A key of version 3 as a label, or anything that was an onion name before `.onion.`: how Tor2web and its like write.
fn is_tor(labels: &[&str]) -> bool {
    let before_onion = |pair: &[&str]| pair[1] == "onion" && matches!(pair[0].len(), 16 | 56) && is_base32(pair[0]);
    labels.iter().any(|label| is_key(label)) || labels.windows(2).any(before_onion)
}

/// Subdomain gateways: <https://specs.ipfs.tech/http-gateways/subdomain-gateway/>.
fn is_ipfs(labels: &[&str]) -> bool {
    labels.windows(2).any(|pair| (pair[1] == "ipfs" && is_cid(pair[0])) || (pair[1] == "ipns" && !pair[0].is_empty()))
        && labels.len() > 3
}

fn by_path(path: &str) -> Option<Gateway> {
    let mut parts = path.split(['/', '?']).skip(1);
    match (parts.next()?, parts.next().unwrap_or_default()) {
        ("ipfs", cid) if is_cid(cid) => Some(Gateway::Ipfs),
        _ => is_copy(path).then_some(Gateway::Archive),
    }
}

/// The names of contents that are in use: version 0 in base 58, version 1 in base 32 (in 36 for keys).
fn is_cid(text: &str) -> bool {
    let is_first = text.len() == 46 && text.starts_with("Qm") && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_first || (text.len() >= 59 && text.starts_with('b') && is_base32(text))
}

/// `/web/20180504093000id_/http…`, as the Wayback Machine and the programs of most national archives write it.
fn is_copy(path: &str) -> bool {
    let stamps = path.match_indices('/').map(|(place, _)| &path[place + 1..]);
    let is_stamp = |stamp: &str| {
        let digits = stamp.trim_end_matches(|letter: char| letter.is_ascii_lowercase() || letter == '_');
        digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut copies = stamps.filter(|rest| rest.contains("/http")).filter_map(|rest| rest.split_once('/'));
    copies.any(|(stamp, behind)| begins_with_web_scheme(behind) && is_stamp(stamp)) || is_choice_of_copies(path)
}

/// `/web/2018/http…`, `/web/2018*/http…`, `/web/*/http…`, `/web/http…`: the nearest copy, or a list of them.
fn is_choice_of_copies(path: &str) -> bool {
    let Some(behind) = path.strip_prefix("/web/") else { return false };
    let (when, address) =
        if begins_with_web_scheme(behind) { ("", behind) } else { behind.split_once('/').unwrap_or_default() };
    let kind = when.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_kind = kind.len() <= 4 && kind.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'*'));
    is_kind && when.len() <= 18 && begins_with_web_scheme(address)
}

fn begins_with_web_scheme(text: &str) -> bool {
    // A server may write one slash alone: paths lose the second one.
    ["http:/", "https:/", "http%3A", "https%3A"].iter().any(|scheme| text.starts_with(scheme))
}

/// From the slash behind the host.
fn path_of(url: &CanonicalUrl) -> &str {
    let text = url.as_str();
    let behind = text.find("://").map_or(0, |place| place + 3);
    text[behind..].find('/').map_or("", |place| &text[behind + place..])
}
