//! Reasons for not reading a text as a URL: sentences that say how to correct it, and repeat nothing of it.

use hotline_protocol::url::{DefangedUnclearly, UrlRefused};
use thiserror::Error;

use super::{MOST_URLS, MOST_WRAPPERS, TEXT_LIMIT_BYTES};

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UrlNotRead {
    /// There is nothing.
    #[error("there is no URL")]
    Nothing,
    /// Longer than [`TEXT_LIMIT_BYTES`].
    #[error("the text is longer than {TEXT_LIMIT_BYTES} bytes")]
    TextTooLong,
    /// A text that the protocol refuses as a URL.
    #[error(transparent)]
    Url(#[from] UrlRefused),
    /// Defanged in a way that leaves two readings.
    #[error(transparent)]
    Defanged(#[from] DefangedUnclearly),
    /// Several, where one is expected.
    #[error("{count} URLs stand here, where one is expected; a comma or bar that belongs to one is written %2C or %7C")]
    Several {
        /// How many.
        count: usize,
    },
    /// More than [`MOST_URLS`].
    #[error("more than {MOST_URLS} URLs stand here")]
    TooMany,
    /// White space inside, or words around it.
    #[error(
        "white space stands inside the URL, or words beside it: write nothing but the URL, on one line, its spaces as %20"
    )]
    Apart,
    /// One URL begins in the middle of another.
    #[error("two URLs stand here with nothing between them: write each on its own")]
    Glued,
    /// `http://https://…`.
    #[error("a second http:// stands where the host is expected: write it once")]
    SchemeTwice,
    /// A quote or bracket has no other half.
    #[error("a quote or bracket before or behind the URL has no other half: take it away")]
    QuoteStray,
    /// A character that nobody sees.
    #[error("an invisible character stands inside the URL: type it, or copy it from plain text")]
    Invisible,
    /// A control character inside, of those that do not separate words.
    #[error(
        "a control character (U+{:04X}) stands inside the URL: copy it from plain text, or write it as %{:02X} where it is \
         part of it",
        u32::from(*.0),
        u32::from(*.0)
    )]
    Control(char),
    /// The host has another character.
    #[error("the host holds what no name has: it is letters, digits, - and _ with dots between (such as host.example)")]
    HostCharacter,
    /// Two dots in a row, or one in front.
    #[error("the host has a dot too many")]
    HostDots,
    /// One label.
    #[error("the host has no dot: write its whole name (such as host.example)")]
    HostWithoutDot,
    /// Longer than a name may be (RFC 1035, section 2.3.4).
    #[error("the host's name is longer than a name can be: 63 letters between dots, 253 in all")]
    HostTooLong,
    /// Wrapped in more than [`MOST_WRAPPERS`] forwarding links.
    #[error("the URL stands in more than {MOST_WRAPPERS} forwarding links, one in the other: write the innermost")]
    WrappedTooOften,
}
