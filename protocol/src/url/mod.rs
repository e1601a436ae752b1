//! URLs: the canonical form, and the keyed digest that tells two hotlines that they mean the same one.
//!
//! - [`ReportedUrl`]: a URL as somebody gave it; for storing and sending.
//! - [`CanonicalUrl`]: its canonical form; for comparing.
//! - [`UrlDigest`]: the canonical form under a [`DigestKey`]; for everybody to see.
//! - [`defang`]: the form shown to a person; [`refang`] reads it, and the notations of other tools.
//!
//! A reported URL must never leak into a log line, a metric or an error. `Debug` of these types is redacted, none has
//! `Display`, and no refusal repeats the refused text. None is ever fetched.

mod canonical;
mod defang;
mod digest;
mod notation;
mod percent;
mod refang;
mod refused;
mod reported;

pub use ::url::Host;
pub use canonical::{CANONICALISER_VERSION, CanonicalUrl};
pub use defang::defang;
pub use digest::{DigestKey, DigestKeyId, DigestKeyIdMalformed, UrlDigest};
pub use refang::{DefangedUnclearly, begins_like_url, refang};
pub use refused::{MAX_URL_BYTES, UrlRefused};
pub use reported::ReportedUrl;

#[cfg(test)]
mod tests;
