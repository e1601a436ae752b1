//! The result of a reading, and its display: URLs defanged, as everywhere.

use std::fmt;

use hotline_protocol::url::ReportedUrl;
use serde::{Serialize, Serializer};

use crate::geolocation::AddressNote;

/// One thing that was done to a text before it was a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Quotes or brackets around it were taken off.
    Unquoted,
    /// Defanging was undone.
    Refanged,
    /// It was taken out of a forwarding link of this service.
    Unwrapped(&'static str),
}

impl Done {
    /// For people: the words behind "read as …".
    fn words(self) -> String {
        match self {
            Self::Unquoted => "without the quotes or brackets around it".to_owned(),
            Self::Refanged => "defanging undone".to_owned(),
            Self::Unwrapped(service) => format!("taken out of a link of {service}"),
        }
    }
}

/// Its code: `unquoted`, `refanged`, `unwrapped`.
impl Serialize for Done {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Unquoted => "unquoted",
            Self::Refanged => "refanged",
            Self::Unwrapped(_) => "unwrapped",
        })
    }
}

/// A URL, and the changes made until it was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlReading {
    /// The URL, as it is stored.
    pub url: ReportedUrl,
    /// In its order; empty where the text was the URL.
    pub done: Vec<Done>,
}

/// The part of a reading that is shown before or with the confirmation. Redacted in `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct UrlReadAs {
    /// The URL that was read, defanged; null where nothing was done to the text.
    pub read_as: Option<String>,
    /// The changes made to it.
    pub read_how: Vec<Done>,
    /// The note on the address as such.
    pub address_note: Option<AddressNote>,
}

impl UrlReading {
    /// Returns the part of it that is shown.
    #[must_use]
    pub fn shown(&self) -> UrlReadAs {
        UrlReadAs {
            read_as: (!self.done.is_empty()).then(|| self.url.defanged()),
            read_how: self.done.clone(),
            address_note: AddressNote::of(self.url.canonical()),
        }
    }
}

impl fmt::Debug for UrlReadAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlReadAs(..)")
    }
}

impl UrlReadAs {
    /// Whether there is nothing to tell.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.read_as.is_none() && self.address_note.is_none()
    }

    /// Sentences for the person at the terminal.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        let how = self.read_how.iter().map(|done| done.words()).collect::<Vec<_>>().join(", ");
        let read = self.read_as.as_ref().map(|url| format!("read as {url} ({how})"));
        read.into_iter().chain(self.address_note.map(|note| format!("note: {}", note.sentence())))
    }
}
