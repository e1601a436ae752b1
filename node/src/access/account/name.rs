//! An account's name.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Longest name, in characters.
const LONGEST: usize = 64;

/// The text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name is 1 to {LONGEST} of a-z, 0-9, '.', '-' and '_'")]
pub struct NameMalformed;

/// The name of a person here. Never given to anybody else: accounts are disabled, not removed, and so the trail's names
/// keep their meaning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountName(String);

impl AccountName {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountName {
    type Err = NameMalformed;

    fn from_str(text: &str) -> Result<Self, NameMalformed> {
        let is_one = (1..=LONGEST).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'));
        if is_one { Ok(Self(text.to_owned())) } else { Err(NameMalformed) }
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_few_characters_and_not_too_long() {
        let longest = "a".repeat(64);
        for good in ["a", "ada", "ada.b-c_9", "0", ".", longest.as_str()] {
            assert_eq!(good.parse::<AccountName>().expect("a name").as_str(), good);
        }
        let too_long = "a".repeat(65);
        for bad in ["", "Ada", "ada b", "ada@hotline.example", "adá", "ada/", "ada\n", too_long.as_str()] {
            assert_eq!(bad.parse::<AccountName>(), Err(NameMalformed), "{bad:?}");
        }
    }
}
