//! URLs: the canonical form and the keyed digest by which two hotlines find that they mean the same one.
//!
//! - [`ReportedUrl`]: a URL as somebody gave it; what is stored and sent.
//! - [`CanonicalUrl`]: its canonical form; what is compared.
//! - [`UrlDigest`]: the canonical form under a [`DigestKey`]; what everybody may see.
//! - [`defang`]: what a person is shown; [`refang`] reads it, and what other tools write.
//!
//! A reported URL must never leak into a log line, a metric or an error: `Debug` of these types is
//! redacted, none has `Display`, and no refusal repeats what it refuses. None is ever fetched.

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
