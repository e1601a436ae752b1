//! How a file is to be read, and how it was.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::header::Scope;

/// How a file is to be read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The scope of the file: present or past cases.
    pub scope: Scope,
    /// The present time: a later one is impossible.
    pub now: DateTime<Utc>,
    /// Cells that hold exactly one of these are empty (`--missing`).
    pub missing: Vec<String>,
    /// `NA` in a column of countries is Namibia (`--namibia`).
    pub namibia: bool,
}

impl Reading {
    /// With no signs for a missing value.
    #[must_use]
    pub const fn new(scope: Scope, now: DateTime<Utc>) -> Self {
        Self { scope, now, missing: Vec::new(), namibia: false }
    }

    /// Whether a cell that holds this text is empty, as somebody said.
    pub(crate) fn is_missing(&self, text: &str) -> bool {
        self.missing.iter().any(|missing| missing == text)
    }
}

/// The way a file was read: told to the importing person, as it may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReadAs {
    /// The separator of the fields.
    pub separator: Separator,
    /// How its letters are written.
    pub encoding: Encoding,
}

impl ReadAs {
    /// Whether the file is as the documentation has it.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for ReadAs {
    fn default() -> Self {
        Self { separator: Separator::Comma, encoding: Encoding::Utf8 }
    }
}

/// The separator of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// As RFC 4180 has it.
    Comma,
    /// As spreadsheets write where the comma divides numbers.
    Semicolon,
    /// As programs write "text".
    Tab,
}

impl Separator {
    pub(super) const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    /// As people read it: `commas`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
        }
    }
}

/// How letters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Encoding {
    /// UTF-8.
    #[serde(rename = "UTF-8")]
    Utf8,
    /// Western spreadsheets' own.
    #[serde(rename = "Windows-1252")]
    Windows1252,
}

impl Encoding {
    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Windows1252 => "Windows-1252",
        }
    }
}
