//! Forwarding links that hold the address of their target: from mail gateways that look at links, and from sites that
//! count leaving visitors. The reported address is the one inside; the link's own host hosts nothing of it.
//!
//! Nothing is asked: an address is taken out where it stands in the link. A link that holds none stays as it is.

mod proofpoint;
mod table;

use data_encoding::{BASE64URL_NOPAD, Encoding};
use hotline_protocol::url::{Host, ReportedUrl};
pub use table::WRAPPERS;
use url::{Url, form_urlencoded};

use super::{Done, Reader, UrlReading};

/// A service's forwarding links.
#[derive(Clone, Copy, Debug)]
pub struct Wrapper {
    /// The service, as people are told.
    pub name: &'static str,
    /// Its hosts.
    pub hosts: Hosts,
    /// The beginning of the path.
    pub path: &'static str,
    /// Where the address stands.
    pub form: Form,
}

/// The hosts of a service.
#[derive(Clone, Copy, Debug)]
pub enum Hosts {
    /// These names, with or without `www.`.
    Names(&'static [&'static str]),
    /// Every name below one of these.
    Below(&'static [&'static str]),
    /// Every registrable name with this first label, with or without `www.`: a site of many countries.
    Brand(&'static str),
}

/// Where the address stands in a link.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// In the first of these parameters that there is, percent-encoded.
    Parameter(&'static [&'static str]),
    /// In this parameter: two letters, then base64.
    Base64(&'static str),
    /// In the path, behind this and up to the next slash, percent-encoded.
    Path(&'static str),
    /// Proofpoint's first, second and third form, by the path.
    Proofpoint,
}

/// Returns the service that made a forwarding link, and the address in it, as it was read. Returns `None` where the URL
/// is no such link or holds no whole address.
pub(super) fn unwrapped(url: &ReportedUrl, wrappers: &'static [Wrapper]) -> Option<(&'static Wrapper, UrlReading)> {
    let Host::Domain(host) = url.canonical().host() else { return None };
    let parsed = Url::parse(url.as_given()).ok()?;
    let is_of = |wrapper: &&Wrapper| wrapper.hosts.hold(host) && parsed.path().starts_with(wrapper.path);
    wrappers.iter().filter(is_of).find_map(|wrapper| {
        let inner = wrapper.form.address_in(&parsed)?;
        // A site's own pages are no address outside, and a service writes no address that must be mended. But a person
        // may have defanged the address and left the link around it as it was.
        let read = Reader::knowing(&[]).one(&inner).ok()?;
        read.done.iter().all(|done| *done == Done::Refanged).then_some((wrapper, read))
    })
}

impl Hosts {
    fn hold(self, host: &str) -> bool {
        let bare = host.strip_prefix("www.").unwrap_or(host);
        match self {
            Self::Names(names) => names.contains(&bare),
            Self::Below(names) => {
                names.iter().any(|name| host.strip_suffix(name).is_some_and(|front| front.ends_with('.')))
            }
            Self::Brand(brand) => psl::domain_str(bare) == Some(bare) && bare.split('.').next() == Some(brand),
        }
    }
}

impl Form {
    fn address_in(self, url: &Url) -> Option<String> {
        match self {
            Self::Parameter(names) => names.iter().find_map(|name| parameter(url, name)),
            Self::Base64(name) => of_base64(parameter(url, name)?.get(2..)?),
            Self::Path(start) => {
                let (_, behind) = url.path().split_once(start)?;
                decoded(behind.split('/').next()?)
            }
            Self::Proofpoint => proofpoint::address_in(url),
        }
    }
}

/// A parameter's value, decoded. A plus sign stays: it is the wrapped address's own. In mail that was written as HTML the
/// name may still have `amp;` before it.
fn parameter(url: &Url, name: &str) -> Option<String> {
    let pairs = url.query()?.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.map(|(key, value)| (key.trim_start_matches("amp;"), value)).find(|(key, _)| *key == name);
    decoded(found?.1)
}

/// Undoes percent escapes; `None` where the result is no text.
fn decoded(text: &str) -> Option<String> {
    let kept = text.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    let (decoded, _) = form_urlencoded::parse(kept.as_bytes()).next()?;
    (!decoded.is_empty() && !decoded.contains('\u{fffd}')).then(|| decoded.into_owned())
}

fn of_base64(text: &str) -> Option<String> {
    String::from_utf8(base64(&BASE64URL_NOPAD, text)?).ok()
}

/// Both alphabets, with and without padding.
fn base64(encoding: &Encoding, text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    encoding.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests;
